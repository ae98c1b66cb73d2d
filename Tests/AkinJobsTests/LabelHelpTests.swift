import Akin
import AkinTensors
import Foundation
import TestSupport
import Testing

/// Help with labels, as a program gets it that is not `akin`.
@Suite struct LabelHelpTests {
    private let workshop: Workshop
    private var place: IndexPlace { workshop.place }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook", "dean"] { try workshop.draw(label, 0..<5) }
    }

    private func write(_ name: String, _ image: Image) throws {
        try workshop.folder.write(name, image.encodedAsPNG())
    }

    /// Five by five patches, others for each number.
    private static func patches(_ number: Int, mirrored: Bool = false) -> Image {
        var generator = SeededGenerator(seed: UInt64(number))
        let patches = (0..<25).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let pixels = (0..<900).map { place in
            let x = place % 30
            return patches[place / 30 / 6 * 5 + (mirrored ? 29 - x : x) / 6]
        }
        return Image(width: 30, height: 30, channels: 1, trusted: pixels)
    }

    @Test func wrongLabelsAndCopiesAreFound() throws {
        try write("pictures/dean/wrong.png", Workshop.picture(of: "abbot", 40))
        for number in 1...3 { try write("pictures/earl/\(number).png", Self.patches(number)) }
        try write("pictures/earl/mirrored.png", Self.patches(2, mirrored: true))
        try write("pictures/earl/again.png", Self.patches(3))
        try workshop.makeIndex()
        let sheet = workshop.folder.path + "/check.html"
        let recorder = Recorder()
        let found = try CheckLabels(place, sheet: OutputFile(sheet, replacing: true)).run(recorder.monitor)
        #expect(recorder.titles == ["leaving each out", "reading pictures", "comparing"])
        let wrong = found.labels.suspects.first { $0.source.path.hasSuffix("dean/wrong.png") }
        #expect(wrong?.label == "dean" && wrong?.proposed != "dean")
        let earls = found.duplicates.filter { $0.items[0].label == "earl" }
        #expect(earls.count == 2 && earls.contains { $0.kinds == [.mirrored] }, "\(earls)")
        #expect(earls.contains { $0.kinds.isEmpty && !$0.isContradictory })
        #expect(found.compared == 26 && found.unread == 0)
        #expect(
            try keys(of: found) == [
                "items", "asked", "classifier", "suspects", "mixed", "duplicates", "compared", "unread",
            ])
        let html = try String(contentsOfFile: sheet, encoding: .utf8)
        #expect(html.contains("or rather") && html.contains("mirrored") && html.contains("data:image/png"))

        try FileManager.default.removeItem(atPath: workshop.pictures + "/earl/mirrored.png")
        let rest = try CheckLabels(place).run(Monitor())
        #expect(rest.unread == 1 && !rest.duplicates.contains { $0.kinds == [.mirrored] })
        let contents = try CheckLabels(place, comparingPictures: false).run(Monitor())
        #expect(contents.compared == 0 && contents.duplicates.count == 1)
        #expect(
            try interruption(CheckLabels(place, sheet: OutputFile(sheet, replacing: true)), after: 1)
                == .wroteNothing)
        #expect(try VerifyIndex(place).run(Monitor()).isSound)
    }

    @Test func addingGivesAReceipt() throws {
        try workshop.makeIndex()
        try workshop.draw("earl", 0..<4)
        let added = try AddPictures([workshop.pictures], to: place).run(Monitor())
        let receipt = try #require(added.receipt)
        #expect(added.added == 4 && receipt.classes.map(\.label) == ["earl"] && receipt.classes[0].isNew)
        #expect(receipt.older == 20 && receipt.classes[0].items == 4)
        #expect(try keys(of: added).isSuperset(of: ["receipt", "added", "skipped"]))
        let again = try AddPictures([workshop.pictures], to: place).run(Monitor())
        #expect(again.receipt == nil && again.unchanged == 24)
        #expect(try !keys(of: again).contains("receipt"))
    }

    @Test func clustersBecomeClasses() throws {
        // Of the four kinds of pictures one is not in the index.
        try FileManager.default.removeItem(atPath: workshop.pictures + "/dean")
        try workshop.makeIndex()
        for number in 10..<16 {
            try write("scans/d\(number).png", Workshop.picture(of: "dean", number))
            try write("scans/a\(number).png", Workshop.picture(of: "abbot", number))
        }
        try write("scans/known.png", Workshop.picture(of: "cook", 1))
        let (manifest, sheet) = (workshop.folder.path + "/found.csv", workshop.folder.path + "/found.html")
        let job = Discover(
            [workshop.folder.path + "/scans"], beside: place, next: 3,
            manifest: OutputFile(manifest, replacing: true),
            sheet: OutputFile(sheet, replacing: true))
        let found = try job.run(Monitor())
        #expect(found.pictures == 12 && found.indexed == 1)
        #expect(found.known + found.ambiguous + found.unknown == 12 && found.unknown >= 6)
        let cluster = try #require(
            found.clusters.first { $0.sources.contains { $0.path.hasSuffix("/d10.png") } })
        #expect(cluster.sources.count == 6 && cluster.sources.allSatisfy { $0.path.contains("/scans/d") })
        #expect(found.next.count <= 3 && found.next.contains { $0.source.path.contains("/scans/d") })
        #expect(
            try keys(of: found) == [
                "pictures", "indexed", "known", "ambiguous", "unknown", "cut", "next", "clusters", "alone",
                "manifest", "skipped",
            ])
        #expect(try String(contentsOfFile: sheet, encoding: .utf8).contains("Candidate classes"))

        let add = AddClusters([cluster.number: "dean"], of: manifest, to: place)
        #expect(try add.run(Monitor()).added == 6)
        #expect(try add.run(Monitor()).unchanged == 6)
        #expect(try DescribeIndex(place).run(Monitor()).stats.labels["dean"] == 6)
        try UndoChange(of: place).run(Monitor())
        #expect(try DescribeIndex(place).run(Monitor()).stats.labels["dean"] == nil)
        #expect(throws: JobError.noCluster(99, manifest: manifest)) {
            try AddClusters([99: "x"], of: manifest, to: place).run(Monitor())
        }
        #expect(try interruption(job, after: 1) == .wroteNothing)
    }

    @Test func theShotCurveOfAnIndex() throws {
        try workshop.makeIndex()
        let drawing = workshop.folder.path + "/curve.svg"
        let curve = try EvaluateShots(place, draws: 2, drawing: OutputFile(drawing, replacing: true)).run(
            Monitor())
        #expect(curve.points.map(\.images) == [1, 2, 3, 4] && curve.classes.count == 4 && curve.draws == 2)
        #expect(try String(contentsOfFile: drawing, encoding: .utf8).contains("pictures a class"))
        #expect(try interruption(EvaluateShots(place), after: 3) == .wroteNothing)
    }

    /// A query that is averaged finds the same, and one that is in the index lies at distance 0 still.
    @Test func averagedQueries() throws {
        try workshop.makeIndex()
        try write("queries/a.png", Workshop.picture(of: "abbot", 31))
        try write("queries/b.png", Workshop.picture(of: "bishop", 0))
        var query = Query([workshop.folder.path + "/queries"], in: place)
        let plain = try query.run(Monitor()).answers
        query.augments = true
        let averaged = try query.run(Monitor()).answers
        #expect(averaged.map(\.label) == ["abbot", "bishop"])
        #expect(averaged[0].neighbours[0].distance != plain[0].neighbours[0].distance)
        #expect(averaged[1].neighbours[0].distance == 0)
    }
}
