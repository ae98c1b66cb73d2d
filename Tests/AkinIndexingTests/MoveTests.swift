import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinIndexing
import AkinItems
import AkinTensors
import Foundation
import TestSupport
import Testing

/// Content is what an item is: files that were moved, renamed, exchanged or linked to.
@Suite struct MoveTests {
    private let temporary: TemporaryIndex
    private let folder: TemporaryFolder
    private let embedder: Embedder
    private var index: EmbeddingIndex { temporary.index }
    private var pictures: String { folder.path + "/w" }

    init() throws {
        temporary = try TemporaryIndex()
        embedder = try Embedder(temporary.index.storedBackbone)
        folder = try TemporaryFolder()
        for (label, first) in [("king", 0), ("bishop", 10)] {
            for number in 0..<4 { try draw("w/\(label)/\(number).pgm", seed: first + number) }
        }
        try index.add(Dataset(folder: pictures), embedder: embedder)
    }

    private func draw(_ name: String, seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        try folder.write(
            name, Image.noise(width: 28, height: 28, channels: 1, using: &generator).encodedAsPNM())
    }

    private func move(_ old: String, _ new: String) throws {
        try FileManager.default.createDirectory(
            atPath: (folder.path + "/" + new as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: folder.path + "/" + old, toPath: folder.path + "/" + new)
    }

    private func item(_ name: String) throws -> Item? {
        try index.item(source: Source(folder.path + "/" + name))
    }

    /// By id: where each picture lies, and its label.
    private func places() throws -> [UInt64: [String]] {
        try Dictionary(
            uniqueKeysWithValues: index.items().map {
                ($0.id, [String($0.source.path.dropFirst(folder.path.count + 1)), $0.label])
            })
    }

    @Test func aFolderThatWasRenamed() throws {
        let emperor = try #require(try item("w/king/3.pgm"))
        try index.relabel(ids: [emperor.id], to: "emperor")
        let before = try index.labelled()
        try move("w", "v")
        let report = try index.sync(folder.path + "/v", embedder: embedder)
        #expect(report.added == 0 && report.updated == 0 && report.removed == 0 && report.unchanged == 0)
        #expect(report.moved.count == 8 && report.moved.allSatisfy { $0.label == nil })
        #expect(report.keptLabels == 1 && report.copies == [])
        let after = try index.labelled()
        #expect(after.embeddings == before.embeddings)
        #expect(after.items.map(\.id) == before.items.map(\.id))
        #expect(after.items.map(\.label) == before.items.map(\.label))
        #expect(after.items.map(\.time) == before.items.map(\.time))
        #expect(after.items.allSatisfy { $0.source.path.hasPrefix(folder.path + "/v/") })
        #expect(try item("v/king/3.pgm")?.label == "emperor")
        #expect(try index.faults() == [])
        let change = try #require(try index.history().first)
        #expect(change.verb == .sync && change.counts.updated == 8 && change.counts.added == 0)
        #expect(try index.sync(folder.path + "/v", embedder: embedder).unchanged == 8)
        try index.undo()
        #expect(try index.labelled() == before && index.faults() == [])
    }

    @Test func aClassThatWasRenamed() throws {
        let emperor = try #require(try item("w/king/3.pgm"))
        try index.write("page") { change in
            _ = try change.moveItem(
                emperor.id, to: NewItem(label: "emperor", source: emperor.source, group: "page 7"))
        }
        try move("w/king", "w/queen")
        let report = try index.add(Dataset(folder: pictures), embedder: embedder, keepingLabels: true)
        #expect(report.moved.map(\.label) == ["queen", "queen", "queen", nil] && report.unchanged == 4)
        #expect(report.keptLabels == 1)
        #expect(try index.stats().labels == ["bishop": 4, "emperor": 1, "queen": 3])
        #expect(try item("w/queen/3.pgm")?.group == "page 7")
        // A label that is given to all is that of all.
        try move("w/queen", "w/lady")
        let named = try index.add(
            Dataset(files: [pictures + "/lady"], label: "dame"), embedder: embedder)
        #expect(named.moved.map(\.label) == ["dame", "dame", "dame", "dame"])
        #expect(try item("w/lady/3.pgm")?.group == "page 7" && index.count == 8)
        #expect(try index.faults() == [])
    }

    /// What is said of a label's origin is what the paths say below the folder that they share.
    @Test func aLabelGivenByHandIsToldFromAFolders() throws {
        let king = try #require(try item("w/king/0.pgm"))
        // The name of a folder above, and of another class.
        try index.relabel(ids: [king.id], to: "w")
        let second = try #require(try item("w/king/1.pgm"))
        try index.relabel(ids: [second.id], to: "bishop")
        try move("w/king/0.pgm", "w/bishop/a.pgm")
        try move("w/king/1.pgm", "w/king/deep/b.pgm")
        let report = try index.sync(pictures, embedder: embedder)
        #expect(report.moved.count == 2 && report.moved.allSatisfy { $0.label == nil })
        #expect(report.keptLabels == 2)
        #expect(try item("w/bishop/a.pgm")?.label == "w" && item("w/king/deep/b.pgm")?.label == "bishop")
    }

    @Test func aLinkToTheFolderDoublesNothing() throws {
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: pictures)
        let linked = try index.add(Dataset(folder: link), embedder: embedder, keepingLabels: true)
        #expect(linked.unchanged == 8 && linked.added == 0 && linked.moved == [] && linked.copies == [])
        // A changed file and a gone one, by the link.
        try draw("w/king/0.pgm", seed: 50)
        try FileManager.default.removeItem(atPath: pictures + "/bishop/1.pgm")
        let synced = try index.sync(link, embedder: embedder)
        #expect(synced.updated == 1 && synced.removed == 1 && synced.unchanged == 6)
        #expect(try index.count == 7 && places()[5] == ["w/king/0.pgm", "king"])
        // Both at once, into an index that has neither.
        let fresh = try TemporaryIndex()
        let both = try fresh.index.add(Dataset(files: [link, pictures]), embedder: embedder)
        #expect(both.added == 7 && both.unchanged == 7 && both.copies == [])
        // A link to a file is a file.
        try FileManager.default.createSymbolicLink(
            atPath: pictures + "/bishop/crowned.pgm", withDestinationPath: pictures + "/king/2.pgm")
        let more = try index.sync(pictures, embedder: embedder)
        #expect(more.added == 1 && more.copies.map(\.isContradictory) == [true])
    }

