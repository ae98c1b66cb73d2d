import Akin
import Foundation
import TestSupport
import Testing

/// Copies of a picture do not answer for it, whoever classifies, and are counted.
@Suite struct CopiesTests {
    private let folder: TemporaryFolder
    private let backbone = PixelBackbone(side: 2)
    private static let classifiers: [Classifier] = [
        .nearestNeighbours(k: 1), .nearestNeighbours(k: 3), .averageClassDistance, .classMean,
        Classifier(RefittedMean()),
    ]

    /// Fits anew whatever is left out, as a rule of a program's own does.
    private struct RefittedMean: ClassificationRule {
        static let name = "refitted"
        init() {}
        init(_ settings: ClassifierSettings) {}
        var explanation: String { "" }
        func fitted(to reader: any GalleryReader, in scope: ItemScope) throws -> any FittedRule {
            try ClassMean().fitted(to: reader, in: scope)
        }
    }

    /// One picture twice in its class, one in another class too.
    init() throws {
        folder = try TemporaryFolder()
        try FewShotReportTests.write(
            [
                ("p/abbot/0.png", [0, 10, 0, 10]), ("p/abbot/1.png", [30, 0, 40, 0]),
                ("p/abbot/2.png", [90, 0, 90, 60]),
                ("p/bishop/0.png", [200, 240, 255, 255]), ("p/bishop/1.png", [255, 180, 200, 255]),
                ("p/bishop/copy.png", [0, 10, 0, 10]), ("p/king/0.png", [120, 120, 110, 140]),
                ("p/king/again.png", [120, 120, 110, 140]), ("p/king/1.png", [140, 90, 100, 150]),
                ("new/abbot/a.png", [5, 5, 5, 5]), ("new/bishop/b.png", [250, 250, 250, 255]),
                ("new/king/own.png", [120, 120, 110, 140]), ("new/dean/0.png", [0, 10, 0, 10]),
            ], to: folder)
    }

    private func gallery(without content: ContentHash? = nil) throws -> MemoryGallery {
        let gallery = try MemoryGallery(dimension: 4, backbone: backbone.identity)
        try gallery.add(Dataset(folder: folder.path + "/p"), embedder: Embedder(backbone))
        try gallery.write("left out") { change in
            for item in change.current.items(label: nil) where item.contentHash == content {
                _ = change.removeItem(item.id)
            }
        }
        return gallery
    }

