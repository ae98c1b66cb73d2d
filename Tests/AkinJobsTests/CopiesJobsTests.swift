import Akin
import Foundation
import TestSupport
import Testing

/// What jobs tell of copies, of moved pictures, and of a disk that is full.
@Suite struct CopiesJobsTests {
    private let workshop: Workshop
    private var place: IndexPlace { workshop.place }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<3) }
    }

    private func copy(_ old: String, _ new: String) throws {
        try FileManager.default.copyItem(
            atPath: workshop.pictures + "/" + old, toPath: workshop.pictures + "/" + new)
    }

    @Test func aPictureOfTwoLabelsIsNamed() throws {
        try copy("abbot/0.png", "abbot/0 (1).png")
        try workshop.makeIndex()
        let quiet = Recorder()
        #expect(try DescribeIndex(place).run(quiet.monitor).copies.count == 1 && quiet.notes == [])
        try copy("abbot/0.png", "bishop/copy.png")
        let recorder = Recorder()
        let added = try AddPictures([workshop.pictures], to: place).run(recorder.monitor)
        #expect(added.added == 1 && added.copies.map(\.items.count) == [3])
        let described = try DescribeIndex(place).run(recorder.monitor)
        let verified = try VerifyIndex(place).run(recorder.monitor)
        #expect(described.copies == added.copies && verified.copies == added.copies && verified.isSound)
        let folder = workshop.pictures
        let note =
            "1 picture of more than one label: '\(folder)/abbot/0 (1).png' is 'abbot', '\(folder)/bishop/copy.png' is "
            + "'bishop'"
        #expect(recorder.notes == [note, note, note])
        for result in [try keys(of: added), try keys(of: described), try keys(of: verified)] {
            #expect(result.contains("copies"))
        }
        let report = try EvaluateLeaveOneOut(place, classifier: .nearestNeighbours(k: 1)).run(Monitor())
        #expect(report.copies == 3 && report.mistakes.map(\.label) == ["bishop"])
        let held = try EvaluateHeldOut(place, on: [folder]).run(recorder.monitor)
        #expect(held.report.copies == 8)
        _ = try EvaluateHeldOut(place, on: [folder], keepingCopies: true).run(recorder.monitor)
        #expect(
            recorder.notes.last?.hasPrefix("8 of 8 pictures are in the index too, and were compared") == true)
    }

    @Test func whatWasMovedIsTold() throws {
        try workshop.makeIndex()
        try FileManager.default.moveItem(
            atPath: workshop.pictures + "/abbot", toPath: workshop.pictures + "/cook")
        let synced = try SyncFolder(workshop.pictures, to: place).run(Monitor())
        let document = try JSONSerialization.jsonObject(with: JSONEncoder().encode(synced))
        let moved = try #require((document as? [String: Any])?["moved"] as? [[String: String]])
        #expect(
            moved[0] == [
                "from": workshop.pictures + "/abbot/0.png", "to": workshop.pictures + "/cook/0.png",
                "label": "cook",
            ])
        #expect(moved.count == 3 && synced.unchanged == 3)
    }

    /// The first transactions fit, a later one does not.
    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aDiskThatFillsUp() throws {
        let disk = try SmallDisk(megabytes: 2)
        defer { extendLifetime(disk) }
        let count = 6 + 1000
        try workshop.draw("count", 0..<1000, side: 4)
        // As much of the disk is taken as leaves room for some of the pictures.
        for kilobytes in stride(from: 1900, to: 0, by: -100) {
            let place = IndexPlace.folder("\(disk.path)/index-\(kilobytes)")
            let index = try EmbeddingIndex.create(
                at: place.path, backbone: Checkpoint(contentsOf: workshop.backbone))
            #expect(
                FileManager.default.createFile(
                    atPath: disk.path + "/filler", contents: Data(count: kilobytes << 10)))
            let job = AddPictures([workshop.pictures], to: place)
            do {
                try job.run(Monitor())
                Issue.record("all of it fits beside \(kilobytes) KB")
            } catch let error as JobError {
                guard case .stopped(.added(let done, of: count, unit: "images"), let reason) = error else {
                    throw error
                }
                #expect("\(reason)".contains("No space left on device"))
                #expect(
                    "\(error)".hasPrefix(
                        "stopped after \(done) of \(count) images, all of them whole in the index: "))
                #expect(try index.count == done && 0 < done && done < count && index.verify().isSound)
                try disk.empty()
                let rest = try job.run(Monitor())
                #expect(rest.unchanged == done && rest.added == count - done)
                return
            } catch is IndexError {
                // Nothing fits.
                #expect(try index.count == 0)
                try disk.empty()
                try FileManager.default.removeItem(atPath: place.path)
            }
        }
        Issue.record("nothing ever fits")
    }
}