    @Test func copiesAreItemsOfTheirOwn() throws {
        try FileManager.default.copyItem(
            atPath: pictures + "/king/0.pgm", toPath: pictures + "/bishop/copy of 0.pgm")
        try FileManager.default.copyItem(
            atPath: pictures + "/king/1.pgm", toPath: pictures + "/king/1 (1).pgm")
        let report = try index.sync(pictures, embedder: embedder)
        #expect(report.added == 2 && report.moved == [] && report.unchanged == 8)
        let copies = report.copies.map { $0.items.map { "\($0.source.path.suffix(8)) \($0.label)" } }
        #expect(copies == [["ng/0.pgm king", "of 0.pgm bishop"], ["ng/1.pgm king", " (1).pgm king"]])
        #expect(report.copies.map(\.isContradictory) == [true, false])
        #expect(try index.read { try $0.copies() } == report.copies)
        #expect(try index.verify().copies == report.copies && index.verify().isSound)
        // One of each is moved: the other stays what it is.
        try move("w/king/0.pgm", "w/king/zero.pgm")
        try move("w/king/1 (1).pgm", "w/bishop/one.pgm")
        let moved = try index.sync(pictures, embedder: embedder)
        #expect(moved.moved.map(\.label) == ["bishop", nil] && moved.unchanged == 8)
        #expect(try places()[5] == ["w/king/zero.pgm", "king"])
        // Elsewhere copies are not told of.
        try draw("elsewhere/abbot/0.pgm", seed: 70)
        let other = try index.add(Dataset(folder: folder.path + "/elsewhere"), embedder: embedder)
        #expect(other.added == 1 && other.copies == [])
    }

