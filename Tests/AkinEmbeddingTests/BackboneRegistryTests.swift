import AkinEmbedding
import TestSupport
import Testing

@Suite struct BackboneRegistryTests {
    private let backbone = PixelBackbone(name: "small pixels", side: 3, factor: 0.25, isLearned: true)

    @Test func revivesWhatWasKept() throws {
        let registry = BackboneRegistry([PixelBackbone.self])
        let revived = try registry.backbone(format: PixelBackbone.format, bytes: backbone.bytes)
        #expect(revived as? PixelBackbone == backbone)
        #expect(revived.identity == backbone.identity && revived.learnedL1 == backbone.learnedL1)
    }

    @Test func saysWhichFormatItDoesNotKnow() {
        let registry = BackboneRegistry([PixelBackbone.self])
        let expected = EmbeddingError.unknownFormat("akin-checkpoint", known: ["test-pixels"])
        #expect(throws: expected) { try registry.backbone(format: "akin-checkpoint", bytes: backbone.bytes) }
        #expect("\(expected)".contains("'akin-checkpoint'") && "\(expected)".contains("test-pixels"))
    }

    @Test func passesOnWhatTheTypeSaysOfTheBytes() {
        let registry = BackboneRegistry([PixelBackbone.self])
        #expect(throws: PixelBackbone.Problem.damaged) {
            try registry.backbone(format: PixelBackbone.format, bytes: [1, 2, 3])
        }
    }
}
