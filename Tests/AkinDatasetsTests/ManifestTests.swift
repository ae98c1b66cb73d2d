import AkinBasics
import AkinDatasets
import AkinImages
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct ManifestTests {
    private let folder: TemporaryFolder
    private let manifest: String

    init() throws {
        folder = try TemporaryFolder()
        manifest = folder.path + "/list.csv"
        let png = Image.gradient(width: 6, height: 4, channels: 1).encodedAsPNG()
        for name in ["a.png", "sub/b c.png", "d, e.png", "say \"f\".png"] { try folder.write(name, png) }
    }

    private func read(_ text: String) throws -> Dataset {
        try folder.write("list.csv", text)
        return try Dataset(manifest: manifest)
    }

    private func error(_ text: String) -> DatasetError? {
        do { _ = try read(text) } catch { return error as? DatasetError }
        return nil
    }

    @Test func readsAllColumns() throws {
        let dataset = try read(
            """
            label,path,split,group
            seal,a.png,train,page 1
            "bishop, late",sub/b c.png,test,

            seal,"d, e.png",,"page
            2"
            x,"say ""f"".png",train,page 1
            """)
        #expect(dataset.samples.map(\.label) == ["seal", "bishop, late", "seal", "x"])
        #expect(
            dataset.samples.map(\.source.path)
                == ["a.png", "sub/b c.png", "d, e.png", "say \"f\".png"].map { folder.path + "/" + $0 })
        #expect(dataset.samples.map(\.split) == ["train", "test", nil, "train"])
        #expect(dataset.samples.map(\.group) == ["page 1", nil, "page\n2", "page 1"])
        #expect(try dataset.image(at: 1).width == 6)
        #expect(try dataset.only(split: "train").samples.map(\.label) == ["seal", "x"])
        #expect(try dataset.only(groups: ["page 1"]).count == 2)
        #expect(try dataset.except(groups: ["page 1"]).count == 2)
        #expect(throws: DatasetError.unknownSplit("trian", nearest: "train")) {
            try dataset.only(split: "trian")
        }
    }

    @Test func acceptsMarksAndOtherEndsOfLine() throws {
        let plain = "path,label\na.png,x\nsub/b c.png,y\n"
        for text in [
            plain, "\u{FEFF}" + plain, plain.replacingOccurrences(of: "\n", with: "\r\n"),
            "Path, LABEL\na.png,x\n sub/b c.png, y",
        ] {
            let dataset = try read(text)
            #expect(dataset.samples.map(\.label) == ["x", "y"])
            #expect(dataset.skipped.isEmpty)
        }
        #expect(try read("path,label,group\na.png,x,").samples.map(\.group) == [nil])
    }

    @Test func absolutePathsStay() throws {
        #expect(
            try read("path,label\n\(folder.path)/./a.png,x\n").samples[0].source.path == folder.path
                + "/a.png")
    }

    @Test func namesWhatIsWrong() throws {
        let path = manifest
        #expect(error("") == .emptyManifest(path: path))
        #expect(error("path,label\n") == .emptyManifest(path: path))
        for (header, column, meant) in [
            ("path,lable", "label", "lable"), ("filename,label", "path", "filename"),
            ("Image,label", "path", "Image"), ("path,class", "label", "class"), ("path,group", "label", nil),
            ("file;class", "path", "file"),
        ] {
            #expect(
                error(header + "\na.png,x\n") == .missingColumn(path: path, column: column, meant: meant),
                "\(header)")
        }
        #expect(error("path,label,path\n") == .repeatedColumn(path: path, column: "path"))
        #expect(
            error("path,label\na.png,\"x\ny\"\n\na.png\n")
                == .wrongFieldCount(path: path, line: 5, expected: 2, found: 1))
        #expect(
            error("path,label\nd, e.png,x\n") == .wrongFieldCount(path: path, line: 2, expected: 2, found: 3))
        #expect(error("path,label\na.png,x\na.png,\n") == .emptyField(path: path, line: 3, column: "label"))
        #expect(error("path,label\na.png,x\n,y\n") == .emptyField(path: path, line: 3, column: "path"))
        guard case .malformedManifest(_, 3, _) = error("path,label\na.png,x\n\"a\"b,y\n") else {
            Issue.record("a quotation mark in a field")
            return
        }
        guard case .malformedManifest(_, 2, let reason) = error("path,label\na.png,\"x\na.png,y\n") else {
            Issue.record("an open quotation mark")
            return
        }
        #expect(reason.contains("never closed"))
        try folder.write("list.csv", [0x70, 0xFF, 0xFE])
        #expect(throws: DatasetError.notText(path: path)) { try Dataset(manifest: path) }
        #expect(throws: DatasetError.file(path: path + "x", .missing)) { try Dataset(manifest: path + "x") }
        #expect(
            error("path,label\na.png,x\n\n./a.png,y\n")
                == .repeatedPath(path: path, line: 4, first: 2, name: "./a.png"))
        // Blanks around a field are not part of it, as they could not be seen.
        #expect(try read("path,label\na.png, x \n").samples[0].label == "x")
        try folder.write("blank.png ", Image.gradient(width: 6, height: 4, channels: 1).encodedAsPNG())
        #expect(try read("path,label\n\"blank.png \",x\n").count == 1)
        let message = "\(DatasetError.missingColumn(path: "l.csv", column: "label", meant: "lable"))"
        #expect(message == "l.csv: no column 'label'; if 'lable' is meant, call it label")
    }

    /// As tables come from spreadsheets and other programs: each says what is odd about it, and is read.
    @Test func acceptsOtherColumnsAndSeparators() throws {
        let more = try read(
            "label,path,split,is_query,is_gallery,\nlion,a.png,train,,,\nking,sub/b c.png,train,,,\n")
        #expect(more.samples.map(\.label) == ["lion", "king"] && more.splits == ["train"])
        #expect(
            more.remarks == [
                .ignoredColumns(
                    path: manifest, ["is_query", "is_gallery", "column 6"], missing: ["group"])
            ])
        let near = try read("path,label,Writer\na.png,x,y\n")
        #expect(
            near.remarks.map(\.description) == [
                "columns of \(manifest) that were left out: Writer (for group?)"
            ])
        for (mark, name) in [(";", "semicolons"), ("\t", "tabs")] {
            let text = "\u{FEFF}\"Path\"\(mark)label\na.png\(mark)x, y\n\"d, e.png\"\(mark)\"z\(mark)\"\n"
            let dataset = try read(text)
            #expect(dataset.samples.map(\.label) == ["x, y", "z" + mark] || mark == "\t")
            #expect(dataset.count == 2 && dataset.remarks == [.delimiter(path: manifest, name)])
        }
        #expect(try read("path,label\na.png,x;y\n").remarks == [])
    }

    @Test func missingFilesAreSkippedWithTheirLine() throws {
        let dataset = try read("path,label\na.png,x\nnone.png,y\n")
        #expect(dataset.count == 1)
        #expect(dataset.skipped.map(\.source.path) == [folder.path + "/none.png"])
        #expect(dataset.skipped[0].reason.hasPrefix("line 3 of \(manifest): there is no such file"))
    }

    @Test func anyTextGivesAnErrorOrADataset() throws {
        let pieces = [
            "path", "label", "group", "split", ",", ",", "\n", "\r\n", "\"", "a.png", "x", " ", "\u{301}",
            "\0",
        ]
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: 51, seed)
            var text = seed % 2 == 0 ? "path,label\n" : ""
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                text += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
            _ = error(text)
        }
    }
}
