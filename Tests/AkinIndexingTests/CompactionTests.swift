import AkinBasics
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinStorage
import AkinTensors
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct CompactionTests {
    @Test func itTakesLessRoomAndIsTheSame() throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        let reader = try EmbeddingIndex(opening: temporary.path, readOnly: true)
        _ = try temporary.fill(40_000)
        try index.setHistoryLimit(2)
        try index.remove(ids: Array(2...40_000))
        try index.relabel("a", to: "b")
        try index.relabel("b", to: "c")
        let before = try index.labelled()
        let link = temporary.path + "-link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: temporary.path)
        let report = try EmbeddingIndex(opening: link).compact()
        #expect(report.bytesAfter < report.bytesBefore / 4)
        #expect(try index.labelled() == before && reader.labelled() == before)
        #expect(try reader.stats().bytes == report.bytesAfter)
        #expect(try index.faults() == [])
        #expect(try index.history().count == 2)
        try index.undo()
        #expect(try reader.items().map(\.label) == ["b"])
        let folder = (temporary.path as NSString).deletingLastPathComponent
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == ["index", "index-link"])
    }

    /// Copies while another thread relabels: each is one of the states that there were.
    @Test func aSnapshotIsWholeWhileOthersWrite() async throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(500, labels: ["same"])
        let path = temporary.path
        let writer = Task.detached {
            for _ in 0..<20 {
                _ = try EmbeddingIndex(opening: path).relabel(
                    ids: [1, 2, 3], to: "\(UInt8.random(in: 0...9))")
            }
        }
        for number in 0..<5 {
            let copy = path + "-copy-\(number)"
            try EmbeddingIndex(opening: path, readOnly: true).snapshot(to: copy)
            let copied = try EmbeddingIndex(opening: copy)
            #expect(try copied.faults() == [])
            let labels = try copied.items().prefix(3).map(\.label)
            #expect(Set(labels).count == 1)
            #expect(try copied.count == 500)
            // It is another index.
            try copied.remove(ids: [4])
        }
        try await writer.value
        #expect(try index.count == 500)
        #expect(throws: IndexError.alreadyAnIndex(path: path)) { try index.snapshot(to: path) }
    }

    @Test func ofADamagedIndexThereIsNoSnapshot() throws {
        let temporary = try TemporaryIndex()
        // Larger than what is looked at whenever it is opened.
        _ = try temporary.fill(40_000)
        let file = temporary.path + "/data.mdb"
        let copy = temporary.path + "-damaged"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(bytes.count > 8 << 20)
        // The number of a page in the middle of the file, and of those after it.
        for page in bytes.count / 8192..<bytes.count / 8192 + 40 { bytes[page * 4096 + 5] ^= 1 }
        try bytes.write(to: URL(fileURLWithPath: copy + "/data.mdb"))
        let error = #expect(throws: IndexError.self) {
            try EmbeddingIndex(opening: copy).snapshot(to: copy + "-copy")
        }
        guard case .storage(.damaged)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!EmbeddingIndex.exists(at: copy + "-copy"))
    }

    @Test func readersThatBeganBeforeGoOn() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(100)
        let environment = try Environment(at: temporary.path)
        let items: Table<UInt64, [UInt8]> = try #require(try environment.table("items"))
        try environment.read { transaction in
            try temporary.index.compact()
            try temporary.index.remove(labels: ["a"])
            #expect(try items.count(in: transaction) == 100)
            #expect(try environment.read { try items.count(in: $0) } == 66)
            try temporary.index.compact()
            #expect(try items.count(in: transaction) == 100)
        }
        #expect(try environment.read { try items.count(in: $0) } == 66)
    }

    @Test func whatCannotBeExchangedIsRefused() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(10)
        let index = temporary.index
        func refused(_ words: String) {
            let error = #expect(throws: IndexError.self) { try index.compact() }
            #expect("\(error!)".contains(words), "\(error!)")
        }
        try "mine".write(toFile: temporary.path + "/notes.txt", atomically: false, encoding: .utf8)
        refused("'notes.txt'")
        try FileManager.default.removeItem(atPath: temporary.path + "/notes.txt")

        let copy = temporary.path + ".compacting"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
        try "mine".write(toFile: copy + "/data.txt", atomically: false, encoding: .utf8)
        refused("'data.txt'")
        #expect(FileManager.default.fileExists(atPath: copy + "/data.txt"))
        try FileManager.default.removeItem(atPath: copy + "/data.txt")
        // What a kill has left.
        try "half".write(toFile: copy + "/data.mdb", atomically: false, encoding: .utf8)
        try index.compact()
        #expect(!FileManager.default.fileExists(atPath: copy))
        #expect(try index.count == 10)

        let reader = try EmbeddingIndex(opening: temporary.path, readOnly: true)
        #expect(throws: IndexError.openForReading(path: temporary.path)) { try reader.compact() }
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aMountPointIsRefused() throws {
        let disk = try SmallDisk(megabytes: 4)
        defer { extendLifetime(disk) }
        let index = try EmbeddingIndex.create(at: disk.path, backbone: checkpoint())
        let error = #expect(throws: IndexError.self) { try index.compact() }
        #expect("\(error!)".contains("mounted"))
        #expect(try index.count == 0)
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aFullDiskLeavesItAsItWas() throws {
        let disk = try SmallDisk(megabytes: 4)
        defer { extendLifetime(disk) }
        let path = disk.path + "/index"
        let index = try EmbeddingIndex.create(at: path, backbone: checkpoint())
        let items = (0..<5000).map { NewItem(label: "a", source: "/\($0)") }
        var generator = SeededGenerator(seed: 1)
        try index.add(
            items, embeddings: drawnEmbeddings(5000, index.dimension, using: &generator),
            backbone: index.backbone)
        let before = try index.labelled()
        disk.fill()
        let error = #expect(throws: IndexError.self) { try index.compact() }
        guard case .storage(.failed(.diskFull, _, _))? = error else {
            Issue.record("\(error!)")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: path + ".compacting"))
        #expect(try index.labelled() == before)
        try disk.empty()
        try index.compact()
        #expect(try index.labelled() == before)
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aSnapshotOntoAFullDisk() throws {
        let disk = try SmallDisk(megabytes: 1)
        defer { extendLifetime(disk) }
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(5000)
        for folder in [disk.path + "/copy", disk.path] {
            let error = #expect(throws: IndexError.self) { try temporary.index.snapshot(to: folder) }
            guard case .storage(.failed(.diskFull, _, folder))? = error else {
                Issue.record("\(error!)")
                return
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == [])
        }
    }

    /// Root may write anywhere, so the child becomes nobody.
    @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
    func aFolderThatCannotBeWrittenToIsRefused() async throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(3)
        for name in ["", "/data.mdb", "/lock.mdb"] { chown(temporary.path + name, 65534, 65534) }
        await #expect(processExitsWith: .success) { [path = temporary.path as String] in
            try #require(setuid(65534) == 0)
            let index = try EmbeddingIndex(opening: path)
            let error = #expect(throws: IndexError.self) { try index.compact() }
            #expect("\(error!)".contains("cannot be written to"))
            try index.remove(ids: [1])
        }
        try temporary.index.compact()
        let attributes = try FileManager.default.attributesOfItem(atPath: temporary.path + "/data.mdb")
        #expect(attributes[.ownerAccountID] as? Int == 65534)
        #expect(try temporary.index.count == 2)
    }

    /// One process compacts again and again while this one adds, reads and undoes: nothing that was acknowledged is
    /// lost, and what was removed does not come back.
    @Test func compactedByAnotherProcessMeanwhile() async throws {
        let temporary = try TemporaryIndex()
        let index = temporary.index
        _ = try temporary.fill(200)
        let adding = Task.detached {
            var sources: [Source] = []
            while !Task.isCancelled {
                let source = Source("/new/\(sources.count)")
                try index.add(
                    [NewItem(label: "new", source: source)],
                    embeddings: Matrix(zeros: 1, columns: index.dimension),
                    backbone: index.backbone)
                sources.append(source)
                // The threads of the pool are few, and the test's own body needs one.
                await Task.yield()
            }
            return sources
        }
        let reader = try EmbeddingIndex(opening: temporary.path, readOnly: true)
        let reading = Task.detached {
            var last = 0
            while !Task.isCancelled {
                let count = try reader.labelled().items.count
                #expect(count >= last)
                last = count
                await Task.yield()
            }
        }
        await #expect(processExitsWith: .success) { [path = temporary.path as String] in
            let index = try EmbeddingIndex(opening: path)
            for _ in 0..<25 { try index.compact() }
        }
        for _ in 0..<5 { try index.compact() }
        adding.cancel()
        reading.cancel()
        let sources = try await adding.value
        try await reading.value
        #expect(try index.items(label: "new").map(\.source) == sources)
        #expect(try index.faults() == [])
    }

    @Test func killedWhileItCompacts() async throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(5000)
        let before = try temporary.index.labelled()
        for _ in 0..<8 {
            let delay = Int.random(in: 1...30_000)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = temporary.path as String, delay = delay as Int] in
                let index = try EmbeddingIndex(opening: path)
                Thread {
                    usleep(UInt32(delay))
                    kill(getpid(), SIGKILL)
                }.start()
                while true { try index.compact() }
            }
            #expect(try temporary.index.labelled() == before, "killed after \(delay) microseconds")
            #expect(try EmbeddingIndex(opening: temporary.path).faults() == [])
        }
        try temporary.index.compact()
        #expect(!FileManager.default.fileExists(atPath: temporary.path + ".compacting"))
    }

    @Test func aWriterThatHasToWaitIsTold() throws {
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(3)
        let (begun, mayEnd, ended) = (
            DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        let times = Mutex(0)
        let index = try EmbeddingIndex(
            opening: temporary.path,
            whenWaiting: {
                times.withLock { $0 += 1 }
                mayEnd.signal()
            })
        try index.remove(ids: [1])
        #expect(times.withLock { $0 } == 0)
        let environment = try Environment(at: temporary.path)
        Thread {
            try? environment.write { _ in
                begun.signal()
                _ = mayEnd.wait(timeout: .now() + 60)
            }
            ended.signal()
        }.start()
        begun.wait()
        try index.remove(ids: [2])
        ended.wait()
        #expect(times.withLock { $0 } == 1)
        #expect(try index.count == 1)
    }
}
