import Akin
import TestSupport
import Testing

/// What is known of each question, and what follows from that.
@Suite struct OutcomesTests {
    /// Points on a line.
    private func gallery(_ places: [(label: String, group: String?, place: Float)]) throws -> MemoryGallery {
        let gallery = try MemoryGallery(dimension: 1)
        let items = places.enumerated().map {
            NewItem(label: $1.label, source: Source("item \($0)"), group: $1.group)
        }
        try gallery.write("all") {
            _ = try $0.add(
                items, embeddings: Matrix(rows: places.count, columns: 1, trusted: places.map(\.place)),
                backbone: gallery.backbone)
        }
        return gallery
    }

    private func near(_ number: Int, _ label: String, _ distance: Float) -> Outcome.Near {
        Outcome.Near(source: Source("item \(number)"), label: label, distance: distance)
    }

    @Test func ofAGalleryWhoseItemsAreLeftOut() throws {
        let gallery = try gallery([
            ("a", "1", 0), ("a", "1", 1), ("b", "2", 4), ("b", nil, 2), ("c", "3", 16),
        ])
        let byItem = try LeaveOneOut.outcomes(in: gallery, classifier: .nearestNeighbours(k: 2))
        #expect(byItem.procedure == .leaveOneOut && byItem.metric == .l2 && byItem.note == nil)
        #expect(byItem.classifier == "nearest-neighbours (k 2, uniform)")
        #expect(!byItem.byGroup && !byItem.retrained && byItem.knownLabels == nil && byItem.parts == [])
        #expect(byItem.list.map(\.source) == (0..<5).map { Source("item \($0)") })
        #expect(byItem.list.map(\.predicted) == ["a", "a", "b", "a", "b"])
        #expect(byItem.list.map(\.fold) == [0, 1, 2, 3, 4])
        #expect(byItem.list.allSatisfy { $0.seconds.map { $0 >= 0 } ?? false && $0.part == nil })
        let second = byItem.list[1]
        #expect(second.ranking.map(\.label) == ["a", "b"] && second.ranking.map(\.score) == [0.5, 0.5])
        #expect(second.nearest == near(0, "a", 1) && second.nearestSame == near(0, "a", 1))
        #expect(second.nearestOther == near(3, "b", 1) && second.isRight)
        #expect(byItem.list[3].nearestSame == near(2, "b", 2))
        #expect(byItem.list[3].nearestOther == near(1, "a", 1))
        #expect(byItem.list[4].nearestSame == nil && byItem.list[4].nearest == near(2, "b", 12))
        #expect(byItem.total == Tally(items: 5, errors: 2) && byItem.unanswerable == ["c"])

        let byGroup = try LeaveOneOut.outcomes(
            in: gallery, classifier: .nearestNeighbours(k: 9), byGroup: true)
        #expect(byGroup.byGroup && byGroup.list.map(\.fold) == [0, 0, 1, 2, 3])
        #expect(byGroup.note == "k is 9, but there are only 4 items to compare with: all of them vote")
        #expect(byGroup.list[0].nearestSame == nil && byGroup.list[0].nearest == near(3, "b", 2))
        #expect(byGroup.unanswerable == ["a", "c"])
    }

