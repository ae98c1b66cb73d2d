import AkinTensors

extension CodeSpace {
    /// So many of a sample's rows are compared, so many of them with the others, by so many neighbours.
    private static let trial = (rows: 2000, queries: 100, neighbours: 10)
    /// Codes of one byte that find a smaller share of the true neighbours in the sample are too coarse: measured, a walk
    /// then has to keep so many more candidates that bfloat16 is sooner done.
    private static let leastAgreement = 0.8

    /// Codes of a kind, or, if none is given, of the one that suits vectors like these `count`: of one byte, unless too
    /// many neighbours are mistaken by them.
    package init(
        suiting metric: Metric, _ kind: CodeKind? = nil, dimension: Int, count: Int,
        row: (Int) -> UnsafePointer<Float>
    ) {
        self.init(metric, kind ?? .i8, dimension: dimension, count: count, row: row)
        if kind == nil, agreement(count: count, row: row) < Self.leastAgreement {
            self.init(metric, .bf16, dimension: dimension, count: count, row: row)
        }
    }

    /// The share of the nearest by codes, among a sample of these vectors, that are among the nearest by true distances. By
    /// the inner product those with the longest vectors are the sample, as they are the nearest of all.
    package func agreement(count: Int, row: (Int) -> UnsafePointer<Float>) -> Double {
        let (rows, k) = (min(count, Self.trial.rows), Self.trial.neighbours)
        guard rows > 2 * k else { return 1 }
        var sample = Matrix(zeros: rows, columns: dimension)
        let codes = CodeBuffer(self, capacity: rows)
        var picked = (0..<rows).map { $0 * count / rows }
        if metric == .innerProduct {
            let lengths = (0..<count).map { squaredNormOf(row($0), dimension) }
            picked = Array((0..<count).sorted { (-lengths[$0], $0) < (-lengths[$1], $1) }.prefix(rows))
        }
        for i in 0..<rows {
            let vector = row(picked[i])
            sample[i] = ArraySlice(UnsafeBufferPointer(start: vector, count: dimension))
            codes.encode(vector, row: i)
        }
        codes.grow(to: rows)
        let numbers = (0..<UInt32(rows)).map { $0 }
        let queries = Array(Swift.stride(from: 0, to: rows, by: max(1, rows / Self.trial.queries)))
        let distances = metric.distances(trusted: sample.rows(at: queries), to: sample)
        var scores = [Int32](repeating: 0, count: rows)
        var hits = 0
        for (place, own) in queries.enumerated() {
            let query = CodeQueries(row(picked[own]), count: 1, self)
            codes.table.scores(query.bytes, numbers, rows, into: &scores)
            let distances = distances[place]
            func distance(_ i: Int) -> Float { distances[distances.startIndex + i] }
            let others = (0..<rows).filter { $0 != own }
            // Of equally near ones any will do.
            let farthest = others.map(distance).sorted()[k - 1]
            hits += others.sorted { (scores[$0], $0) < (scores[$1], $1) }.prefix(k)
                .count { distance($0) <= farthest }
        }
        return Double(hits) / Double(k * queries.count)
    }
}
