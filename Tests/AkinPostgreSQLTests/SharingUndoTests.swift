import Akin
import AkinBasics
import Foundation
import Synchronization
import TestSupport
import Testing

/// Pulls that are taken back or interrupted, and what is kept of the last agreement then.
@Suite(.enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)")) struct SharingUndoTests {
    private let folder: TemporaryFolder
    private let index: EmbeddingIndex
    private let address: PostgreSQLAddress
    private var other: String { folder.path + "/other" }

    init() throws {
        folder = try TemporaryFolder()
        index = try EmbeddingIndex.create(
            at: folder.path + "/index", dimension: 2, backbone: .init(named: "drawn"))
        address = try .new()
        try add(0..<10)
    }

    private func add(_ numbers: Range<Int>) throws {
        let items = numbers.map { NewItem(label: "a", source: Source("/\($0)")) }
        let vectors = Matrix(zeros: items.count, columns: 2)
        try index.add(items, embeddings: vectors, backbone: index.backbone)
    }

    private func push(_ path: String? = nil, _ monitor: Monitor = Monitor()) throws -> SharingResult {
        try PushIndex(.folder(path ?? index.path), to: address).run(monitor)
    }

    private func pull(_ monitor: Monitor = Monitor()) throws -> SharingResult {
        try PullIndex(address, into: .folder(other)).run(monitor)
    }

    private func undo() throws { try UndoChange(of: .folder(other)).run(Monitor()) }

    private func counts(_ result: SharingResult) -> [Int] {
        [result.added, result.updated, result.removed, result.left, result.waiting, result.conflicts.count]
    }

    @Test func whatAnUndonePullBroughtIsNotRemovedByAPush() throws {
        _ = try push()
        _ = try pull()
        try add(20..<25)
        try index.relabel(ids: [1], to: "b")
        try index.remove(ids: [2])
        try index.setClassifier(.ridge)
        _ = try push()
        let brought = try pull()
        #expect(counts(brought) == [5, 1, 1, 0, 0, 0] && brought.answering)
        let copy = try EmbeddingIndex(opening: other)
        // Classifier and all, a pull is one change.
        #expect(try copy.history().count == 2)
        try undo()
        #expect(try copy.count == 10)
        #expect(try copy.classifierRecord == nil)
        // Neither removed nor changed there: all of it waits.
        let pushed = try push(other)
        #expect(counts(pushed) == [0, 0, 0, 0, 7, 0] && !pushed.answering && pushed.answeringWaits)
        #expect(try counts(pull()) == [5, 1, 1, 0, 0, 0])
        #expect(try copy.count == 14)
        let (here, there) = (try copy.classifierRecord, try index.classifierRecord)
        #expect(here == there && here != nil)
        // Taken back and made again, it has come.
        try undo()
        try RedoChange(of: .folder(other)).run(Monitor())
        for result in [try push(other), try pull()] {
            #expect(counts(result) == [0, 0, 0, 0, 0, 0] && !result.answering && !result.answeringWaits)
        }
        #expect(try counts(push()) == [0, 0, 0, 0, 0, 0])
    }

    @Test func aClassifierChangedOnBothSidesIsNamed() throws {
        _ = try push()
        _ = try pull()
        let copy = try EmbeddingIndex(opening: other)
        try index.setClassifier(.ridge)
        try copy.setClassifier(.classMean)
        let waiting = try pull()
        #expect(waiting.answeringWaits && !waiting.answering && !waiting.answeringConflict)
        #expect(try push().answering)
        let pushed = try push(other)
        #expect(pushed.answeringConflict && !pushed.answering && !pushed.answeringWaits)
        let pulled = try pull()
        #expect(pulled.answeringConflict && pulled.answering)
        #expect(try copy.classifier == .ridge)
        let last = try push(other)
        #expect(!last.answeringConflict && !last.answering)
    }

    /// Cancelled, nothing more is fetched; and what has come over is known before the end, for who is killed.
    @Test func cancelledAndKilled() throws {
        try add(10..<50_000)
        let asked = Mutex(0)
        let known = Mutex(0)
        let (path, address) = (index.path, address)
        let monitor = Monitor(isCancelled: {
            let count = asked.withLock {
                $0 += 1
                return $0
            }
            if count == 22 {
                let kept = try? PostgreSQLGallery(opening: address, backbones: .standard).identity
                let record = try? kept.flatMap {
                    try EmbeddingIndex(opening: path, readOnly: true).sharedRecord($0)
                }
                known.withLock { $0 = record?.count ?? 0 }
            }
            return count >= 22
        })
        #expect(throws: JobError.self) { try push(nil, monitor) }
        // A record of 24 bytes an item, after 20 transactions of 2000 items at the latest.
        #expect(known.withLock { $0 } >= 24 * 2000)
        let before = asked.withLock { $0 }
        #expect(before < 25)
        asked.withLock { $0 = 100 }
        #expect(throws: JobError.self) { try push(nil, monitor) }
        // Otherwise it would be asked for each of four pages.
        #expect(asked.withLock { $0 } < 104)
    }
}
