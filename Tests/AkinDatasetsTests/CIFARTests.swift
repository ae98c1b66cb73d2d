import AkinBasics
import AkinDatasets
import AkinImages
import AkinTensors
import TestSupport
import Testing

@Suite struct CIFARTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Random pictures as interleaved values.
    private func pictures(_ count: Int, seed: UInt64 = 1) -> [Image] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in .noise(width: 32, height: 32, channels: 3, using: &generator) }
    }

    private func encoded(_ pictures: [Image], labels: [[UInt8]]) -> [UInt8] {
        zip(pictures, labels).flatMap { picture, label in
            label + (0..<3).flatMap { c in (0..<1024).map { picture.pixels[3 * $0 + c] } }
        }
    }

    @Test func readsCIFAR10() throws {
        let pictures = pictures(3)
        let first = try folder.write("a/1.bin", encoded(Array(pictures[..<2]), labels: [[7], [0]]))
        let second = try folder.write("a/2.bin", encoded([pictures[2]], labels: [[9]]))
        let dataset = try Dataset(cifar: [first, second])
        #expect(dataset.samples.map(\.source.path) == [first + "#0", first + "#1", second + "#0"])
        #expect(dataset.samples.map(\.label) == ["7", "0", "9"])
        #expect(try (0..<3).map { try dataset.image(at: $0) } == pictures)
        #expect(try dataset.contentHash(at: 1) == ContentHash(of: pictures[1].pixels))

        try folder.write("a/batches.meta.txt", (0..<10).map { "name \($0)\r\n" }.joined() + "\n")
        #expect(try Dataset(cifar: [first, second]).samples.map(\.label) == ["name 7", "name 0", "name 9"])
        let names = (0..<10).map { "\($0 * $0)" }
        #expect(try Dataset(cifar: [first], labelNames: names).samples.map(\.label) == ["49", "0"])
    }

    @Test func readsTheFineLabelsOfCIFAR100() throws {
        let pictures = pictures(2)
        let path = try folder.write("train.bin", encoded(pictures, labels: [[3, 99], [19, 4]]))
        try folder.write("batches.meta.txt", "not this\n")
        let dataset = try Dataset(cifar: [path])
        #expect(dataset.samples.map(\.label) == ["99", "4"])
        #expect(try (0..<2).map { try dataset.image(at: $0) } == pictures)
        try folder.write("fine_label_names.txt", (0..<100).map { "fine \($0)\n" }.joined())
        #expect(try Dataset(cifar: [path]).samples.map(\.label) == ["fine 99", "fine 4"])
    }

    @Test func picturesAreFoundAgainByTheirSources() throws {
        let path = try folder.write("b.bin", encoded(pictures(2), labels: [[1], [2]]))
        let dataset = try Dataset(cifar: [path])
        let pictures = SourcePictures()
        for (position, sample) in dataset.samples.enumerated() {
            #expect(try pictures.picture(of: sample.source) == dataset.image(at: position))
        }
        #expect(pictures.picture(of: Source(path + "#2")) == nil && pictures.picture(of: Source(path)) == nil)
    }

    @Test func namesWhatIsWrong() throws {
        let whole = encoded(pictures(2), labels: [[1], [12]])
        for bytes in [[], Array(whole.dropLast()), whole + [0], Array("text".utf8), Array(whole[..<3072])] {
            let path = try folder.write("x.bin", bytes)
            #expect(throws: DatasetError.notCIFAR(path: path, bytes: bytes.count)) {
                try Dataset(cifar: [path])
            }
        }
        let path = try folder.write("x.bin", whole)
        #expect(throws: DatasetError.labelWithoutName(path: path, label: 12, names: 2)) {
            try Dataset(cifar: [path], labelNames: ["a", "b"])
        }
        let none = folder.path + "/none.bin"
        #expect(throws: DatasetError.file(path: none, .missing)) { try Dataset(cifar: [path, none]) }
    }
}
