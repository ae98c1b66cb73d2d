import Akin
import AkinTensors
import Testing

/// What an index would have said of items that were left out.
@Suite struct JudgedOutcomeTests {
    private func gallery() throws -> MemoryGallery {
        let gallery = try MemoryGallery(dimension: 6)
        var generator = SeededGenerator(seed: 3)
        let centres = (0..<5 * 6).map { _ in generator.normals().0 }
        let values = (0..<40 * 6).map { place in
            centres[place / 6 % 5 * 6 + place % 6] + 0.4 * generator.normals().0
        }
        try gallery.write("all") {
            _ = try $0.add(
                (0..<40).map { NewItem(label: "class \($0 % 5)", source: Source("\($0)")) },
                embeddings: Matrix(rows: 40, columns: 6, trusted: values), backbone: gallery.backbone)
        }
        return gallery
    }

    @Test func agreesWithTheBorder() throws {
        let gallery = try gallery()
        let items = try gallery.read { try LeftOutItems(of: $0, limit: 100, seed: 1) }
        let calibration = try items.calibration(
            of: .ridge, by: items.answers(by: .ridge), strangersKnown: 0.2)
        let outcomes = try LeaveOneOut.outcomes(in: gallery, classifier: .ridge)
        let judged = outcomes.list.map { JudgedOutcome($0, by: .ridge, calibration: calibration) }
        #expect(judged.allSatisfy { ($0.verdict == .unknown) == ($0.strangeness! >= 0) })
        #expect(judged.contains { $0.verdict == .unknown } && judged.contains { $0.verdict == .known })
        #expect(judged.allSatisfy { $0.confidence > 0 && $0.confidence <= 1 && $0.isAnswerable })
        // Without its class it looks no less strange, but for what is usual for a class.
        let known = judged.filter { $0.outcome.nearestSame!.distance < $0.outcome.nearestOther!.distance }
        #expect(known.count { $0.strangenessWithoutClass! > $0.strangeness! } > known.count * 3 / 4)

        let plain = outcomes.list.map { JudgedOutcome($0, by: .ridge, calibration: nil) }
        #expect(
            plain.allSatisfy { $0.verdict == nil && $0.confidence == Double($0.outcome.ranking[0].score) })
        #expect(
            plain.allSatisfy {
                $0.strangeness
                    == Double(min($0.outcome.nearestSame!.distance, $0.outcome.nearestOther!.distance))
            })
    }

    @Test func onlySomeAreAsked() throws {
        let (items, embeddings) = try gallery().read { try $0.labelled() }
        let left = try LeaveOneOut(
            sources: items.map(\.source), labels: items.map(\.label), classifier: .ridge, metric: .l2)
        let all = try left.outcomes(of: embeddings).list
        let some = try left.outcomes(of: embeddings, asked: [3, 17, 30]).list
        #expect(some.map(\.source) == [3, 17, 30].map { all[$0].source })
        #expect(some.map(\.predicted) == [3, 17, 30].map { all[$0].predicted })
        let folds = try left.outcomes(of: embeddings, inFolds: 4)
        #expect(folds.stratifiedFolds == 4 && Set(folds.list.compactMap(\.fold)).count == 4)
    }
}
