import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinTensors
import AkinVectorSearch
import TestSupport
import Testing

@Suite struct CombinedBackboneTests {
    private let small = PixelBackbone(name: "small", side: 2)
    private let large = PixelBackbone(name: "large", side: 5, factor: 100)
    private let kinds = BackboneRegistry([PixelBackbone.self, CombinedBackbone.self])

    private func combined() throws -> CombinedBackbone {
        try CombinedBackbone([.init(small), .init(large, weight: 0.5)])
    }

    private func images() -> [Image] {
        var generator = SeededGenerator(seed: 6)
        return (0..<9).map { Image.noise(width: 5 + $0, height: 9, channels: 3, using: &generator) }
    }

    @Test func putsThePartsSideBySideAtTheirLengths() throws {
        let backbone = try combined()
        #expect(backbone.dimension == 29 && backbone.input.count == 29)
        #expect(backbone.identity.name == "small+large" && backbone.metric == .cosine)
        let embeddings = try Embedder(backbone, batch: 4).embeddings(of: images())
        for (part, weight, columns) in [(small, Float(1), 0..<4), (large, 0.5, 4..<29)] {
            let own = Embedder(part).embeddings(of: images())
            for row in 0..<own.rows {
                let length = own[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
                let found = Array(embeddings[row])[columns]
                #expect(zip(found, own[row]).allSatisfy { abs($0 - $1 / length * weight) < 1e-6 })
            }
        }
        let black = Image(width: 3, height: 3, channels: 1, trusted: .init(repeating: 0, count: 9))
        #expect(Embedder(backbone).embeddings(of: [black]).values.allSatisfy { $0 == 0 })
    }

    @Test func isAnotherWithOtherPartsOrderOrWeights() throws {
        let all = [
            try combined(), try CombinedBackbone([small, large]), try CombinedBackbone([large, small]),
            try CombinedBackbone([small, PixelBackbone(side: 5)]),
        ]
        #expect(Set(all.map(\.identity.hash)).count == all.count)
        #expect(try combined().identity == all[0].identity)
    }

    @Test func isRevivedFromItsBytes() throws {
        let backbone = try combined()
        let revived = try kinds.backbone(format: CombinedBackbone.format, bytes: backbone.bytes)
        #expect(revived.identity == backbone.identity && revived.bytes == backbone.bytes)
        #expect((revived as? CombinedBackbone)?.parts.map(\.weight) == [1, 0.5])
        #expect(Embedder(revived).embeddings(of: images()) == Embedder(backbone).embeddings(of: images()))
        // Its parts may be of kinds alone that are known.
        let unknown = EmbeddingError.unknownFormat(PixelBackbone.format, known: [CombinedBackbone.format])
        #expect(throws: unknown) {
            try BackboneRegistry([CombinedBackbone.self]).backbone(
                format: CombinedBackbone.format, bytes: backbone.bytes)
        }
    }

    @Test func refusesDamagedBytes() throws {
        let bytes = try combined().bytes
        for count in 0..<bytes.count {
            #expect(throws: (any Error).self) {
                try CombinedBackbone(bytes: Array(bytes.prefix(count)), kinds: kinds)
            }
        }
        #expect(throws: EmbeddingError.badCombination(.damaged)) {
            try CombinedBackbone(bytes: bytes + [0], kinds: kinds)
        }
        let nested = #"{"format":1,"parts":[{"bytes":0,"format":"akin-combined","weight":1}]}"#
        let long = #"{"format":1,"parts":[{"bytes":9223372036854775807,"format":"test-pixels","weight":1}]}"#
        let negative = #"{"format":1,"parts":[{"bytes":-1,"format":"test-pixels","weight":1}]}"#
        for header in [nested, long, negative] {
            #expect(throws: EmbeddingError.badCombination(.damaged)) {
                try CombinedBackbone(bytes: Array("\(header)\n".utf8), kinds: kinds)
            }
        }
        #expect(throws: EmbeddingError.badCombination(.newer(2))) {
            try CombinedBackbone(bytes: Array("{\"format\":2,\"parts\":[]}\n".utf8), kinds: kinds)
        }
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            var hostile = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                hostile[Int.random(in: hostile.indices, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            _ = try? CombinedBackbone(bytes: hostile, kinds: kinds)
        }
    }

    @Test func refusesWhatDoesNotStandSideBySide() throws {
        let problems: [(CombinationProblem, () throws -> CombinedBackbone)] = [
            (.tooFew(1), { try CombinedBackbone([small]) }),
            (.repeated("small"), { try CombinedBackbone([small, large, small]) }),
            (.nested("small+large"), { try CombinedBackbone([large, combined()]) }),
            (.badWeight("large", 0), { try CombinedBackbone([.init(small), .init(large, weight: 0)]) }),
            (
                .badWeight("large", .infinity),
                { try CombinedBackbone([.init(small), .init(large, weight: .infinity)]) }
            ),
        ]
        for (problem, make) in problems {
            #expect(throws: EmbeddingError.badCombination(problem)) { try make() }
        }
    }

    /// A picture is decoded once, and each part has the input that it has by itself.
    @Test func readsEachPictureOnceForAllParts() throws {
        let pictures = try Pictures()
        let parts = [
            Preprocessing(trusted: 5, width: 7, channels: .rgb, placement: .stretch),
            Preprocessing(trusted: 8, width: 3),
        ]
        let input = try BackboneInput(parts)
        #expect(input.count == 5 * 7 * 3 + 8 * 3)
        #expect(input.decodingTarget.map { [$0.width, $0.height] } == [7, 8])
        let batch = InputReader(pictures.samples, for: input).read(0..<23)
        let alone = parts.map { InputReader(pictures.samples, preprocessing: $0).read(0..<23) }
        #expect(batch.decoded == alone[0].decoded && batch.hashes == alone[0].hashes)
        let expected = batch.decoded.indices.flatMap { row in
            zip(alone, parts).flatMap { $0.inputs[row * $1.inputCount..<(row + 1) * $1.inputCount] }
        }
        #expect(batch.inputs == expected)
        let whole = Preprocessing(trusted: 4, width: 4, placement: .canvas)
        #expect(try BackboneInput(parts + [whole]).decodingTarget == nil)
    }

    /// Where one part sees something, the picture is not blank.
    @Test func isBlankWhereAllPartsAre() throws {
        let folder = try TemporaryFolder()
        var pixels = [UInt8](repeating: 255, count: 81)
        pixels[0] = 0
        let corner = Image(width: 9, height: 9, channels: 1, trusted: pixels)
        let file = try folder.write("corner.pnm", corner.encodedAsPNM())
        let middle = Preprocessing(trusted: 3, width: 3, placement: .canvas)
        let all = Preprocessing(trusted: 9, width: 9)
        for (parts, blank) in [([middle], [0]), ([all], []), ([middle, all], []), ([middle, middle], [0])] {
            let reader = InputReader([Sample(file: file, label: "a")], for: try BackboneInput(parts))
            #expect(reader.read(0..<1).blank == blank)
        }
    }
}
