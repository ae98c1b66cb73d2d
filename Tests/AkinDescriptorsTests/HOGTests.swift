import AkinDescriptors
import AkinEmbedding
import AkinImages
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct HOGTests {
    /// A picture with what scikit-image makes of it; `Tools/peers/hog_fixtures.py` wrote them.
    private struct Fixture: Decodable {
        let height: Int
        let width: Int
        let channels: Int
        let pixels: [UInt8]
        let hog: [Float]

        static func all() throws -> [Fixture] {
            try JSONDecoder().decode([Fixture].self, from: Data(Fixtures.bytes("descriptors/hog.json")))
        }

        var image: Image { Image(width: width, height: height, channels: channels, trusted: pixels) }
        var preprocessing: Preprocessing {
            Preprocessing(
                trusted: height, width: width, channels: channels == 1 ? .grey : .rgb, placement: .stretch)
        }
    }

    @Test func isAsScikitImageHasIt() throws {
        let fixtures = try Fixture.all()
        #expect(fixtures.count == 5)
        for fixture in fixtures {
            let gradients = OrientedGradients(
                height: fixture.height, width: fixture.width, channels: fixture.channels)
            #expect(gradients.count == fixture.hog.count)
            let (blocks, cells) = (
                FloatBuffer(count: gradients.count), FloatBuffer(count: gradients.cellCount)
            )
            let values = fixture.pixels.map { Float($0) / 255 }
            gradients.write(values, to: blocks.base, cells: cells.base)
            let furthest = zip(blocks.values, fixture.hog).map { abs($0 - $1) }.max() ?? 1
            #expect(furthest < 1e-6, "\(fixture.height) x \(fixture.width) x \(fixture.channels)")
        }
    }

    @Test func anEmbeddingIsTheBlocksAtUnitLength() throws {
        for fixture in try Fixture.all() {
            let backbone = try HOGDescriptor(preprocessing: fixture.preprocessing)
            let embedding = Embedder(backbone).embeddings(of: [fixture.image])[0]
            let length = fixture.hog.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(embedding.count == backbone.dimension)
            #expect(zip(embedding, fixture.hog).allSatisfy { abs($0 - $1 / length) < 1e-6 })
        }
    }

    /// What is light on dark has the same edges as what is dark on light, and a grey picture in colours those of its own.
    @Test func seesNeitherSignNorColoursOfGrey() {
        var generator = SeededGenerator(seed: 3)
        let image = Image.noise(width: 64, height: 64, channels: 1, using: &generator)
        let backbone = HOGDescriptor()
        let embedding = Embedder(backbone).embeddings(of: [image])
        let negative = Embedder(backbone).embeddings(of: [image.negative])
        #expect(zip(embedding.values, negative.values).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(Embedder(HOGDescriptor(.grey)).embeddings(of: [image]) == embedding)
        let blank = Image(width: 9, height: 9, channels: 1, trusted: .init(repeating: 70, count: 81))
        #expect(Embedder(backbone).embeddings(of: [blank]).values.allSatisfy { $0 == 0 })
    }

    @Test func aPictureDoesNotDependOnTheOthers() throws {
        var generator = SeededGenerator(seed: 4)
        let images = (0..<20).map {
            Image.noise(width: 30 + $0, height: 50, channels: $0 % 2 == 0 ? 1 : 3, using: &generator)
        }
        for backbone in Descriptors.all {
            let together = try Embedder(backbone, batch: 7).embeddings(of: images)
            let alone = try images.flatMap { try Embedder(backbone, batch: 1).embeddings(of: [$0]).values }
            #expect(together.values == alone)
        }
    }

    @Test func refusesSizesOfWhichNoneCanBeMade() {
        for (height, width) in [(15, 64), (64, 8), (0, 0), (-8, 64), (500, 500), (1 << 40, 16)] {
            let preprocessing = Preprocessing(trusted: height, width: width)
            let error = #expect(throws: DescriptorError.self) {
                try HOGDescriptor(preprocessing: preprocessing)
            }
            #expect("\(error!)".contains("\(height) x \(width)"))
        }
        #expect(throws: DescriptorError.self) {
            try PixelDescriptor(preprocessing: Preprocessing(trusted: 0, width: 4))
        }
    }
}
