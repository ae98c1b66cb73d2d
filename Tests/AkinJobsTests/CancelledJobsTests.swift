import Akin
import Foundation
import TestSupport
import Testing

/// Jobs that are cancelled half-way: what is left is whole, and the error says how much that is.
@Suite struct CancelledJobsTests {
    private let workshop: Workshop
    private var place: IndexPlace { workshop.place }
    private static let pictures = 400

    init() throws { workshop = try Workshop() }

    private func makeIndexOfMany() throws {
        try workshop.copyPictures("abbot", 1..<Self.pictures / 2)
        try workshop.copyPictures("bishop", 1..<Self.pictures / 2)
        try CreateIndex(at: workshop.index, backbone: Checkpoint(contentsOf: workshop.backbone)).run(
            Monitor())
    }

    @Test func addingAndSyncing() throws {
        try makeIndexOfMany()
        let jobs: [any Job] = [
            AddPictures([workshop.pictures], to: place), SyncFolder(workshop.pictures, to: place),
        ]
        for job in jobs {
            guard case .added(let done, Self.pictures, "images") = try interruption(job, after: 1) else {
                Issue.record("not interrupted half-way")
                continue
            }
            #expect((1..<Self.pictures).contains(done))
            #expect(try ListItems(of: place).run(Monitor()).count >= done)
            #expect(try VerifyIndex(place).run(Monitor()).isSound)
        }
        let rest = try AddPictures([workshop.pictures], to: place).run(Monitor())
        #expect(rest.unchanged > 0 && rest.added + rest.unchanged == Self.pictures)
        #expect(
            try interruption(AddPictures([workshop.pictures], to: place), after: 0)
                == .added(0, of: Self.pictures, unit: "images"))
    }

    @Test func rebuilding() throws {
        try makeIndexOfMany()
        try AddPictures([workshop.pictures], to: place).run(Monitor())
        let before = try DescribeIndex(place).run(Monitor()).backbone
        let job = RebuildIndex(place, with: try Workshop.checkpoint(seed: 2))
        #expect(try interruption(job, after: 1) == .changedNothing)
        #expect(try DescribeIndex(place).run(Monitor()).backbone == before)
    }

    @Test func asking() throws {
        try makeIndexOfMany()
        try AddPictures([workshop.pictures], to: place).run(Monitor())
        #expect(try interruption(Query([workshop.pictures], in: place), after: 1) == .answered(4))
    }

    @Test func buildingAGraphAndExporting() throws {
        let file = try workshop.writeVectors("v.npy", rows: 6000, dimension: 4)
        try ImportItems([file], into: place).run(Monitor())
        #expect(try interruption(BuildGraph(of: place), after: 1) == .changedNothing)
        #expect(try DescribeIndex(place).run(Monitor()).stats.graph == nil)
        let out = workshop.folder.path + "/out.jsonl"
        #expect(try interruption(ExportItems(of: place, to: [out]), after: 1) == .wroteNothing)
        #expect(
            try !FileManager.default.contentsOfDirectory(atPath: workshop.folder.path)
                .contains { $0.contains("out") })
    }

    @Test func importing() throws {
        // More than goes into one transaction.
        let file = try workshop.writeVectors("v.npy", rows: 18_000, dimension: 1024)
        guard case .imported(let done, 18_000) = try interruption(ImportItems([file], into: place), after: 1)
        else {
            Issue.record("not interrupted half-way")
            return
        }
        #expect((1..<18_000).contains(done))
        #expect(try ListItems(of: place).run(Monitor()).count == done)
    }
}
