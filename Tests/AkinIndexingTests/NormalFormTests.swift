import AkinBasics
import AkinDatasets
import AkinExchange
import AkinIndexing
import AkinItems
import AkinStorage
import AkinTensors
import AkinVectorSearch
import Foundation
import Synchronization
import TestSupport
import Testing

/// Labels and groups that differ only in how their accents are written are the same word; sources are not.
@Suite struct NormalFormTests {
    private let composed = "caf\u{E9}"
    private let decomposed = "cafe\u{301}"

    /// An index that a program of format 3 has written, with labels and groups in both forms.
    private func fixture() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let file = try Fixtures.bytes("indexes/version-3-forms.mdb.gz")
        try folder.write("data.mdb", try #require(Gzip.unfolded(file, limit: 8 << 20)))
        return folder
    }

    private func format(of path: String) throws -> UInt64? {
        let environment = try Environment(at: path)
        let settings: Table<String, UInt64> = try #require(try environment.table("settings"))
        return try environment.read { try settings.value(of: "format", in: $0) }
    }

    /// What every such index must answer, whether it has been brought to this format or not.
    private func check(_ index: EmbeddingIndex) throws {
        #expect(try index.stats().labels == [composed: 8, "plain": 2, "\u{C5}": 1])
        #expect(try index.stats().labels.keys.allSatisfy(\.isComposed))
        let ids: [UInt64] = [1, 2, 3, 4, 7, 8, 11, 12]
        for label in [composed, decomposed] {
            #expect(try index.items(label: label).map(\.id) == ids)
            let found = try index.neighbours(
                of: Matrix(zeros: 1, columns: 4), k: 20, filter: ItemFilter(labels: [label]))
            #expect(Set(found[0].map(\.id)) == Set(ids))
        }
        for group in ["K\u{F6}ln", "Ko\u{308}ln"] {
            let found = try index.neighbours(
                of: Matrix(zeros: 1, columns: 4), k: 20, filter: ItemFilter(groups: [group]))
            #expect(Set(found[0].map(\.id)) == [1, 2, 4, 9, 10, 12])
            let others = try index.neighbours(
                of: Matrix(zeros: 1, columns: 4), k: 20, excluding: [Exclusion(group: group)])
            #expect(Set(others[0].map(\.id)) == [3, 6, 7, 8, 11])
        }
        // Long enough that its key has no more than its beginning.
        let long = try index.neighbours(
            of: Matrix(zeros: 1, columns: 4), k: 20,
            filter: ItemFilter(groups: [String(repeating: "\u{FC}", count: 300)]))
        #expect(Set(long[0].map(\.id)) == [6, 11])
        #expect(try index.items().allSatisfy { $0.label.isComposed && $0.group?.isComposed != false })
        #expect(try index.item(source: "/s/e\u{301}")?.id == 1 && index.item(source: "/s/\u{E9}")?.id == 2)
        #expect(try index.faults() == [])
    }

    @Test func anOldIndexThatIsOnlyReadIsReadAsIfItWereNew() throws {
        let folder = try fixture()
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/data.mdb"))
        try check(try EmbeddingIndex(opening: folder.path, readOnly: true))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/data.mdb")) == before)
    }

    @Test func theFirstChangeMergesLabelsAndSaysSo() throws {
        let folder = try fixture()
        let merged = Mutex<[[String]]>([])
        let index = try EmbeddingIndex(
            opening: folder.path, whenMerging: { labels in merged.withLock { $0.append(labels) } })
        try index.relabel("\u{C5}", to: "other")
        #expect(merged.withLock { $0 } == [[composed]])
        #expect(try format(of: folder.path) == EmbeddingIndex.format)
        try index.undo()
        try check(index)
        // What the old program kept for taking its changes back comes in the new form.
        try index.undo()
        #expect(try index.stats().labels[decomposed] == 9)
        try index.undo()
        #expect(try index.item(3)?.label == "plain")
        #expect(try index.items(label: composed).count == 8 && index.faults() == [])
        try index.undo()
        #expect(try index.count == 0 && index.faults() == [])
        #expect(merged.withLock { $0.count } == 1)
    }

    @Test func bothFormsAreRemovedAndRelabelledTogether() throws {
        for label in [composed, decomposed] {
            let folder = try fixture()
            let index = try EmbeddingIndex(opening: folder.path)
            #expect(try index.relabel(label, to: "mine") == 8)
            #expect(try index.undo().counts.relabelled == 8)
            #expect(try index.remove(labels: [label]) == 8)
            #expect(try index.count == 3 && index.faults() == [])
        }
    }

    @Test func everyDoorMakesThemOne() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        var generator = SeededGenerator(seed: 4)
        try index.add(
            [
                NewItem(label: composed, source: "/1", group: "K\u{F6}ln"),
                NewItem(label: decomposed, source: "/2", group: "Ko\u{308}ln"),
            ], embeddings: drawnEmbeddings(2, 16, using: &generator), backbone: index.backbone)
        #expect(try index.stats().labels == [composed: 2])
        #expect(try index.items().allSatisfy { $0.label.isComposed && $0.group!.isComposed })
        // Nothing has changed, however it is written.
        let again = try index.add(
            [NewItem(label: decomposed, source: "/1", group: "Ko\u{308}ln")],
            embeddings: try index.labelled().embeddings.rows(at: [0]), backbone: index.backbone)
        #expect(again.unchanged == 1)
        #expect(try index.relabel(ids: [1], to: decomposed) == 1)
        #expect(try index.history()[0].verb == .add)
        try index.relabel(ids: [1], to: "n\u{303}")
        #expect(Array(try index.item(1)!.label.utf8) == [0xC3, 0xB1])

        let vectors = try temporary.folder.write("v.tsv", "1\t2\n3\t4\n5\t6\n")
        let items = try temporary.folder.write(
            "i.csv", "label,source,group\n\(composed),a,\n\(decomposed),b,o\u{308}\n\(composed),c,\u{F6}\n")
        let imported = try makeIndex(
            at: temporary.folder.path + "/imported", importing: try ExchangeFiles([vectors, items])
        ).index
        #expect(try imported.stats().labels == [composed: 3] && imported.faults() == [])
        #expect(try imported.items().allSatisfy { $0.label.isComposed && $0.group?.isComposed != false })

        // Of folders and manifests: two folders of one name, as a person sees it, are one label.
        let folder = try TemporaryFolder()
        for name in [composed, decomposed] { try folder.write("p/\(name)/1.png", "") }
        let found = try Dataset(folder: folder.path + "/p")
        #expect(found.labels == [composed] && found.count == 2)
        #expect(try found.only(labels: [decomposed]).count == 2)
        #expect(try found.only(labels: ["cafe\u{301}*"]).count == 2)
        let manifest = try folder.write(
            "m.csv", "path,label,group\np/\(composed)/1.png,\(decomposed),o\u{308}\n")
        let sample = try Dataset(manifest: manifest).samples[0]
        #expect(sample.label.isComposed && sample.group?.isComposed == true)
        #expect(sample.source.path.hasSuffix("\(composed)/1.png"))
    }
}
