import AkinDatasets
import AkinEmbedding
import AkinExchange
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// An index by the similarity that was learned with its backbone.
@Suite struct LearnedMetricTests {
    private func queries() -> Matrix {
        var generator = SeededGenerator(seed: 21)
        return drawnEmbeddings(30, 16, using: &generator)
    }

    /// `-(sum(weight * |x - y|) + bias)`: the sigmoid's argument, the sign turned round.
    private func distance(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>, _ learned: [Float]) -> Double {
        var score = Double(learned[16])
        for (k, (a, b)) in zip(x, y).enumerated() { score += Double(learned[k]) * Double(abs(a - b)) }
        return -score
    }

    @Test func neighboursAreThoseOfTheHead() throws {
        let temporary = try TemporaryIndex(.learnedL1)
        let embeddings = try temporary.fill(500)
        let index = try EmbeddingIndex(opening: temporary.path)
        #expect(try index.metric == temporary.index.metric && index.stats().metric == .learnedL1)
        let queries = queries()
        let found = try index.neighbours(of: queries, k: 5)
        for row in 0..<queries.rows {
            let expected = (0..<500).map { distance(queries[row], embeddings[$0], learnedSimilarity) }
                .sorted()
            for (neighbour, distance) in zip(found[row], expected) {
                #expect(abs(Double(neighbour.distance) - distance) < 1e-4)
            }
            #expect(found[row].count == 5)
        }
        // A few are compared one after the other, many in blocks: it is the same.
        #expect(try index.neighbours(of: queries.rows(at: [7]), k: 5)[0] == found[7])
        try index.remove(ids: found[7].map(\.id))
        #expect(try index.neighbours(of: queries.rows(at: [7]), k: 5)[0][0] >= found[7][4])
        try index.undo()
        #expect(try index.neighbours(of: queries, k: 5) == found)
        #expect(try index.verify().isSound)
    }

    @Test func thereIsNoGraph() throws {
        let temporary = try TemporaryIndex(.learnedL1)
        _ = try temporary.fill(50)
        let error = try #require(throws: IndexError.self) { try temporary.index.buildGraph() }
        #expect("\(error)".hasPrefix("no graph can be built: "))
        #expect(try !temporary.index.maintainGraph())
        #expect(try temporary.index.searchTimes()?.graphMilliseconds == nil)
        #expect(try temporary.index.stats().graph == nil)
    }

    @Test func aBackboneWithoutItIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/index"
        #expect(throws: IndexError.noLearnedMetric(backbone: "small")) {
            try EmbeddingIndex.create(at: path, backbone: checkpoint(), metric: .learnedL1)
        }
        // Such weights would make distances that are no numbers.
        let wild = Array(repeating: Float.greatestFiniteMagnitude, count: 17)
        #expect(throws: IndexError.noLearnedMetric(backbone: "small")) {
            try EmbeddingIndex.create(at: path, backbone: checkpoint(learned: wild), metric: .learnedL1)
        }
        #expect(throws: IndexError.noLearnedMetric(backbone: "imported")) {
            try EmbeddingIndex.create(at: path, dimension: 16, metric: .learnedL1)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func itGoesThroughFiles() throws {
        let temporary = try TemporaryIndex(.learnedL1)
        _ = try temporary.fill(40)
        let files = try ExchangeFiles([temporary.folder.path + "/items.jsonl"])
        try temporary.index.export(to: files)
        let other = try TemporaryIndex(.learnedL1)
        #expect(try other.index.importItems(from: files).added == 40)
        let queries = queries()
        #expect(
            try other.index.neighbours(of: queries, k: 3) == temporary.index.neighbours(of: queries, k: 3))
        #expect(throws: IndexError.noLearnedMetric(backbone: "small")) {
            try makeIndex(
                at: temporary.folder.path + "/copy", importing: files, metric: .learnedL1)
        }
    }

    @Test func anotherBackboneBringsItsOwn() throws {
        let temporary = try TemporaryIndex(.learnedL1)
        let index = temporary.index
        let pictures = try PictureFolder(30)
        try index.add(try Dataset(folder: pictures.path), embedder: Embedder(index.storedBackbone))
        let (before, old) = (try index.labelled(), index.metric)
        #expect(throws: IndexError.noLearnedMetric(backbone: "small")) {
            try index.rebuild(with: Embedder(checkpoint(seed: 2)))
        }
        #expect(try index.labelled() == before)

        let weights = learnedSimilarity.map { 1 - $0 }
        let new = try checkpoint(seed: 2, learned: weights)
        try index.rebuild(with: Embedder(new))
        let rebuilt = try EmbeddingIndex(opening: temporary.path)
        #expect(
            rebuilt.metric.learned == LearnedL1(weights: weights.dropLast().map { -$0 }, offset: -weights[16])
        )
        let embeddings = try rebuilt.labelled().embeddings
        let queries = queries()
        let nearest = try rebuilt.neighbours(of: queries, k: 1)
        for row in 0..<queries.rows {
            let expected = (0..<30).map { distance(queries[row], embeddings[$0], weights) }.min()
            #expect(abs(Double(nearest[row][0].distance) - (try #require(expected))) < 1e-4)
        }
        try rebuilt.undo()
        let undone = try EmbeddingIndex(opening: temporary.path)
        #expect(try undone.metric == old && undone.labelled() == before)
    }
}
