import AkinDescriptors
import AkinEmbedding
import AkinImages
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

@Suite struct DescriptorsTests {
    private let kinds = BackboneRegistry([PixelDescriptor.self, HOGDescriptor.self])

    @Test func haveNames() {
        let names = Descriptors.all.map(\.identity.name)
        #expect(names == ["pixels", "pixels-grey", "hog", "hog-grey"])
        #expect(Set(Descriptors.all.map(\.identity.hash)).count == 4)
        for backbone in Descriptors.all {
            #expect(Descriptors.named(backbone.identity.name)?.identity == backbone.identity)
            #expect(backbone.metric == .cosine)
        }
        #expect(Descriptors.named("hogs") == nil)
    }

    /// An index that was made with one of them must be answered by the very same one for ever: these hashes do not change.
    @Test func stayWhatTheyAre() {
        #expect(
            Descriptors.all.map { "\($0.identity.hash)" } == [
                "3f759fb5c87cdf38c70cb4dfef7d829e",
                "6d82db279d8ac52f23d885315dcb8048",
                "872a95180eb85cf53bfe0fee5f0b422c",
                "a8c31b115301ede21b72afed049572a5",
            ])
    }

    @Test func areRevivedFromTheirBytes() throws {
        var generator = SeededGenerator(seed: 1)
        let images = (0..<3).map { Image.noise(width: 40 + $0, height: 30, channels: 3, using: &generator) }
        for backbone in Descriptors.all {
            let revived = try kinds.backbone(
                format: type(of: backbone).format, bytes: backbone.bytes)
            #expect(revived.identity == backbone.identity && revived.dimension == backbone.dimension)
            #expect(Embedder(revived).embeddings(of: images) == Embedder(backbone).embeddings(of: images))
        }
    }

    @Test func refuseBytesThatAreNotTheirs() throws {
        for backbone in Descriptors.all {
            let format = type(of: backbone).format
            let text = String(decoding: backbone.bytes, as: UTF8.self)
            for bad in [
                "", "{}", "[1]", String(text.dropLast()), text.replacing("\"height\":", with: "\"height\":-"),
                text.replacing("\"width\":", with: "\"width\":99"),
            ] {
                #expect(throws: DescriptorError.self, "\(bad)") {
                    try kinds.backbone(format: format, bytes: Array(bad.utf8))
                }
            }
            let newer = text.replacing("\"format\":1", with: "\"format\":2")
            let error = #expect(throws: DescriptorError.self) {
                try kinds.backbone(format: format, bytes: Array(newer.utf8))
            }
            #expect("\(try #require(error))".contains("format 2"))
        }
    }

    /// Their mean is 0 and their length 1, so that neither brightness nor contrast counts.
    @Test func pixelsAreCentredAndNormalised() {
        var generator = SeededGenerator(seed: 2)
        let image = Image.noise(width: 50, height: 60, channels: 1, using: &generator)
        let pale = Image(
            width: 50, height: 60, channels: 1, trusted: image.pixels.map { 100 + $0 / 2 })
        let embeddings = Embedder(PixelDescriptor()).embeddings(of: [image, pale])
        let (first, second) = (embeddings[0], embeddings[1])
        #expect(abs(first.reduce(0, +)) < 1e-4)
        #expect(abs(first.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        #expect(Metric.cosine.distance(trusted: first, to: second) < 1e-2)
        let blank = Image(width: 2, height: 2, channels: 3, trusted: .init(repeating: 9, count: 12))
        #expect(Embedder(PixelDescriptor()).embeddings(of: [blank]).values.allSatisfy { $0 == 0 })
    }
}
