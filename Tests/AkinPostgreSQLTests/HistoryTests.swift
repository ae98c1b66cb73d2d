import Akin
import AkinBasics
import Foundation
import Synchronization
import TestSupport
import Testing

/// Several people at one gallery.
@Suite(.enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)")) struct HistoryTests {
    private let gallery: PostgreSQLGallery

    init() throws {
        gallery = try PostgreSQLGallery.create(at: try .new(), dimension: 2, backbone: .init(named: "drawn"))
    }

    private func add(_ sources: ClosedRange<Int>, as change: PendingChange = .init(.add, "some")) throws {
        try gallery.write(change) { writer in
            let items = sources.map { NewItem(label: "a", source: Source("/\($0)")) }
            _ = try writer.add(
                items, embeddings: Matrix(rows: items.count, columns: 2), backbone: gallery.backbone)
        }
    }

    /// The last change becomes somebody else's.
    private func giveAway() throws {
        try DatabaseServer.shared?.sql(
            """
            update akin.changes c set login = 'somebody' from akin.indexes x where c.index_id = x.id
              and x.name = '\(gallery.address.index)' and c.number = x.next_change - 1
            """, database: DatabaseServer.user)
    }

    @Test func severalTransactionsAreOneChange() throws {
        let change = PendingChange(.add, "ten")
        try add(1...5, as: change)
        try add(6...10, as: change)
        try gallery.write(change) { _ = try $0.relabel("a", to: "b") }
        #expect(try gallery.history().map(\.counts.added) == [10])
        #expect(try gallery.history().map(\.counts.relabelled) == [10])
        try add(11...11)
        // Somebody was faster: what comes now is another change.
        try add(12...12, as: change)
        #expect(try gallery.history().map(\.number) == [3, 2, 1])
        try gallery.undo()
        try gallery.undo()
        let one = try gallery.undo()
        #expect(one.verb == .add && one.summary == "ten" && one.number == 1)
        #expect(try gallery.read { try $0.count } == 0)
        #expect(throws: PostgreSQLError.self) { try gallery.undo() }
    }

    @Test func undoTakesBackOnesOwnChange() throws {
        try add(1...3)
        try gallery.write(PendingChange(.relabel, "mine")) { _ = try $0.relabel(ids: [1], to: "mine") }
        try gallery.write(PendingChange(.relabel, "theirs")) { _ = try $0.relabel(ids: [2], to: "theirs") }
        try giveAway()
        #expect(try gallery.undo().summary == "mine")
        #expect(try gallery.read { try $0.items().map(\.label) } == ["a", "theirs", "a"])
        // Of what was added, somebody has changed one.
        #expect(throws: PostgreSQLError.changedSince(sources: ["/2"], count: 1)) { try gallery.undo() }
        #expect(try gallery.read { try $0.count } == 3)
        #expect(try gallery.history().map(\.user).first == "somebody")
    }

    @Test func whoTookAPlaceMeanwhileKeepsIt() throws {
        try add(1...1)
        try giveAway()
        try gallery.write(PendingChange(.remove, "mine")) { _ = try $0.remove(ids: [1]) }
        try add(1...1)
        try giveAway()
        #expect(throws: PostgreSQLError.changedSince(sources: ["/1"], count: 1)) { try gallery.undo() }
        #expect(try gallery.read { try $0.items().map(\.id) } == [2])
    }

    /// Two import at once: each has asked before whether the numbers of its file can be kept.
    @Test func numbersAreKeptOnlyAboveAllOthers() throws {
        func add(_ source: String, id: UInt64) throws {
            var list = ItemList()
            list.append(label: [97], source: Array(source.utf8), group: [])
            list.ids = [id]
            try [Float(1), 2].withUnsafeBufferPointer { values in
                let batch = ItemBatch(
                    items: list, range: 0..<1, vectors: try #require(values.baseAddress),
                    contentHashes: [ContentHash(of: [1])])
                try gallery.write(PendingChange(.import, source)) { writer in
                    let known = try writer.add(batch, keepingIDs: true)
                    #expect(known == nil)
                }
            }
        }
        try add("/1", id: 100)
        try add("/2", id: 5)
        try add("/3", id: 200)
        #expect(try gallery.read { try $0.items().map(\.id) } == [100, 101, 200])
        #expect(try gallery.history().count == 3)
        try gallery.undo()
        #expect(try gallery.read { try $0.count } == 2)
    }

    @Test func oldChangesAreDropped() throws {
        for number in 1...103 { try add(number...number) }
        let history = try gallery.history()
        #expect(history.count == 100 && history.last?.number == 4)
    }

    /// Nothing is lost or doubled, whoever comes between.
    @Test func manyWritersAndReaders() throws {
        let address = gallery.address
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            do {
                let gallery = try PostgreSQLGallery(opening: address, backbones: .standard)
                for round in 0..<10 {
                    if thread < 4 {
                        try gallery.write(PendingChange(.add, "thread \(thread)")) { writer in
                            // The shared one is added once, by whoever comes first.
                            for source in ["/\(thread)/\(round)", "/shared/\(round)"] {
                                _ = try writer.put(
                                    .init(label: "a", source: Source(source)),
                                    contentHash: ContentHash(of: [UInt8(round)]), [1, 2])
                            }
                        }
                    } else {
                        try gallery.read { reader in
                            let count = try reader.count
                            if try reader.items().count != count || reader.labelled().items.count != count {
                                failures.add("a reader saw two moments")
                            }
                        }
                    }
                }
            } catch { failures.add("\(error)") }
        }
        #expect(failures.all == [])
        let items = try gallery.read { try $0.items() }
        #expect(items.count == 50 && Set(items.map(\.source)).count == 50)
        #expect(items.map(\.id) == Array(1...50))
    }

    private final class Failures: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func add(_ failure: String) { list.withLock { $0.append(failure) } }
    }
}