    @Test func copiesThatAreMovedGoWithTheirFolders() throws {
        try FileManager.default.copyItem(
            atPath: pictures + "/king/0.pgm", toPath: pictures + "/bishop/9.pgm")
        try index.sync(pictures, embedder: embedder)
        let before = try places()
        try move("w", "deep/down/v")
        // And a third of the same content, which sorts first.
        try FileManager.default.copyItem(
            atPath: folder.path + "/deep/down/v/king/0.pgm",
            toPath: folder.path + "/deep/down/v/bishop/0 again.pgm")
        let report = try index.sync(folder.path + "/deep/down/v", embedder: embedder)
        #expect(report.moved.count == 9 && report.added == 1 && report.removed == 0)
        for (id, place) in before {
            #expect(try places()[id] == [place[0].replacing("w/", with: "deep/down/v/"), place[1]])
        }
    }

    @Test func filesThatWereNumberedAnew() throws {
        let emperor = try #require(try item("w/king/2.pgm"))
        try index.relabel(ids: [emperor.id], to: "emperor")
        let before = try index.labelled()
        try FileManager.default.removeItem(atPath: pictures + "/king/0.pgm")
        for number in 1..<4 { try move("w/king/\(number).pgm", "w/king/\(number - 1).pgm") }
        let report = try index.sync(pictures, embedder: embedder)
        #expect(report.moved.count == 3 && report.removed == 1 && report.updated == 0)
        #expect(try item("w/king/1.pgm")?.id == emperor.id && item("w/king/1.pgm")?.label == "emperor")
        #expect(try places()[5] == nil && index.count == 7 && index.faults() == [])
        try index.undo()
        #expect(try index.labelled() == before && index.faults() == [])
    }

    @Test func filesThatWereExchanged() throws {
        try index.relabel(ids: [5], to: "emperor")
        let before = try index.labelled()
        try move("w/king/0.pgm", "w/t")
        try move("w/bishop/0.pgm", "w/king/0.pgm")
        try move("w/t", "w/bishop/0.pgm")
        let report = try index.sync(pictures, embedder: embedder)
        #expect(report.moved.count == 2 && report.removed == 0 && report.unchanged == 6)
        #expect(try places()[5] == ["w/bishop/0.pgm", "emperor"] && places()[1] == ["w/king/0.pgm", "king"])
        #expect(try index.faults() == [])
        try index.undo()
        #expect(try index.labelled() == before && index.faults() == [])
    }

    /// What lay there is gone, and its item is told of as removed.
    @Test func onePictureMovedOverAnother() throws {
        try move("w/king/0.pgm", "w/t")
        try FileManager.default.removeItem(atPath: folder.path + "/w/t")
        try move("w/king/1.pgm", "w/king/0.pgm")
        let report = try index.add(Dataset(folder: pictures), embedder: embedder, keepingLabels: true)
        #expect(report.moved.count == 1 && report.removed == 1 && report.unchanged == 6 && report.added == 0)
        #expect(try places()[6] == ["w/king/0.pgm", "king"] && places()[5] == nil && index.faults() == [])
    }

    /// A scanner gives its first name again once the file has been sorted away.
    @Test func aNameThatIsUsedAgain() throws {
        try index.relabel(ids: [5], to: "emperor")
        try move("w/king/0.pgm", "w/king/z.pgm")
        try draw("w/king/0.pgm", seed: 60)
        let report = try index.sync(pictures, embedder: embedder)
        #expect(report.moved.count == 1 && report.added == 1 && report.updated == 0)
        #expect(try places()[5] == ["w/king/z.pgm", "emperor"] && places()[9] == ["w/king/0.pgm", "king"])
        // Edited where it lies it is the same item.
        try draw("w/king/z.pgm", seed: 61)
        #expect(try index.sync(pictures, embedder: embedder).updated == 1)
        #expect(try places()[5] == ["w/king/z.pgm", "emperor"] && index.faults() == [])
    }

