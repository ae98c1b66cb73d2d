import Akin
import Foundation
import TestSupport
import Testing

/// Embeddings without an index.
@Suite struct EmbedPicturesTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<30) }
        try workshop.folder.write("pictures/abbot/10a.png", "no picture")
        try workshop.folder.write("pictures/note.txt", "a note")
    }

    private func job(_ names: String..., replacing: Bool = false) -> EmbedPictures {
        EmbedPictures(
            [workshop.pictures], with: BackboneName(workshop.backbone),
            to: names.map { OutputFile(folder + "/" + $0, replacing: replacing) })
    }

    private func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(filePath: folder + "/" + name))
    }

    /// To the last bit, row by row, with the same labels and sources.
    @Test(arguments: ["mine", "hog", "hog+mine"]) func areThoseOfAnIndex(_ name: String) throws {
        let backbone = BackboneName(name, in: BackboneFolders([try named("mine")]))
        var job = job("v.npy", "i.csv")
        job.backbone = backbone
        let result = try job.run(Monitor())
        #expect(
            result.embedded == 90
                && result.skipped.map(\.source.path) == [workshop.pictures + "/abbot/10a.png"])
        try CreateIndex(at: workshop.index, backbone: try backbone.backbone()).run(Monitor())
        try AddPictures([workshop.pictures], to: workshop.place).run(Monitor())
        try ExportItems(of: workshop.place, to: [folder + "/w.npy", folder + "/j.csv"]).run(Monitor())
        #expect(try bytes("v.npy") == bytes("w.npy"))
        // An index counts from 1.
        func rows(_ name: String) throws -> [String] {
            String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").map {
                String($0.drop { $0 != "," })
            }
        }
        #expect(try rows("i.csv") == rows("j.csv") && rows("i.csv").count == 91)
        let matrix = try Matrix(vectorsIn: folder + "/v.npy")
        #expect(matrix.rows == 90 && matrix.columns == result.dimension)
    }

    private func named(_ name: String) throws -> String {
        let place = folder + "/names"
        try Folder.make(place)
        try FileManager.default.copyItem(atPath: workshop.backbone, toPath: "\(place)/\(name).safetensors")
        return place
    }

    @Test func everyFormat() throws {
        try job("v.npy", "i.csv").run(Monitor())
        try job("v.tsv", "i.tsv").run(Monitor())
        try job("all.jsonl").run(Monitor())
        let matrix = try Matrix(vectorsIn: folder + "/v.npy")
        for name in ["v.tsv", "all.jsonl"] {
            #expect(try Matrix(vectorsIn: folder + "/" + name).values == matrix.values)
        }
        // They make an index again.
        let imported = try ImportItems(
            [folder + "/all.jsonl"], into: .folder(folder + "/imported")
        ).run(Monitor())
        #expect(try keys(of: imported).contains("added"))
        #expect(try DescribeIndex(.folder(folder + "/imported")).run(Monitor()).stats.items == 90)
    }

    @Test func writesAllOrNothing() throws {
        let job = job("v.npy", "i.csv")
        let before = Set(try Folder.entries(folder).map(\.name))
        #expect(try interruption(job, after: 1) == .wroteNothing)
        #expect(Set(try Folder.entries(folder).map(\.name)) == before)
        try job.run(Monitor())
        #expect(throws: WriteError.self) { try job.run(Monitor()) }
        // No format has such an ending.
        #expect(throws: ExchangeError.self) {
            try EmbedPictures(
                [workshop.pictures], with: "hog+\(workshop.backbone)",
                to: [OutputFile(workshop.backbone, replacing: true)]
            ).run(Monitor())
        }
        try workshop.folder.write("broken/a/1.png", "none")
        var broken = job
        broken.paths = [folder + "/broken"]
        broken.outputs = [OutputFile(folder + "/x.npy")]
        let error = #expect(throws: JobError.self) { try broken.run(Monitor()) }
        #expect("\(try #require(error))".contains("/broken/a/1.png"))
        #expect(!Folder.isThere(folder + "/x.npy"))
    }
}
