import Akin
import Foundation
import Synchronization
import TestSupport
import Testing

/// The jobs on an index, as a program calls them that is not `akin`.
@Suite struct IndexJobsTests {
    private let workshop: Workshop
    private var place: IndexPlace { workshop.place }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<3) }
    }

    @Test func fromAnEmptyIndexToOneThatFollowsAFolder() throws {
        let made = try CreateIndex(
            at: workshop.index, backbone: Checkpoint(contentsOf: workshop.backbone), metric: .cosine
        ).run(Monitor())
        #expect(made.dimension == 8 && made.metric == .cosine)
        #expect(try keys(of: made) == ["index", "dimension", "metric"])

        let recorder = Recorder()
        let added = try AddPictures([workshop.pictures], to: place).run(recorder.monitor)
        #expect(added.added == 6 && added.skipped.isEmpty)
        #expect(recorder.titles == ["indexing", "building the graph"] && recorder.notes.isEmpty)
        #expect(recorder.updates.last.map { [$0.done, $0.total] } == [6, 6])
        #expect(recorder.progress.first?.endsInOrder == true)

        try workshop.draw("cook", 0..<2)
        try FileManager.default.removeItem(atPath: workshop.pictures + "/abbot/0.png")
        let synced = try SyncFolder(workshop.pictures, to: place).run(Monitor())
        #expect(synced.added == 2 && synced.removed == 1 && synced.unchanged == 5)

        let listed = try ListItems(of: place, label: "cook").run(Monitor())
        #expect(listed.map(\.label) == ["cook", "cook"])
        #expect(try keys(of: listed[0]) == ["id", "label", "source", "time"])
        #expect(try ListItems(of: place).run(Monitor()).count == 7)
    }

    @Test func itemsAreNamedByPathNumberAndLabel() throws {
        try workshop.makeIndex()
        let bishop = workshop.pictures + "/bishop/1.png"
        let id = try #require(try ListItems(of: place).run(Monitor()).first { $0.label == "abbot" }).id
        let relabelled = try RelabelItems(
            ItemSelection(paths: [bishop], ids: [id]), of: place, to: "cook"
        ).run(Monitor())
        #expect(relabelled.relabelled == 2 && relabelled.isNewLabel)
        #expect(try keys(of: relabelled) == ["relabelled", "label"])

        let removed = try RemoveItems(
            ItemSelection(paths: [workshop.pictures + "/abbot"], labels: ["cook"]), from: place
        ).run(Monitor())
        #expect(removed.removed == 4 && removed.items == 2)

        func refused(_ selection: ItemSelection) throws -> JobError {
            try #require(throws: JobError.self) {
                try RemoveItems(selection, from: place).run(Monitor())
            }
        }
        #expect(try refused(ItemSelection(labels: ["bishup"])) == .unknownLabel("bishup", nearest: "bishop"))
        // Nothing is not everything.
        #expect(try refused(ItemSelection(paths: [""])) == .noItem(from: ""))
        #expect(try ListItems(of: place).run(Monitor()).count == 2)
    }

    @Test func describesVerifiesAndCopies() throws {
        try workshop.makeIndex()
        let description = try DescribeIndex(place).run(Monitor())
        #expect(description.stats.items == 6 && description.search != nil && description.hasBackbone)
        #expect(
            try keys(of: description).isSuperset(of: ["items", "labels", "dimension", "bytes", "search"]))
        let verified = try VerifyIndex(place).run(Monitor())
        #expect(verified.isSound && verified.items == 6)

        let copy = workshop.folder.path + "/copy"
        #expect(try SnapshotIndex(of: place, to: copy).run(Monitor()).items == 6)
        #expect(try ListItems(of: .folder(copy)).run(Monitor()).count == 6)
        try CompactIndex(place).run(Monitor())
        #expect(try VerifyIndex(place).run(Monitor()).isSound)
    }

    @Test func changesAreListedAndTakenBack() throws {
        try workshop.makeIndex()
        try RemoveItems(ItemSelection(labels: ["abbot"]), from: place).run(Monitor())
        #expect(try ListChanges(of: place).run(Monitor()).map(\.verb) == [.remove, .add])
        #expect(try UndoChange(of: place).run(Monitor()).counts.removed == 3)
        #expect(try ListItems(of: place).run(Monitor()).count == 6)
        #expect(try ListChanges(of: place, keeping: 0).run(Monitor()).isEmpty)
        #expect(throws: IndexError.nothingToUndo(path: workshop.index)) {
            try UndoChange(of: place).run(Monitor())
        }
    }

    /// An index that a program keeps open, with a backbone of its own that no registry of Akin's knows.
    @Test func anOpenIndexOfAnotherBackbone() throws {
        let index = try EmbeddingIndex.create(
            at: workshop.index, backbone: PixelBackbone(side: 6),
            backbones: BackboneRegistry([PixelBackbone.self]))
        #expect(try AddPictures([workshop.pictures], to: .open(index)).run(Monitor()).added == 6)
        try BuildGraph(of: .open(index), GraphOptions(links: 4)).run(Monitor())

        let recorder = Recorder()
        let report = try RebuildIndex(.open(index), with: PixelBackbone(side: 5)).run(recorder.monitor)
        #expect(report.items == 6 && report.before?.errors == 0 && report.after?.errors == 0)
        #expect(recorder.titles == ["embedding", "building the graph"])
        let rebuilt = try index.reopened()
        #expect(rebuilt.dimension == 25)
        #expect(try rebuilt.stats().graph?.links == 4)
        #expect(throws: IndexError.rebuilt(path: workshop.index)) {
            try ListItems(of: .open(index)).run(Monitor())
        }
    }

    @Test func vectorsComeAndGo() throws {
        let file = try workshop.writeVectors("v.npy", rows: 30, dimension: 4)
        let items = try workshop.folder.write(
            "items.csv", "label,mood\n" + (0..<30).map { "l\($0 % 3),good\n" }.joined())
        let recorder = Recorder()
        let imported = try ImportItems([file, items], into: place, metric: .l1).run(recorder.monitor)
        #expect(imported.created && imported.report.added == 30)
        #expect(recorder.notes == ["columns that were left out: mood"])
        #expect(
            try keys(of: imported) == [
                "index", "created", "added", "updated", "unchanged", "ignored_columns", "items_per_second",
            ])
        var options = ImportOptions()
        options.isSameBackbone = true
        #expect(
            throws: JobError.otherMetric(index: workshop.index, metric: .l1, asked: .l2)
        ) { try ImportItems([file], into: place, options, metric: .l2).run(Monitor()) }

        let out = workshop.folder.path + "/out.jsonl"
        let exported = try ExportItems(of: place, to: [out]).run(Monitor())
        #expect(exported.exported == 30 && exported.dimension == 4)
        let refusal = #expect(throws: WriteError.self) {
            try ExportItems(of: place, to: [out]).run(Monitor())
        }
        #expect(refusal?.isInTheWay == true && refusal?.path == out)
        let graph = try BuildGraph(of: place).run(Monitor())
        #expect(graph.items == 30 && graph.graph?.items == 30)
        #expect(try DropGraph(of: place).run(Monitor()).graph == nil)
    }

    /// What was rebuilt by another program meanwhile is changed all the same, by what has waited for it; not where a part of the
    /// change is made already.
    @Test func aChangeThatWaitedForARebuildIsBegunAgain() throws {
        try workshop.makeIndex()
        let index = workshop.index
        func rebuild(_ seed: UInt64) throws {
            try RebuildIndex(.folder(index), with: Workshop.checkpoint(seed: seed)).run(Monitor())
        }
        let recorder = Recorder()
        var calls = 0
        let relabelled = try place.changing(recorder.monitor) { index in
            calls += 1
            if calls == 1 { try rebuild(2) }
            return try index.relabel(ids: [1], to: "cook")
        }
        #expect(relabelled == 1 && calls == 2)
        #expect(recorder.notes == ["the index was given another backbone meanwhile; begun again with it"])
        #expect(throws: IndexError.rebuilt(path: index)) {
            try place.changing(Monitor()) { index in
                try index.relabel(ids: [2], to: "cook")
                try rebuild(3)
                try index.relabel(ids: [3], to: "cook")
            }
        }
        #expect(try ListItems(of: place, label: "cook").run(Monitor()).map(\.id) == [1, 2])
    }

    /// A rebuild by another program just after the change does not make a failure of it.
    @Test func aRebuildAfterAChangeIsNoFailure() throws {
        try workshop.makeIndex()
        try workshop.draw("cook", 0..<2)
        let index = workshop.index
        let hasRebuilt = Mutex(false)
        let report = try AddPictures([workshop.pictures + "/cook"], to: place, label: "cook").run(
            Monitor(progress: { progress in
                // The work has ended with its last transaction.
                guard progress.title == "indexing", progress.isOver, !hasRebuilt.withLock({ $0 }) else {
                    return
                }
                hasRebuilt.withLock { $0 = true }
                #expect(throws: Never.self) {
                    try RebuildIndex(.folder(index), with: Workshop.checkpoint(seed: 2)).run(Monitor())
                }
            }))
        #expect(hasRebuilt.withLock { $0 } && report.added == 2 && report.receipt == nil)
        #expect(try ListItems(of: place, label: "cook").run(Monitor()).count == 2)
    }
}