    @Test func whatAGalleryCannotTellIsRefused() throws {
        let alone = try gallery([("a", nil, 0)])
        #expect(throws: EvaluationError.tooFewItems(1)) {
            try LeaveOneOut.outcomes(in: alone, classifier: .averageClassDistance)
        }
        #expect(throws: EvaluationError.tooFewItems(0)) {
            try LeaveOneOut.outcomes(
                in: try MemoryGallery(dimension: 1), classifier: .averageClassDistance, byGroup: true)
        }
        let ungrouped = try gallery([("a", nil, 0), ("b", nil, 1)])
        #expect(throws: EvaluationError.noGroups) {
            try LeaveOneOut.outcomes(in: ungrouped, classifier: .averageClassDistance, byGroup: true)
        }
        let images = PreparedImages(
            trusted: [0, 1], labels: ["a", "b"], preprocessing: Preprocessing(trusted: 1, width: 1))
        #expect(throws: EvaluationError.noGroups) {
            try LeaveOneOut(images, classifier: .averageClassDistance, metric: .l2, byGroup: true)
        }
        #expect(try LeaveOneOut(images, classifier: .averageClassDistance, metric: .l2).folds == [[0], [1]])
    }

    /// With a backbone that is no checkpoint, and more pictures than are read at a time.
    @Test func ofPicturesThatAGalleryHasNotSeen() throws {
        let folder = try TemporaryFolder()
        for number in 0..<300 {
            try FewShotReportTests.write(
                [
                    (
                        "\(number < 260 ? "old/dark" : "new/bright")/\(number).png",
                        number < 260 ? [0, 0, 0, 0] : [255, 0, 0, 0]
                    )
                ],
                to: folder)
        }
        try folder.write("old/dark/260.png", "no picture")
        let backbone = PixelBackbone(side: 2)
        let parts = try ["old", "new", "old"].map { ($0, try Dataset(folder: folder.path + "/" + $0)) }
        var calls: [Int] = []
        let images = HeldOutImages(parts: parts, for: backbone) { done, total in
            #expect(total == 562)
            calls.append(done)
        }
        #expect(calls == calls.sorted() && calls.last == 562)
        #expect(images.parts.map(\.positions) == [0..<260, 260..<300, 300..<560])
        #expect(images.sources.prefix(260).elementsEqual(images.sources.suffix(260)))
        #expect(
            images.skipped.map(\.source.path) == Array(repeating: folder.path + "/old/dark/260.png", count: 2)
        )

        let gallery = try MemoryGallery(dimension: 4, backbone: backbone.identity)
        let known = images.embeddings.rows(at: [0, 260])
        try gallery.write("two of them") {
            _ = try $0.add(
                [NewItem(label: "dark", source: "one"), NewItem(label: "dim", source: "two")],
                embeddings: known,
                backbone: backbone.identity)
        }
        let (outcomes, answers) = try images.outcomes(
            in: gallery, classifier: .nearestNeighbours(k: 1), listing: 2)
        #expect(answers.count == 560 && outcomes.list.count == 560 && outcomes.procedure == .heldOut)
        #expect(outcomes.knownLabels == ["dark", "dim"] && outcomes.unanswerable == ["bright"])
        #expect(
            outcomes.partResults == [
                PartResult(name: "old", items: 260, errors: 0),
                PartResult(name: "new", items: 40, errors: 40),
                PartResult(name: "old", items: 260, errors: 0),
            ])
        let dark = outcomes.list[0]
        #expect(dark.nearest?.source == "one" && dark.nearestSame == dark.nearest)
        #expect(dark.nearestOther?.source == "two" && dark.part == 0 && dark.fold == nil)
        let bright = outcomes.list[299]
        #expect(bright.nearest == .init(source: "two", label: "dim", distance: 0) && bright.part == 1)
        #expect(bright.nearestSame == nil && bright.nearestOther == bright.nearest)
        #expect(bright.ranking == answers[299].ranking && bright.seconds != nil)

        let some = try images.only { $0 == "dark" }.outcomes(
            in: gallery, classifier: .nearestNeighbours(k: 7))
        #expect(some.outcomes.parts == [] && some.outcomes.macroAccuracy == 1)
        #expect(some.outcomes.note == "k is 7, but there are only 2 items to compare with: all of them vote")
    }

    @Test func ofRuns() throws {
        let folder = try TemporaryFolder()
        try FewShotReportTests.writeRuns(to: folder)
        let runs = try OneShotRuns(folder: folder.path)
        let images = HeldOutImages(of: runs, for: PixelBackbone(side: 2))
        let outcomes = try images.outcomes(of: runs)
        #expect(outcomes.procedure == .runs && outcomes.parts == ["run01", "run02"])
        #expect(outcomes.list.map(\.part) == [0, 0, 0, 1, 1, 1] && outcomes.unanswerable == [])
        let wrong = outcomes.list[5]
        #expect(wrong.nearest?.label == "class01" && wrong.nearest == wrong.nearestOther)
        #expect(wrong.nearestSame?.source.path == folder.path + "/run02/training/class03.png")
        #expect(wrong.ranking.map(\.label) == ["class01"] && wrong.seconds != nil)
    }

    @Test func withoutQuestionsNothingIsKnown() {
        let none = Outcomes([], procedure: .heldOut, classifier: "x")
        #expect(
            none.total == Tally() && none.total.accuracy == 0
                && none.total.interval == Interval(0, trusted: 0))
        #expect(none.classes == [] && none.macroAccuracy == nil && none.confusions == [])
        #expect(none.unanswerable == [] && none.partResults == [])
    }
}
