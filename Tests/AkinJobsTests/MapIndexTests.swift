import Akin
import Foundation
import TestSupport
import Testing

@Suite struct MapIndexTests {
    private let workshop: Workshop
    private var output: String { workshop.folder.path + "/map.html" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<5) }
        try workshop.makeIndex()
    }

    @Test func placesEveryItem() throws {
        let map = try MapIndex(workshop.place).run(Monitor())
        #expect(map.points.map(\.id) == (1...15).map { UInt64($0) } && map.file == nil)
        #expect(map.points.allSatisfy { $0.source.path.contains("/\($0.label)/") })
        #expect(map.method == .neighbours && map.perplexity == 14.0 / 3 && map.share == nil)
        #expect(try #require(map.trustworthiness) > 0.7 && map.neighbours == 7)
        #expect(
            try keys(of: map) == [
                "index", "method", "perplexity", "seed", "metric", "trustworthiness", "neighbours", "points",
            ])
        let plain = try MapIndex(workshop.place, method: .principalComponents).run(Monitor())
        #expect(plain.method == .principalComponents && plain.perplexity == nil)
        #expect(try #require(plain.share) > 0.5)
        let open = try EmbeddingIndex(opening: workshop.index, readOnly: true)
        #expect(try MapIndex(.open(open)).run(Monitor()).points.map(\.x) == map.points.map(\.x))
    }

    @Test func onlySomeItems() throws {
        let some = try MapIndex(workshop.place, only: ItemFilter(labels: ["cook", "abbot"])).run(Monitor())
        #expect(some.points.count == 10 && Set(some.points.map(\.label)) == ["abbot", "cook"])
        #expect(throws: JobError.unknownLabel("coock", nearest: "cook")) {
            try MapIndex(workshop.place, only: ItemFilter(labels: ["coock"])).run(Monitor())
        }
        #expect(throws: JobError.unknownGroup("x", nearest: nil)) {
            try MapIndex(workshop.place, only: ItemFilter(groups: ["x"])).run(Monitor())
        }
    }

    @Test func writesAPageAndADrawing() throws {
        let map = try MapIndex(workshop.place, to: OutputFile(output, replacing: true)).run(Monitor())
        #expect(map.file == output)
        let html = try String(contentsOfFile: output, encoding: .utf8)
        #expect(html.components(separatedBy: "data:image/png;base64,").count - 1 == 15)
        let drawing = workshop.folder.path + "/map.SVG"
        try MapIndex(workshop.place, to: OutputFile(drawing, replacing: true)).run(Monitor())
        #expect(try String(contentsOfFile: drawing, encoding: .utf8).hasPrefix("<svg xmlns="))
    }

    @Test func fewItemsAreNoTrouble() throws {
        for count in [1, 2, 4] {
            let vectors = try workshop.writeVectors("v\(count).npy", rows: count, dimension: 3)
            let index = workshop.folder.path + "/few\(count)"
            try ImportItems([vectors], into: .folder(index)).run(Monitor())
            let map = try MapIndex(.folder(index), to: OutputFile(output, replacing: true)).run(Monitor())
            #expect(map.points.count == count && map.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
        }
    }

    @Test func whatCannotBeDoneIsExplained() throws {
        let empty = workshop.folder.path + "/empty"
        try CreateIndex(at: empty, backbone: Workshop.checkpoint()).run(Monitor())
        #expect(throws: JobError.noItems(empty)) { try MapIndex(.folder(empty)).run(Monitor()) }
        let file = workshop.pictures + "/cook/1.png"
        #expect(throws: JobError.unknownEnding(file, known: [".html", ".svg"])) {
            try MapIndex(workshop.place, to: OutputFile(file, replacing: true)).run(Monitor())
        }
        // A picture by another name.
        try FileManager.default.linkItem(atPath: file, toPath: output)
        #expect(throws: JobError.fileInUse(output, by: .input)) {
            try MapIndex(workshop.place, to: OutputFile(output, replacing: true)).run(Monitor())
        }
        let inside = workshop.index + "/map.html"
        #expect(throws: JobError.fileInUse(inside, by: .indexFolder)) {
            try MapIndex(workshop.place, to: OutputFile(inside, replacing: true)).run(Monitor())
        }
        #expect(throws: WriteError.self) {
            try MapIndex(
                workshop.place, to: OutputFile(workshop.folder.path + "/no/map.html", replacing: true)
            ).run(Monitor())
        }
        #expect(throws: MapError.badPerplexity(0)) {
            try MapIndex(workshop.place, method: .neighbours(perplexity: 0)).run(Monitor())
        }
    }

    @Test func canBeCancelled() throws {
        for updates in [1, 500, 1002] {
            let job = MapIndex(workshop.place, to: OutputFile(output, replacing: true))
            #expect(try interruption(job, after: updates) == .wroteNothing)
            #expect(!FileManager.default.fileExists(atPath: output))
        }
    }
}
