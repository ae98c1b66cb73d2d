import AkinDatasets
import AkinImages
import TestSupport
import Testing

@Suite struct RealDataTests {
    private func counts(_ dataset: Dataset) -> [String: Int] {
        Dictionary(dataset.samples.map { ($0.label, 1) }, uniquingKeysWith: +)
    }

    @Test(.enabled(if: DataSets.hispamus != nil, "\(DataSets.advice)"))
    func hispamus() throws {
        let dataset = try Dataset(folder: try #require(DataSets.hispamus))
        #expect(
            counts(dataset) == [
                "doubleWholeStem": 17, "tripleWholeStem": 11, "longa": 6, "doubleWhole": 3,
                "quadrupleWholeStem": 2,
            ])
        #expect(dataset.skipped.isEmpty)
        let canvas = Preprocessing(trusted: 200, width: 200, placement: .canvas)
        for position in 0..<dataset.count {
            let image = try dataset.image(at: position)
            #expect(image.channels == 1)
            #expect(image.width <= 200 && image.height <= 200)
            // White around it, and all of its own ink.
            let input = canvas.input(from: image)
            let ink = image.pixels.reduce(0) { $0 + 255 - Int($1) }
            let laid = input.reduce(0) { $0 + Int(((1 - $1) * 255).rounded()) }
            #expect(ink == laid && ink > 0)
        }
    }

    @Test(.enabled(if: DataSets.mnist != nil, "\(DataSets.advice)"))
    func mnist() throws {
        let folder = try #require(DataSets.mnist)
        let dataset = try Dataset(
            idxImages: folder + "/t10k-images-idx3-ubyte.gz", labels: folder + "/t10k-labels-idx1-ubyte.gz")
        #expect(dataset.count == 10000)
        #expect(dataset.labels == (0...9).map { "\($0)" })
        #expect(dataset.samples.prefix(5).map(\.label) == ["7", "2", "1", "0", "4"])
        #expect(counts(dataset)["1"] == 1135)
        let image = try dataset.image(at: 0)
        #expect((image.width, image.height) == (28, 28))
        #expect(
            Preprocessing(trusted: 28, width: 28).input(from: image) == image.pixels.map { Float($0) / 255 })
    }

    /// Ground and strokes of real drawings are told apart: what is dark on light stays, what is light on dark is turned.
    @Test(.enabled(if: DataSets.hispamus != nil && DataSets.mnist != nil, "\(DataSets.advice)"))
    func groundsOfRealDrawings() throws {
        let either = Preprocessing(trusted: 28, width: 28, scaling: .paper, ground: .either)
        let light = Preprocessing(trusted: 28, width: 28, scaling: .paper, ground: .light)
        let crops = try Dataset(folder: try #require(DataSets.hispamus))
        var turned = 0
        for position in 0..<crops.count {
            let image = try crops.image(at: position)
            #expect(either.input(from: image) == light.input(from: image), "\(position)")
            if either.input(from: image.negative) == light.input(from: image) { turned += 1 }
        }
        // Of three, lines and stains on grey paper leave it open.
        #expect(turned >= 36)
        let folder = try #require(DataSets.mnist)
        let digits = try Dataset(
            idxImages: folder + "/t10k-images-idx3-ubyte.gz", labels: folder + "/t10k-labels-idx1-ubyte.gz")
        for position in 0..<500 {
            let image = try digits.image(at: position)
            let expected = light.input(from: image.negative)
            #expect(either.input(from: image) == expected, "\(position)")
            #expect(either.input(from: image.negative) == expected, "\(position)")
        }
    }

    @Test(.enabled(if: DataSets.fashionMNIST != nil, "Debian's dataset-fashion-mnist is not installed"))
    func fashionMNIST() throws {
        let folder = try #require(DataSets.fashionMNIST)
        let dataset = try Dataset(
            idxImages: folder + "/train-images-idx3-ubyte.gz", labels: folder + "/train-labels-idx1-ubyte.gz")
        #expect(dataset.count == 60000)
        #expect(Set(counts(dataset).values) == [6000])
        #expect(counts(dataset.first(ofEachClass: 100)).values.allSatisfy { $0 == 100 })
    }
}
