import AkinTensors
import AkinVectorSearch
import Foundation
import Testing

/// How wide a search has to be, whatever lies in the graph.
///
/// `AKIN_RECALL_ROWS` in the environment says of how many vectors: 110,000 take some minutes in release mode.
@Suite struct SearchWidthTests {
    private static let rows =
        ProcessInfo.processInfo.environment["AKIN_RECALL_ROWS"].flatMap { Int($0) } ?? 2500
    private static let columns = 32

    /// Vectors of normally distributed components, and what is made of some or all of them.
    enum Content: Sendable, CustomTestStringConvertible {
        case plain
        /// A share of them are equal: at so many places, one after the other or anywhere.
        case equal(share: Double, places: Int, isShuffled: Bool)
        /// A share of them lie so near to one of them, which is zero or any.
        case near(share: Double, spread: Float, isAtZero: Bool)
        /// Five vectors, each a hundredth of all.
        case five
        /// Lengths of such a lognormal distribution.
        case lengths(sigma: Float)

        var testDescription: String { "\(self)" }

        static let equal: [Content] = [0.005, 0.01, 0.02, 0.1, 0.3].flatMap { share in
            [(1, false), (1, true), (10, false), (10, true)].map {
                .equal(share: share, places: $0.0, isShuffled: $0.1)
            }
        }
        static let near: [Content] = [1e-6, 1e-3, 0.01, 0.1].flatMap { spread in
            [
                .near(share: 0.01, spread: spread, isAtZero: true),
                .near(share: 0.1, spread: spread, isAtZero: false),
            ]
        }

        func vectors(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
            var generator = SeededGenerator(seed: seed)
            func vector() -> [Float] { (0..<columns).map { _ in generator.normals().0 } }
            var matrix = Matrix(zeros: rows, columns: columns)
            for row in 0..<rows { matrix[row] = vector()[...] }
            var order = Array(0..<rows)
            switch self {
            case .plain: break
            case .equal(let share, let places, let isShuffled):
                if isShuffled { order.shuffle(using: &generator) }
                let count = Int(share * Double(rows))
                // One of them is where a dead or blank picture lies.
                let centres = (0..<places).map { $0 == 0 ? [Float](repeating: 0, count: columns) : vector() }
                for i in 0..<count { matrix[order[i]] = centres[i * places / count][...] }
            case .near(let share, let spread, let isAtZero):
                order.shuffle(using: &generator)
                let centre = isAtZero ? [Float](repeating: 0, count: columns) : vector()
                for row in order.prefix(Int(share * Double(rows))) {
                    matrix[row] = zip(centre, vector()).map { $0 + spread * $1 }[...]
                }
            case .five:
                let centres = (0..<5).map { _ in vector() }
                for i in 0..<rows / 20 { matrix[i * 20] = centres[i % 5][...] }
            case .lengths(let sigma):
                for row in 0..<rows {
                    let length = exp(sigma * generator.normals().0)
                    for column in 0..<columns { matrix[row, column] *= length }
                }
            }
            return matrix
        }
    }

    /// What a search that is not told how wide it is to be finds of the 10 nearest, an item as near as the tenth counting.
    private func check(_ content: Content, _ metric: Metric) {
        let vectors = content.vectors(Self.rows, Self.columns, seed: 1)
        let queries = Content.plain.vectors(400, Self.columns, seed: 2)
        let kind = vectors.values.withUnsafeBufferPointer { values in
            CodeSpace(suiting: metric, dimension: Self.columns, count: Self.rows) {
                values.baseAddress! + $0 * Self.columns
            }.kind
        }
        let compact = Compact(metric, kind, vectors, coded: Self.rows)
        let recall = compact.recall(10, of: queries)
        if Self.rows > 10_000 {
            print("\(metric) \(content), \(kind): \(compact.width), recall \(recall)")
        }
        // Of what it finds too little, it is not asked; few rows measure it roughly.
        let least = Self.rows > 10_000 ? 0.99 : 0.98
        #expect(recall >= least || !compact.width.suffices, "\(recall), \(compact.width)")
        // What was measured is what comes of it.
        #expect(abs(recall - (compact.width.recall ?? 0)) < 0.05)
        // Of near copies, and of many vectors of lengths so unequal, it may find too little at any width.
        switch content {
        case .near: break
        case .lengths where Self.rows > 10_000: break
        default: #expect(compact.width.suffices)
        }
    }

    @Test(arguments: Content.equal) func equalVectors(content: Content) { check(content, .l2) }

    @Test(arguments: Content.near) func nearCopies(content: Content) { check(content, .l2) }

    @Test(arguments: [Metric.l2, .l1, .cosine, .innerProduct]) func fiveVectors(metric: Metric) {
        check(.five, metric)
    }

    @Test(arguments: [0.3, 1, 1.5, 2] as [Float]) func lengthsOfAllSizes(sigma: Float) {
        check(.lengths(sigma: sigma), .innerProduct)
    }

    @Test func plainVectors() { check(.plain, .l2) }

    /// The worse the graph, the wider the search; and none finds what is not linked.
    @Test func aWorseGraphNeedsMore() {
        let vectors = Content.plain.vectors(3000, 12, seed: 3)
        let widths = [(16, 200), (6, 30), (2, 1)].map { links, candidates in
            Compact(
                .l2, .i8, vectors, coded: 3000,
                parameters: GraphParameters(links: links, candidates: candidates)
            ).width
        }
        #expect(widths[0].candidates <= widths[1].candidates && widths[1].candidates <= widths[2].candidates)
        #expect(widths.map(\.suffices) == [true, true, false], "\(widths)")
        #expect(widths.allSatisfy { SearchWidth.choices.contains($0.candidates) })
        let both = widths[0].sufficing(widths[2])
        #expect(!both.suffices && both.candidates == widths[2].candidates)
    }
}
