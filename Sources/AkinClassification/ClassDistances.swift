import AkinItems
import AkinTensors
import AkinVectorSearch

// What rules have in common that find a distance from a query to each class.

extension GalleryReader {
    /// Ranks the classes by the distances from each query to each of them, and searches the nearest items.
    ///
    /// - Parameters:
    ///   - counts: How many items each of the classes, `names`, has.
    ///   - listed: Where it is 0, items are only searched for queries to which two classes are equally near: sixteen, whose nearest
    ///     decides.
    ///   - temperature: What the distances are divided by for the scores; nil: a score is what the distance lacks of 1.
    ///   - classDistances: From the query of a row to each class.
    func predictions(
        for queries: Matrix, in scope: ItemScope, listing listed: Int, method: SearchMethod,
        names: [String], counts: [Int], temperature: Double? = 1, classDistances: (_ row: Int) -> [Double]
    ) throws -> [Prediction] {
        let distances = (0..<queries.rows).map(classDistances)
        let asked = distances.indices.filter { row in
            let nearest = distances[row].min()
            return listed > 0 || distances[row].count { $0 == nearest } > 1
        }
        let found = try neighbours(
            of: asked.count == queries.rows ? queries : queries.rows(at: asked), k: listed > 0 ? listed : 16,
            excluding: Array(repeating: scope.excluding, count: asked.count), filter: scope.filter,
            method: method)
        var neighboursOfRow = [[Neighbour]](repeating: [], count: queries.rows)
        for (row, neighbours) in zip(asked, found) { neighboursOfRow[row] = neighbours }
        return try neighboursOfRow.enumerated().map { row, neighbours in
            var nearest: [String: Float] = [:]
            for neighbour in neighbours.reversed() {
                if let label = try item(neighbour.id)?.label { nearest[label] = neighbour.distance }
            }
            var candidates = zip(names.indices, distances[row]).map { own, distance in
                ClassCandidate(
                    position: own, distance: distance, items: counts[own],
                    nearest: nearest[names[own]] ?? .infinity)
            }
            guard candidates.allSatisfy({ !$0.distance.isNaN }),
                let ranked = candidates.rankByDistance(temperature: temperature)
            else { throw ClassificationError.notANumber(query: row) }
            return Prediction(
                ranking: ranked.ranking(names: names), neighbours: Array(neighbours.prefix(listed)))
        }
    }
}

/// How far a query is from a class, and how many items the class has.
struct ClassDistance {
    var distance: Double
    /// 0 where the class is none.
    var items: Int
}

extension Examples {
    /// Ranks the classes by their distances; nil where there is none, or a distance is no number.
    ///
    /// - Parameters:
    ///   - classes: One for each label, in the order of the names.
    ///   - temperature: What the distances are divided by for the scores.
    ///   - distances: To all examples; no number for those that take no part.
    func prediction(
        by classes: [ClassDistance], temperature: Double = 1, distances: UnsafeBufferPointer<Float>,
        listing listed: Int
    ) -> Prediction? {
        var nearest = [Float](repeating: .infinity, count: labels.names.count)
        for (position, own) in labels.classes.enumerated() where distances[position] < nearest[own] {
            nearest[own] = distances[position]
        }
        var candidates = classes.indices.filter { classes[$0].items > 0 }.map { own in
            ClassCandidate(
                position: own, distance: classes[own].distance, items: classes[own].items,
                nearest: nearest[own])
        }
        guard candidates.allSatisfy({ !$0.distance.isNaN }),
            let ranked = candidates.rankByDistance(temperature: temperature)
        else { return nil }
        return Prediction(
            ranking: ranked.ranking(names: labels.names), neighbours: nearestPositions(listed, in: distances))
    }
}
