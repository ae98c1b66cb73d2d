import Akin
import TestSupport
import Testing

/// A classifier of a program's own, all of it on this page: the class of the item that is the median of a class by its
/// distance, so that a single wrong label does no harm.
private struct MedianDistance: ClassificationRule {
    static let name = "median-distance"
    let explanation = "The class is the one whose middle item lies nearest."

    init() {}
    init(_ settings: ClassifierSettings) {}

    func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
        var items: [Item] = []
        var values: [Float] = []
        try reader.forEachItem { item, vector in
            guard scope.admits(item) else { return }
            items.append(item)
            values += vector
        }
        return Fitted(
            items: items, metric: reader.metric,
            embeddings: Matrix(rows: items.count, columns: reader.dimension, trusted: values))
    }

    private struct Fitted: FittedRule {
        let items: [Item]
        let metric: Metric
        let embeddings: Matrix

        func predictions(
            for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
        ) throws -> [Prediction] {
            let distances = metric.distances(trusted: queries, to: embeddings)
            return (0..<queries.rows).map { row in
                let classes = Dictionary(grouping: items.indices) { items[$0].label }
                let ranking = classes.map { label, members in
                    let own = members.map { distances[row, $0] }.sorted()
                    return ClassScore(label: label, score: 0, distance: own[own.count / 2], items: own.count)
                }.sorted { ($0.distance, $0.label) < ($1.distance, $1.label) }
                let nearest = items.indices.map { Neighbour(id: items[$0].id, distance: distances[row, $0]) }
                return Prediction(ranking: ranking, neighbours: Array(nearest.sorted().prefix(listed)))
            }
        }
    }
}

@Suite struct NewClassifierTests {
    private let classifier = Classifier(MedianDistance())

    /// Two classes on a line, at 0 to 4 and at 10 to 14; one item in each bears the other's label.
    private func fill(_ gallery: some Gallery) throws {
        let items = (0..<10).map { number in
            NewItem(
                label: (number < 5) == (number % 5 != 0) ? "low" : "high", source: Source("\(number)"),
                group: "sheet \(number / 2)")
        }
        let places = (0..<10).map { Float($0 < 5 ? $0 : $0 + 5) }
        try gallery.write("ten items") {
            _ = try $0.add(
                items, embeddings: Matrix(rows: 10, columns: 1, trusted: places), backbone: gallery.backbone)
        }
    }

    @Test func answersByAnIndexAsByMemory() throws {
        let folder = try TemporaryFolder()
        let index = try EmbeddingIndex.create(at: folder.path + "/index", dimension: 1)
        let memory = try MemoryGallery(dimension: 1)
        try fill(index)
        try fill(memory)
        let queries = Matrix(rows: 3, columns: 1, trusted: [0, 3, 10])
        let answers = try classifier.answers(to: queries, in: index).predictions
        #expect(answers.map(\.label) == ["low", "low", "high"])
        #expect(answers.map { $0.neighbours[0].item.label } == ["high", "low", "low"])
        #expect(answers.map { $0.neighbours[0].item.source } == ["0", "3", "5"])
        let same = try classifier.answers(to: queries, in: memory).predictions
        #expect(same.map(\.prediction) == answers.map(\.prediction))
        let some = try classifier.answers(
            to: queries, in: index, filter: ItemFilter(labels: ["high"]),
            excluding: Exclusion(group: "sheet 0"))
        #expect(some.predictions.allSatisfy { $0.label == "high" })
    }

    @Test func leavesItemsOutLikeAllOthers() throws {
        let memory = try MemoryGallery(dimension: 1)
        try fill(memory)
        let (items, embeddings) = try memory.read { try $0.labelled() }
        let examples = Examples(
            labels: ItemLabels(items.map(\.label)), trusted: embeddings, metric: memory.metric)
        let folds = Folds(items.indices.map { [$0] })
        let found = try classifier.rule.answers(
            leavingOut: Array(items.indices), folds, of: examples, listing: 1)
        for (left, prediction) in found.map(\.prediction).enumerated() {
            let rest = try MemoryGallery(dimension: 1)
            let kept = items.indices.filter { $0 != left }
            try rest.write("the rest") {
                _ = try $0.add(
                    kept.map { NewItem(label: items[$0].label, source: items[$0].source) },
                    embeddings: embeddings.rows(at: kept), backbone: rest.backbone)
            }
            let expected = try classifier.answers(
                to: embeddings.rows(at: [left]), in: rest, listing: 1
            ).predictions[0]
            #expect(prediction?.ranking == expected.ranking)
            #expect(
                prediction.map { items[Int($0.neighbours[0].id)].source }
                    == expected.neighbours[0].item.source)
        }
    }
}