    /// As the gallery without a picture's copies answers, one picture after the other.
    @Test(arguments: classifiers) func heldOutPicturesThatTheGalleryHas(classifier: Classifier) throws {
        let images = HeldOutImages(try Dataset(folder: folder.path + "/new"), for: backbone)
        let (outcomes, answers) = try images.outcomes(in: gallery(), classifier: classifier)
        #expect(outcomes.copies == 2 && outcomes.note?.contains("are in the index too") != true)
        for (position, answer) in answers.enumerated() {
            let expected = try classifier.answers(
                to: images.embeddings.rows(at: [position]), in: gallery(without: images.contents[position])
            ).predictions[0]
            #expect(
                answer.label == expected.label && answer.ranking.map(\.label) == expected.ranking.map(\.label)
            )
            #expect(abs(answer.confidence - expected.confidence) < 1e-4)
            #expect(answer.neighbours.map(\.item.source) == expected.neighbours.map(\.item.source))
            #expect(answer.neighbours.map(\.item.id) == answer.prediction.neighbours.map(\.id))
            #expect(outcomes.list[position].predicted == expected.label)
        }
        let report = HoldOutReport(outcomes)
        #expect(report.copies == 2)
        #expect(
            report.text().hasPrefix("Test set: 2 of 4 pictures are in the index too; answered without them\n")
        )
        let kept = try images.outcomes(in: gallery(), classifier: classifier, keepingCopies: true)
        #expect(kept.outcomes.copies == nil)
        #expect(
            kept.outcomes.note == "2 of 4 pictures are in the index too, and were compared with themselves")
        #expect(kept.answers[2...].allSatisfy { $0.neighbours.first?.distance == 0 })
    }

    @Test(arguments: classifiers, [false, true])
    func leavingOneOutLeavesItsCopiesOut(classifier: Classifier, byGroup: Bool) throws {
        let gallery = try gallery()
        if byGroup {
            try gallery.write("pages") { change in
                for item in change.current.items(label: nil) {
                    let page = item.source.path.hasSuffix("0.png") ? "page 0" : item.source.path
                    _ = change.moveItem(
                        item.id, to: NewItem(label: item.label, source: item.source, group: page))
                }
            }
        }
        let outcomes = try LeaveOneOut.outcomes(in: gallery, classifier: classifier, byGroup: byGroup)
        #expect(outcomes.copies == 4)
        let (items, embeddings) = try gallery.read { try $0.labelled() }
        for (position, item) in items.enumerated() {
            let left = items.filter {
                $0.id == item.id || $0.contentHash == item.contentHash || byGroup && $0.group == item.group
            }
            let expected = try classifier.answers(
                to: embeddings.rows(at: [position]), in: gallery,
                excluding: Exclusion(ids: Set(left.map(\.id)))
            ).predictions[0]
            #expect(outcomes.list[position].predicted == expected.label, "\(item.source)")
        }
        let report = try LeaveOneOutReport(outcomes)
        #expect(report.copies == 4 && report.text().contains("with its copies (4 items have some)"))
        let kept = try LeaveOneOut.outcomes(
            in: gallery, classifier: classifier, byGroup: byGroup, keepingCopies: true)
        #expect(try kept.copies == nil && LeaveOneOutReport(kept).copies == nil)
    }

    @Test func nobodyTrainsOnACopyOfWhatIsLeftOut() throws {
        let contents = [1, 2, 1, 3, 4].map { ContentHash(high: 0, low: $0) }
        let labels = ["a", "a", "b", "b", "b"]
        let sources = labels.indices.map { Source("\($0)") }
        func trained(_ groups: [String?]?) throws -> [[Int]] {
            var trained: [[Int]] = []
            let test = try LeaveOneOut(
                sources: sources, labels: labels, groups: groups, contents: contents,
                classifier: .nearestNeighbours(k: 1), metric: .l2)
            _ = try test.outcomes(retraining: { positions, _ in
                trained.append(positions)
                return Matrix(rows: 5, columns: 1, trusted: [0, 1, 0, 3, 4])
            })
            return trained
        }
        #expect(try trained(nil) == [[1, 3, 4], [0, 2, 3, 4], [0, 1, 2, 4], [0, 1, 2, 3]])
        // The first and its copy lie on two pages.
        #expect(try trained(["x", "x", "y", "y", nil]) == [[3, 4], [1, 4], [0, 1, 2, 3]])
    }

    @Test func whereNothingElseIsLeft() throws {
        let same = ContentHash(high: 0, low: 7)
        #expect(throws: EvaluationError.allCopies(items: 2)) {
            try LeaveOneOut(
                sources: ["a", "b"], labels: ["a", "b"], contents: [same, same],
                classifier: .classMean, metric: .l2)
        }
        let test = try LeaveOneOut(
            sources: ["a", "b"], labels: ["a", "b"], groups: ["1", "2"], contents: [same, same],
            classifier: .classMean, metric: .l2)
        #expect(throws: EvaluationError.allCopies(items: 2)) {
            try test.outcomes(of: Matrix(zeros: 2, columns: 1))
        }
        let images = HeldOutImages(try Dataset(folder: folder.path + "/new"), for: backbone)
        let gallery = try MemoryGallery(dimension: 4, backbone: backbone.identity)
        try gallery.add(
            Dataset(files: [folder.path + "/p/king/0.png"], label: "king"), embedder: Embedder(backbone))
        #expect(throws: EvaluationError.allCopies(items: 1)) {
            try images.outcomes(in: gallery, classifier: .nearestNeighbours(k: 1))
        }
    }

    @Test func episodesAndPairsAreDrawnFromDifferentPictures() throws {
        let images = HeldOutImages(try Dataset(folder: folder.path + "/p"), for: backbone)
        let settings = Episodes.Settings(ways: 2, shots: 1, count: 30)
        let episodes = try images.episodes(settings)
        #expect(episodes.images == 7 && episodes.copies == 2)
        #expect(episodes.text.contains("from 7 images of 3 classes, 2 copies left out\n"))
        let all = try images.episodes(settings, keepingCopies: true)
        #expect(all.images == 9 && all.copies == nil)
        let pairs = PairReport(try images.pairOutcomes())
        #expect(pairs.images == 7 && pairs.copies == 2 && pairs.text.contains(", 2 copies left out\n"))
        #expect(PairReport(try images.pairOutcomes(keepingCopies: true)).images == 9)
    }
}