    @Test func whatIsNotThereAnyMoreStaysUntilItsFolderIsSynced() throws {
        try move("w", "v")
        try FileManager.default.removeItem(atPath: folder.path + "/v/king/0.pgm")
        let report = try index.sync(folder.path + "/v", embedder: embedder)
        #expect(report.moved.count == 7 && report.removed == 0)
        #expect(try places()[5] == ["w/king/0.pgm", "king"])
        // Brought back, it is found.
        try draw("v/king/back.pgm", seed: 0)
        #expect(try index.sync(folder.path + "/v", embedder: embedder).moved.count == 1)
    }

    /// What is passed over now, and was not before, goes with the next sync; and what lies behind a link that leads nowhere
    /// stays: a drive may be back tomorrow.
    @Test func whatIsPassedOverGoesAndWhatCannotBeReachedStays() throws {
        try folder.write("w/.akinignore", Array("bishop/\nking/1.*\n".utf8))
        var report = try index.sync(pictures, embedder: embedder)
        #expect(report.removed == 5 && report.unchanged == 3)
        try index.undo()
        try FileManager.default.removeItem(atPath: pictures + "/.akinignore")

        try move("w/bishop", "drive/bishop")
        try FileManager.default.createSymbolicLink(
            atPath: pictures + "/bishop", withDestinationPath: folder.path + "/drive/bishop")
        report = try index.sync(pictures, embedder: embedder)
        #expect(report.unchanged == 8 && report.removed == 0)
        try move("drive/bishop", "elsewhere/bishop")
        report = try index.sync(pictures, embedder: embedder)
        #expect(report.unchanged == 4 && report.removed == 0 && report.skipped.count == 1)
        #expect(try index.count == 8 && index.faults() == [])
    }

    @Test func pagesThatAreNoMoreAreRemoved() throws {
        let pages = try Fixtures.bytes("pictures/tiff-pages.tif")
        try folder.write("w/king/scan.tif", pages)
        func sync() throws -> SyncReport {
            try index.sync(
                pictures, to: Dataset(toSync: pictures, FolderReading()).withPages(takingAll: true),
                embedder: embedder, isCancelled: { false }, progress: { _ in })
        }
        #expect(try sync().added == 3)
        try folder.write("w/king/scan.tif", Fixtures.bytes("pictures/tiff-grey-4.tif"))
        let report = try sync()
        #expect(report.updated == 1 && report.removed == 2)
        #expect(try index.faults() == [])
    }

    @Test func killedWhileItMoves() async throws {
        let many = try PictureFolder(300)
        try index.sync(many.path, embedder: embedder)
        let ids = try Set(index.items().map(\.id))
        for round in 0..<4 {
            let (old, new) = (many.path + (round == 0 ? "" : "-\(round)"), many.path + "-\(round + 1)")
            try FileManager.default.moveItem(atPath: old, toPath: new)
            let delay = Int.random(in: 1...30_000)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = temporary.path as String, new = new as String, delay = delay as Int] in
                let index = try EmbeddingIndex(opening: path)
                let embedder = try Embedder(index.storedBackbone)
                Thread {
                    usleep(UInt32(delay))
                    kill(getpid(), SIGKILL)
                }.start()
                while true { try index.sync(new, embedder: embedder) }
            }
            #expect(try index.faults() == [], "killed after \(delay) microseconds")
            try index.sync(new, embedder: embedder)
            #expect(try Set(index.items().map(\.id)) == ids)
            #expect(try index.items(label: nil).filter { $0.source.path.hasPrefix(new + "/") }.count == 300)
        }
        try FileManager.default.removeItem(atPath: many.path + "-4")
    }
}
