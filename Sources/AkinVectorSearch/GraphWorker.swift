/// What a thread needs to insert nodes.
final class GraphWorker {
    let walk = GraphWalk()
    private let scores: UnsafeMutablePointer<Int32>
    private let rows: UnsafeMutablePointer<UInt32>
    private let width: Int

    init(_ parameters: GraphParameters) {
        width = 2 * parameters.links
        scores = .allocate(capacity: width)
        rows = .allocate(capacity: width)
    }

    deinit {
        scores.deallocate()
        rows.deallocate()
    }

    /// Those of the places found, nearest first, that are nearer to the query than to any chosen before (Malkov and
    /// Yashunin 2018, algorithm 4), at most `width`.
    func select(
        from walk: GraphWalk, base: Int32, width: Int, _ codes: CodeTable, row: (UInt32) -> UInt32,
        query: (UInt32) -> UnsafePointer<UInt8>, bases: UnsafePointer<Int32>
    ) -> [UInt32] {
        var chosen: [UInt32] = []
        chosen.reserveCapacity(width)
        for i in 0..<walk.count where chosen.count < width {
            let place = walk.found[i].node
            let own = row(place)
            if isDiverse(query(own), bases[Int(own)], walk.found[i].score + base, chosen.count, codes) {
                rows[chosen.count] = own
                chosen.append(place)
            }
        }
        return chosen
    }

    /// The same, of a list of places.
    func select(
        from places: [UInt32], query: UnsafePointer<UInt8>, base: Int32, width: Int, _ codes: CodeTable,
        row: (UInt32) -> UInt32, rowQuery: (UInt32) -> UnsafePointer<UInt8>, bases: UnsafePointer<Int32>
    ) -> [UInt32] {
        let candidates = places.map { place in
            var score: Int32 = 0
            var own = row(place)
            codes.scores(query, &own, 1, into: &score)
            return (distance: score + base, place: place)
        }.sorted { $0 < $1 }
        var chosen: [UInt32] = []
        chosen.reserveCapacity(width)
        for (distance, place) in candidates where chosen.count < width {
            let own = row(place)
            if isDiverse(rowQuery(own), bases[Int(own)], distance, chosen.count, codes) {
                rows[chosen.count] = own
                chosen.append(place)
            }
        }
        return chosen
    }

    /// Whether none of the chosen, which are in `rows`, is nearer to a row than `distance`.
    private func isDiverse(
        _ query: UnsafePointer<UInt8>, _ base: Int32, _ distance: Int32, _ count: Int, _ codes: CodeTable
    ) -> Bool {
        var first = 0
        while first < count {
            let some = min(8, count - first)
            codes.scores(query, rows + first, some, into: scores)
            for i in 0..<some where scores[i] + base < distance { return false }
            first += some
        }
        return true
    }
}
