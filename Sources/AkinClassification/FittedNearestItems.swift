import AkinItems
import AkinTensors
import AkinVectorSearch

/// Answers by the classes of the nearest items, each by its nearest one.
struct FittedNearestItems: FittedRule {
    let scope: ItemScope
    /// How many items each class has.
    let counts: [String: Int]
    /// Ranks classes by their nearest items; nil if there is none.
    let rank: @Sendable ([ClassCandidate]) -> [ClassCandidate]?

    /// How many items are looked at.
    static let looked = 16

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let found = try reader.neighbours(
            of: queries, k: max(listed, Self.looked),
            excluding: Array(repeating: scope.excluding, count: queries.rows), filter: scope.filter,
            method: method)
        var classes: [UInt64: String] = [:]
        for id in Set(found.joined().map(\.id)) { classes[id] = try reader.item(id)?.label }
        let names = Set(classes.values).sorted()
        let positions = Dictionary(uniqueKeysWithValues: zip(names, 0...).map { ($0, $1) })
        return try found.map { neighbours in
            var candidates: [Int: ClassCandidate] = [:]
            for neighbour in neighbours {
                guard let label = classes[neighbour.id], let position = positions[label],
                    candidates[position] == nil
                else { continue }
                candidates[position] = ClassCandidate(
                    position: position, items: counts[label] ?? 1, nearest: neighbour.distance)
            }
            guard let ranked = rank(Array(candidates.values)) else {
                throw ClassificationError.nothingAdmitted
            }
            return Prediction(
                ranking: ranked.ranking(names: names), neighbours: Array(neighbours.prefix(listed)))
        }
    }
}
