import AkinBasics
import AkinDatasets
import AkinImages
import AkinTensors
import AkinTraining
import TestSupport
import Testing

@Suite struct PreparedImagesTests {
    private let preprocessing = Preprocessing(trusted: 7, width: 9, invert: true)

    @Test func holdsWhatPreprocessingMakes() throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: 11)
        for label in ["b", "a", "ä", "Z"] {
            for number in 0..<4 {
                let image = Image.noise(width: 12 + number, height: 10, channels: 1, using: &generator)
                try folder.write("\(label)/\(number).pgm", image.encodedAsPNM())
            }
        }
        try folder.write("a/0.pgm", "not a picture")
        try folder.write("Z/3.pgm", "P5\n4 4\n255\nxx")
        let dataset = try Dataset(folder: folder.path)
        let images = PreparedImages(dataset, preprocessing: preprocessing)

        #expect(images.count == 14 && images.labels == ["Z", "a", "b", "ä"])
        #expect(
            images.skipped.map(\.source).sorted() == ["\(folder.path)/Z/3.pgm", "\(folder.path)/a/0.pgm"])
        #expect(images.skipped.allSatisfy { !$0.reason.isEmpty && !$0.reason.contains(folder.path) })
        let kept = dataset.samples.indices.filter { position in
            !images.skipped.contains { $0.source == dataset.samples[position].source }
        }
        #expect(images.sources == kept.map { dataset.samples[$0].source })
        #expect(images.groups.allSatisfy { $0 == nil })
        var expected: [Float] = []
        for (position, sample) in kept.enumerated() {
            expected += preprocessing.input(
                from: try dataset.image(at: sample, fitting: preprocessing.decodingTarget))
            #expect(images.label(at: position) == dataset.samples[sample].label)
        }
        #expect(images.allInputs == expected)

        // Without the only images of a label, the label goes.
        let positions = [13, 0, 5]
        let some = images.only(positions)
        #expect(some.sources == positions.map { images.sources[$0] })
        #expect(some.labels.sorted() == Set(positions.map { images.label(at: $0) }).sorted())
        let size = preprocessing.inputCount
        for (position, whole) in positions.enumerated() {
            #expect(some.label(at: position) == images.label(at: whole))
            let input = some.allInputs[position * size..<(position + 1) * size]
            #expect(input == expected[whole * size..<(whole + 1) * size])
        }
    }

    @Test func nothingReadable() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a/0.pgm", "not a picture")
        let images = PreparedImages(try Dataset(folder: folder.path), preprocessing: preprocessing)
        #expect(images.count == 0 && images.labels.isEmpty && images.allInputs.isEmpty)
        #expect(images.skipped.map(\.source) == [Source(path)])
    }
}
