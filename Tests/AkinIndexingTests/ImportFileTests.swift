import AkinBasics
import AkinExchange
import AkinImages
import AkinIndexing
import AkinItems
import AkinTensors
import Foundation
import TestSupport
import Testing

/// What is read of single files, and what is said of those that cannot be.
@Suite struct ImportFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A `.npy` file with this header.
    private static func numPy(_ header: String, _ data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
        let count = header.utf8.count
        let length =
            version == 1
            ? [UInt8(count & 255), UInt8(count >> 8)]
            : (0..<4).map { UInt8(count >> (8 * $0) & 255) }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8) + data
    }

    private static func header(_ type: String, _ shape: String, fortran: String = "False") -> String {
        "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }   \n"
    }

    private static func bytes<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
        numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
    }

    private func read(_ bytes: [UInt8], _ name: String = "v.npy") throws -> Matrix {
        try Matrix(vectorsIn: try folder.write(name, bytes))
    }

    @Test func readsNumbersOfEveryWidth() throws {
        let values: [Float] = [1, -2.5, 0, 65504, 0x1p-24, -0x1p-14]
        let expected = Matrix(rows: 2, columns: 3, trusted: values)
        let halves: [UInt16] = [0x3C00, 0xC100, 0, 0x7BFF, 1, 0x8400]
        let singles = values.map(\.bitPattern)
        let doubles = values.map { Double($0).bitPattern }
        for (type, data) in [
            ("<f2", Self.bytes(halves.map(\.littleEndian))), (">f2", Self.bytes(halves.map(\.bigEndian))),
            ("<f4", Self.bytes(singles.map(\.littleEndian))), (">f4", Self.bytes(singles.map(\.bigEndian))),
            ("<f8", Self.bytes(doubles.map(\.littleEndian))), (">f8", Self.bytes(doubles.map(\.bigEndian))),
        ] {
            for version in [1, 2, 3] as [UInt8] {
                let file = Self.numPy(Self.header(type, "(2, 3)"), data, version: version)
                #expect(try read(file) == expected, "\(type), version \(version)")
            }
        }
        // Python 2 wrote sizes as long integers only in its tuples' text, and others have other orders of the entries.
        let reordered = "{\"shape\":(2,3),\"descr\":\"<f4\",\"fortran_order\":False}"
        #expect(try read(Self.numPy(reordered, Self.bytes(singles))) == expected)
        #expect(try read(Self.numPy(Self.header("<f4", "(0, 3)"))).rows == 0)
    }

    @Test(
        arguments: [
            (numPy(header("<f4", "(2, 3)"), Array(repeating: 0, count: 23)), "where its header says"),
            (numPy(header("<f4", "(2, 3)"), Array(repeating: 0, count: 25)), "where its header says"),
            (numPy(header("<i8", "(1, 1)"), Array(repeating: 0, count: 8)), "it holds '<i8'"),
            (numPy(header("|u1", "(1, 1)"), [0]), "it holds '|u1'"),
            (numPy(header("<f4", "(1, 1)", fortran: "True"), [0, 0, 0, 0]), "Fortran order"),
            (numPy(header("<f4", "(4,)"), Array(repeating: 0, count: 16)), "it has 1 dimension;"),
            (numPy(header("<f4", "()"), [0, 0, 0, 0]), "it has 0 dimensions"),
            (numPy(header("<f4", "(1, 2, 2)"), Array(repeating: 0, count: 16)), "it has 3 dimensions"),
            (numPy(header("<f4", "(5, 0)")), "embeddings of 0 dimensions"),
            (numPy(header("<f4", "(1, 9999999)")), "embeddings of 9999999 dimensions"),
            (numPy(header("<f4", "(9223372036854775807, 1000)")), "where its header says"),
            (numPy(header("<f4", "(99999999999999999999, 1)")), "is no .npy file: its header is not what"),
            (numPy(header("<f4", "(-1, 1)")), "its header is not what"),
            (
                numPy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 1)}"),
                "its header is not"
            ),
            (
                numPy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}"),
                "its header"
            ),
            (numPy("{'descr': '<f4'}"), "its header is not what"),
            (numPy(""), "its header is not what"),
            (numPy(header("<f4", "(1, 1)"), version: 9), "its version is 9"),
            (Array("\u{93}NUMPY".utf8), "does not begin as one"),
            ([], "does not begin as one"),
            ([0x93] + Array("NUMPY".utf8) + [1, 0, 255, 255], "its header is cut off"),
            ([0x93] + Array("NUMPY".utf8) + [1, 0, 200, 0, 0x7B], "its header is cut off"),
            ([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255], "its header would have 4294967295"),
            (
                numPy(header("<f4", "(1, 1)"), bytes([Float.nan.bitPattern])),
                "row 0: a value that is no number"
            ),
            (
                numPy(header("<f8", "(2, 1)"), bytes([0, 1e300.bitPattern])),
                "row 1: a value that is no number"
            ),
        ] as [([UInt8], String)]) func refusesOtherArrays(file: [UInt8], reason: String) throws
    {
        let error = #expect(throws: ExchangeError.self) { try read(file) }
        #expect("\(try #require(error))".contains(reason), "\(error!)")
    }

    @Test func numbersAreRightlyRounded() throws {
        var generator = SeededGenerator(seed: 12)
        var texts = ["0", "-0", "1.", ".5", "+3", "1e5", "1E-5", "0.0000000000000000000000000000000000001"]
        // Half-way between two floats, and a little beside; the smallest ones; many digits.
        texts += ["16777217", "16777217.0000000000000000001", "16777216.9999999999999999999"]
        texts += [
            "33554434.0", "9007199791611905", "1.17549435e-38", "1.1754942e-38", "1e-45", "7e-46", "1e-60",
        ]
        texts += ["1234567890123456789", "0.1234567890123456789012345678901234567890e-10"]
        texts += [String(repeating: "0", count: 400) + "1", "1" + String(repeating: "0", count: 18)]
        for _ in 0..<20_000 {
            let value = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
            guard value.isFinite, abs(value) < 1e18 else { continue }
            texts.append("\(value)")
            texts.append("\(Double(value))")
            // The middle between two floats has one bit more.
            let middle = (Double(value) + Double(value.nextUp)) / 2
            texts.append("\(middle)")
            texts.append("\(middle.nextUp)")
            texts.append("\(middle.nextDown)")
        }
        let expected = try texts.map { text in
            try #require(Float(text.hasSuffix(".") ? text + "0" : text), "\(text)")
        }
        let file = texts.map { $0 + "\n" }.joined()
        let read = try read(Array(file.utf8), "v.tsv")
        for (text, (found, right)) in zip(texts, zip(read.values, expected)) {
            #expect(found.bitPattern == right.bitPattern, "\(text)")
        }
    }

    @Test(arguments: [
        ("v.tsv", "1\t2\n3\n", "line 2: a vector of 1 numbers where 2 were expected"),
        ("v.tsv", "1\t2\n\n3\t4\t5\n", "line 3: a vector of 3 numbers"),
        ("v.tsv", "1\tx\n", "line 1: its value 2 is no number"),
        ("v.tsv", "1\t\n", "line 1: its value 2 is no number"),
        ("v.tsv", "1 2\n", "line 1: its value 1 is no number"),
        ("v.tsv", "1\n2\nnan\n", "line 3: its value 1 is no number"),
        ("v.tsv", "1\n1e39\n", "line 2: a value that is no number, infinite or too large"),
        ("v.tsv", "1\n2\0\n", "line 2: not UTF-8 text, or a character 0"),
        ("v.tsv", "", "is empty"),
        ("v.tsv", "\n\n", "is empty"),
        ("v.jsonl", "{}", "line 1: it has no 'embedding'"),
        ("v.jsonl", "{\"embedding\":[1]}\n{\"embedding\":[1,2]}", "line 2: a vector of 2 numbers"),
        ("v.jsonl", "{\"embedding\":[]}", "embeddings of 0 dimensions"),
        (
            "v.jsonl", #"{"embedding":[1],"label":"a\u0000b"}"#,
            "a label, source or group holds the character 0"
        ),
        (
            "v.jsonl", #"{"embedding":[1],"source":"\u0000"}"#,
            "a label, source or group holds the character 0"
        ),
        ("v.jsonl", "{\"embedding\":[1,]}", "the embedding's value 2 is no number"),
        ("v.jsonl", "{\"embedding\":[NaN]}", "the embedding's value 1 is no number"),
        ("v.jsonl", "{\"embedding\":[null]}", "the embedding's value 1 is no number"),
        ("v.jsonl", "{\"embedding\":1}", "'embedding' as an array of numbers should stand at byte 14"),
        ("v.jsonl", "[1]", "line 1: an object, { ... } should stand at byte 1"),
        ("v.jsonl", "{\"embedding\":[1]} x", "something stands behind the object"),
        ("v.jsonl", "{\"embedding\":[1],\"label\":\"a\"", "a comma or the object's end"),
        ("v.jsonl", "{\"embedding\":[1],\"label\":\"a", "a text is never closed"),
        ("v.jsonl", "{\"embedding\":[1],\"label\":[]}", "a text should stand at byte 26"),
        ("v.jsonl", "{\"embedding\":[1],\"label\":\"\\q\"}", "an unknown escape"),
        ("v.jsonl", "{\"embedding\":[1],\"label\":\"\\ud800\"}", "is no character"),
        ("v.jsonl", "{\"embedding\":[1],\"label\":\"\\u12\"}", "without four hexadecimal digits"),
        ("v.jsonl", "{\"embedding\":[1],\"embedding\":[1]}", "two entries 'embedding'"),
        ("v.jsonl", "{\"embedding\":[1],\"content\":\"12\"}", "is no hash"),
        (
            "v.jsonl", "{\"embedding\":[1],\"backbone\":{\"name\":\"a\"}}",
            "'backbone' needs a name and a hash"
        ),
        ("v.jsonl", "{\"embedding\":[1],\"x\":" + String(repeating: "[", count: 99), "nested too deep"),
        ("v.jsonl", "{\"embedding\":[1],\"label\":\"\"}", "line 1: a label of 0 bytes"),
        ("v.jsonl", "{\"embedding\":[1],\"source\":\"\"}", "line 1: the source is empty"),
    ]) func refusesOtherTexts(name: String, text: String, reason: String) throws {
        let error = #expect(throws: ExchangeError.self) { try read(Array(text.utf8), name) }
        #expect("\(try #require(error))".contains(reason), "\(error!)")
    }

    /// What an import of two vectors finds out about a file of items.
    private func imported(_ items: String, _ name: String = "i.csv", label: String? = nil) throws -> [Item] {
        let vectors = try folder.write("v.tsv", "1\n2\n")
        let files = try ExchangeFiles([vectors, try folder.write(name, items)])
        var options = ImportOptions()
        options.label = label
        let path = folder.path + "/index-\(UUID().uuidString)"
        return try makeIndex(at: path, importing: files, options: options).index.items()
    }

    @Test func readsItemsAsOthersWriteThem() throws {
        let vectors = folder.path + "/v.tsv"
        func texts(_ items: [Item]) -> [[String]] {
            items.map { ["\($0.id)", $0.label, $0.source.path, $0.group ?? "-"] }
        }
        #expect(
            try texts(imported("\u{FEFF}Label,SOURCE,score\r\na,\"x, \"\"y\"\"\",1\r\nb,z\u{0301},2"))
                == [["1", "a", "x, \"y\"", "-"], ["2", "b", "z\u{0301}", "-"]])
        #expect(
            try texts(imported("label\ra\rb\r")) == [
                ["1", "a", vectors + "#0", "-"], ["2", "b", vectors + "#1", "-"],
            ])
        #expect(
            try texts(imported("id,source,group\n7,s,\n\n9,\" t\n\",g\n")) == [
                ["7", "unlabelled", "s", "-"], ["9", "unlabelled", " t\n", "g"],
            ])
        #expect(
            try texts(imported("cat\ndog\n", "m.tsv")) == [
                ["1", "cat", vectors + "#0", "-"], ["2", "dog", vectors + "#1", "-"],
            ])
        #expect(
            try texts(imported("Label\tSource\n\"a\ts,1\nb\tt\n", "m.tsv")) == [
                ["1", "\"a", "s,1", "-"], ["2", "b", "t", "-"],
            ])
        #expect(try imported("label\na\nb\n", label: "c").map(\.label) == ["c", "c"])
        #expect(try imported("label\n1\n2\n").map(\.label) == ["1", "2"])
    }

    @Test(arguments: [
        ("label,source\na,s\n", "holds 2 vectors, but"),
        ("label,source\na,s\nb,t\nc,u\n", "3 items; give the two that belong together"),
        ("label,source\na,s\nb\n", "line 3: 1 fields where the first line names 2"),
        ("name,path\na,s\nb,t\n", "names none of the columns"),
        ("label,label\na,s\nb,t\n", "two columns 'label'"),
        ("label\n\"a\nb\n", "line 2: a quotation mark is never closed"),
        ("label\na\"b\nb\n", "line 2: a quotation mark in the middle of a field"),
        ("label,group\n\"a\"b,c\nb,c\n", "line 2: something stands between"),
        ("label,source\na,s\n,t\n", "line 3: a label of 0 bytes"),
        ("label,source\na,s\nb,\n", "line 3: the source is empty"),
        ("label\na\n" + String(repeating: "x", count: 511), "line 3: a label of 511 bytes"),
        ("id,label\n1,a\nx,b\n", "line 3: 'x' is no id"),
        ("id,label\n0,a\n1,b\n", "line 2: '0' is no id"),
        ("id,label\n2,a\n1,b\n", "line 3: id 1 after 2"),
        ("id,source\n1,s\n2,s\n", "line 3: 's' stands on line 2 already"),
        ("source,label\npage.jpg,a\n\npage.jpg,b\n", "line 4: 'page.jpg' stands on line 2 already"),
        (
            "id,label\n1,a\n9223372036854775807,b\n",
            "line 3: the id 9223372036854775807 is above 4611686018427387904"
        ),
        ("id,label\n1,a\n99999999999999999999999,b\n", "leave no numbers for more items"),
        ("id,label\n1,a\n4611686018427387905,b\n", "leave no numbers for more items"),
        ("id,label\n1,a\n-2,b\n", "line 3: '-2' is no id"),
        ("label\na\nb\0\n", "line 3: not UTF-8 text"),
        ("", "is empty"),
    ]) func refusesOtherItems(text: String, reason: String) throws {
        let error = #expect(throws: ExchangeError.self) { try imported(text) }
        #expect("\(try #require(error))".contains(reason), "\(error!)")
    }

    /// Without ids the second would replace the first, one after the other.
    @Test func aSourceThatComesTwiceIsRefused() throws {
        let lines = (0..<300).map { "{\"embedding\":[\($0)],\"source\":\"s\($0 == 299 ? 3 : $0)\"}" }
        let file = try folder.write("twice.jsonl", lines.joined(separator: "\n"))
        let index = try EmbeddingIndex.create(at: folder.path + "/twice", dimension: 1)
        var options = ImportOptions()
        options.isSameBackbone = true
        let expected = ExchangeError.repeatedSource(path: file, line: 300, first: 4, source: "s3")
        for _ in 0..<2 {
            #expect(throws: expected) {
                try index.importItems(from: try ExchangeFiles([file]), options: options)
            }
            try index.add(
                [NewItem(label: "a", source: "s3")], embeddings: Matrix(zeros: 1, columns: 1),
                backbone: index.backbone)
        }
        #expect(try index.count == 1)
    }

    @Test func whatAnIndexNumbersAnotherTakes() throws {
        let last = Item.largestID
        let items = try folder.write("i.csv", "id,label\n1,a\n\(last - 1),b\n")
        let files = try ExchangeFiles([try folder.write("v.tsv", "1\n2\n"), items])
        let (index, _) = try makeIndex(at: folder.path + "/first", importing: files)
        let memory = try MemoryGallery(dimension: 1, backbone: index.backbone)
        var options = ImportOptions()
        options.isSameBackbone = true
        try memory.importItems(from: files, options: options)
        let out = try ExchangeFiles([folder.path + "/out.jsonl"])
        func add(_ source: Source) throws {
            for isIndex in [true, false] {
                func put(_ writer: some GalleryWriter) throws {
                    try writer.add(
                        [NewItem(label: "c", source: source)], embeddings: Matrix(zeros: 1, columns: 1),
                        backbone: index.backbone)
                }
                if isIndex {
                    try index.write("one") { try put($0) }
                } else {
                    try memory.write("one") { try put($0) }
                }
            }
        }
        try add("last")
        #expect(try index.items().map(\.id) == [1, last - 1, last])
        let ids = try memory.read { $0.items(label: nil).map(\.id) }
        #expect(ids == [1, last - 1, last])
        try index.export(to: out)
        let (copy, report) = try makeIndex(at: folder.path + "/second", importing: out)
        #expect(try report.added == 3 && copy.items().timeless == index.items().timeless)
        for gallery in [index, copy] {
            #expect(throws: GalleryError.noNumbersLeft(next: last + 1)) {
                try gallery.add(
                    [NewItem(label: "c", source: "more")], embeddings: Matrix(zeros: 1, columns: 1),
                    backbone: index.backbone)
            }
            #expect(try gallery.count == 3 && gallery.faults() == [])
        }
        #expect(throws: GalleryError.noNumbersLeft(next: last + 1)) {
            try memory.write("one more") {
                try $0.add(
                    [NewItem(label: "c", source: "more")], embeddings: Matrix(zeros: 1, columns: 1),
                    backbone: index.backbone)
            }
        }
        let more = try ExchangeFiles([try folder.write("more.tsv", "3\n4\n")])
        #expect(throws: GalleryError.noNumbersLeft(next: last + 1)) {
            try index.importItems(from: more, options: options)
        }
        // Numbered anew there is room again.
        options.givesNewIDs = true
        let (renumbered, _) = try makeIndex(
            at: folder.path + "/third", importing: out, options: options)
        #expect(try renumbered.items().map(\.id) == [1, 2, 3])
    }

    @Test func asksForTheRightFiles() throws {
        #expect(throws: ExchangeError.notVectors(path: "a.csv")) { try ExchangeFiles(["a.csv"]) }
        #expect(throws: ExchangeError.unknownFormat(path: "a.txt")) { try ExchangeFiles(["a.txt"]) }
        #expect(throws: ExchangeError.unknownFormat(path: "b.npy")) {
            try ExchangeFiles(["a.npy", "b.npy"])
        }
        #expect(throws: ExchangeError.itemsTwice(vectors: "a.jsonl", items: "b.csv")) {
            try ExchangeFiles(["a.jsonl", "b.csv"])
        }
        #expect(throws: ExchangeError.sameFileTwice(path: "a.tsv")) {
            try ExchangeFiles(["a.tsv", "./a.tsv"])
        }
        #expect(throws: ExchangeError.tooManyFiles) {
            try ExchangeFiles(["a.npy", "b.csv", "c.csv"])
        }
        let missing = folder.path + "/none.npy"
        #expect(throws: ExchangeError.file(path: missing, .missing)) {
            try Matrix(vectorsIn: missing)
        }
        #expect(throws: ExchangeError.self) { try Matrix(vectorsIn: folder.path + "/.npy") }
    }

    /// Damaged files are refused or read; they never harm the index.
    @Test(arguments: 0..<5) func survivesDamagedFiles(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed, 77)
        let items = (0..<20).map {
            NewItem(label: "l\($0 % 3)", source: "/s, \"\($0)\"", group: $0 % 2 == 0 ? "g" : nil)
        }
        for names in [["v.npy", "i.csv"], ["v.jsonl"], ["v.tsv", "m.tsv"]] {
            let index = try EmbeddingIndex.create(at: folder.path + "/of-" + names[0], dimension: 3)
            try index.add(
                items, embeddings: drawnEmbeddings(20, 3, using: &generator), backbone: index.backbone)
            let files = try ExchangeFiles(names.map { folder.path + "/" + $0 })
            try index.export(to: files, overwriting: true)
            let whole = try names.map { try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + $0)) }
            for round in 0..<120 {
                let victim = Int.random(in: 0..<names.count, using: &generator)
                var bytes = Array(whole[victim])
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    guard let place = bytes.indices.randomElement(using: &generator) else { break }
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.removeLast(bytes.count - place)
                    case 2: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                    default:
                        bytes[place] = Array("\0\"\n,\t{}[]\\'()9".utf8).randomElement(using: &generator) ?? 0
                    }
                }
                try folder.write(names[victim], bytes)
                let before = try index.labelled()
                var options = ImportOptions()
                options.isSameBackbone = true
                do {
                    try index.importItems(from: files, options: options)
                    #expect(try index.faults() == [], "\(names), round \(round)")
                } catch {
                    #expect("\(error)".contains(folder.path) || "\(error)".contains("dimension"), "\(error)")
                    #expect(try index.labelled() == before, "\(names), round \(round)")
                }
                try folder.write(names[victim], Array(whole[victim]))
            }
        }
    }
}
