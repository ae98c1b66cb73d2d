import AkinBasics
import AkinEmbedding
import AkinExchange
import AkinIndexing
import AkinItems
import AkinTensors
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// Export and import: what was written comes back as it was.
@Suite struct ExchangeTests {
    /// Texts that formats stumble over, and numbers that decimal digits do.
    private static func awkward(in folder: TemporaryFolder, forTabs: Bool = false) throws -> EmbeddingIndex {
        let index = try EmbeddingIndex.create(at: folder.path + "/awkward", dimension: 7, metric: .l1)
        let texts =
            forTabs
            ? ["a", "comma, \"quoted\"", "Ünïcødé 漢字 🎼", " blanks ", "\u{301}accent first", "'"]
            : [
                "a", "comma, \"quoted\"", "two\nlines\r\n", "\r", "Ünïcødé 漢字 🎼", " blanks ", "\u{301}accent",
                "\"", "a\tb",
            ]
        var generator = SeededGenerator(seed: 3)
        var items: [NewItem] = []
        var values: [Float] = []
        for number in 0..<400 {
            items.append(
                NewItem(
                    label: texts[number % texts.count],
                    source: Source(
                        "/\(texts[number / 7 % texts.count])/"
                            + String(repeating: "long", count: number % 11 == 0 ? 200 : 0) + "\(number)"),
                    group: number % 3 == 0 ? nil : texts[number / 3 % texts.count],
                    contentHash: number % 2 == 0 ? ContentHash(of: [UInt8(number & 255)]) : nil))
            for _ in 0..<index.dimension {
                // Every exponent from subnormal numbers to those whose squares still have a sum.
                let exponent = UInt32.random(in: 0...180, using: &generator) << 23
                let rest = UInt32.random(in: 0...UInt32.max, using: &generator) & 0x807F_FFFF
                values.append(Float(bitPattern: exponent | rest))
            }
        }
        values[0] = -0.0
        values[1] = .leastNonzeroMagnitude
        values[2] = 0.1
        try index.add(
            items, embeddings: Matrix(rows: 400, columns: 7, trusted: values), backbone: index.backbone)
        try index.remove(ids: [1, 17, 18, 399])
        return index
    }

    @Test func jsonLinesHoldEverything() throws {
        let folder = try TemporaryFolder()
        let index = try Self.awkward(in: folder)
        let files = try ExchangeFiles([folder.path + "/all.jsonl"])
        #expect(try index.export(to: files) == 396)
        let (copy, report) = try makeIndex(
            at: folder.path + "/copy", importing: files, metric: .l1)
        #expect(report.added == 396 && report.updated == 0 && report.ignoredColumns == [])
        #expect(copy.backbone == index.backbone && copy.dimension == 7 && copy.metric == .l1)
        let (items, embeddings) = try index.labelled()
        let (others, copied) = try copy.labelled()
        #expect(others.timeless == items.timeless)
        #expect(copied.values.map(\.bitPattern) == embeddings.values.map(\.bitPattern))
        #expect(try copy.faults() == [])
        // The same backbone: nothing has to be vouched for, and nothing is new.
        #expect(try copy.importItems(from: files).unchanged == 396)
        // Each line is JSON to others too.
        for line in try String(contentsOfFile: files.vectors, encoding: .utf8).split(separator: "\n") {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let item = try #require(items.first { $0.id == object["id"] as? UInt64 })
            #expect(
                object["label"] as? String == item.label && object["source"] as? String == item.source.path)
            #expect(object["group"] as? String == item.group)
            #expect((object["embedding"] as? [Any])?.count == 7)
        }
    }

    @Test(arguments: [["vectors.npy", "items.csv"], ["vectors.tsv", "metadata.tsv"], ["v.npy", "m.tsv"]])
    func pairsOfFilesHoldItemsAndVectors(names: [String]) throws {
        let folder = try TemporaryFolder()
        let index = try Self.awkward(in: folder, forTabs: names[1].hasSuffix(".tsv"))
        let files = try ExchangeFiles(names.map { folder.path + "/" + $0 })
        try index.export(to: files)
        let (copy, report) = try makeIndex(at: folder.path + "/copy", importing: files)
        #expect(report.added == 396)
        let (items, embeddings) = try index.labelled()
        let (others, copied) = try copy.labelled()
        #expect(copied.values.map(\.bitPattern) == embeddings.values.map(\.bitPattern))
        #expect(others.map(\.id) == items.map(\.id))
        #expect(others.map(\.label) == items.map(\.label))
        #expect(others.map(\.source) == items.map(\.source))
        #expect(others.map(\.group) == items.map(\.group))
        #expect(try copy.faults() == [])
        // An id that was given stays given.
        let more = try copy.importItems(from: files, options: vouched())
        #expect(more.unchanged == 396)
        try copy.add(
            [NewItem(label: "new", source: "new")], embeddings: Matrix(zeros: 1, columns: 7),
            backbone: copy.backbone)
        #expect(try copy.item(source: "new")?.id == 401)
    }

    private func vouched() -> ImportOptions {
        var options = ImportOptions()
        options.isSameBackbone = true
        return options
    }

    @Test func whatAFormatCannotWriteIsRefused() throws {
        let folder = try TemporaryFolder()
        let index = try Self.awkward(in: folder)
        let files = try ExchangeFiles([folder.path + "/v.tsv", folder.path + "/m.tsv"])
        let error = #expect(throws: ExchangeError.self) { try index.export(to: files) }
        #expect("\(try #require(error))".contains("export as JSON lines"))
        // Nothing is left behind.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["awkward"])
    }

    @Test func filesAreNotOverwrittenUnasked() throws {
        let folder = try TemporaryFolder()
        let index = try Self.awkward(in: folder)
        let file = try folder.write("v.npy", "mine")
        let files = try ExchangeFiles([file, folder.path + "/i.csv"])
        let refusal = #expect(throws: ExchangeError.self) { try index.export(to: files) }
        #expect(refusal?.description == "can't write \(file): it is there already; choose another name")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        try index.export(to: files, overwriting: true)
        #expect(try Matrix(vectorsIn: file).rows == 396)
        let nowhere = try ExchangeFiles([folder.path + "/no/v.npy"])
        #expect(throws: ExchangeError.unwritable(.init(path: nowhere.vectors, code: ENOENT))) {
            try index.export(to: nowhere)
        }
    }

    /// The bulk path and the one for single items must come to the same.
    @Test(arguments: 0..<4) func isWhatAddingIs(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed, 8)
        let folder = try TemporaryFolder()
        let imported = try EmbeddingIndex.create(at: folder.path + "/imported", dimension: 3)
        let added = try EmbeddingIndex.create(at: folder.path + "/added", dimension: 3)
        for round in 0..<6 {
            let count = Int.random(in: 1...30_000, using: &generator)
            // New sources at first, then more and more known ones; some before all others.
            let known = [0, 0, 5, 300, 100_000, 0][round]
            var items: [NewItem] = []
            var sources: Set<String> = []
            for number in 0..<count {
                let source =
                    known > 0 && Int.random(in: 0..<known, using: &generator) % 3 == 0
                    ? "/s/0/\(Int.random(in: 0..<count, using: &generator))" : "/s/\(9 - round)/\(number)"
                guard sources.insert(source).inserted else { continue }
                let group = number % 5 == 0 ? nil : "page \(number % 50)"
                items.append(
                    NewItem(
                        label: "label \(Int.random(in: 0..<40, using: &generator))", source: Source(source),
                        group: group))
            }
            let embeddings = drawnEmbeddings(items.count, 3, using: &generator)
            var csv = "source,label,group\n"
            for item in items { csv += "\(item.source),\(item.label),\(item.group ?? "")\n" }
            let vectors = try folder.write("v.npy", Self.numPy(embeddings))
            let files = try ExchangeFiles([vectors, try folder.write("i.csv", csv)])
            let expected = try added.add(items, embeddings: embeddings, backbone: added.backbone)
            let report = try imported.importItems(from: files, options: vouched())
            #expect(
                report.added == expected.added && report.updated == expected.updated
                    && report.unchanged == expected.unchanged, "seed \(seed), round \(round)")
            #expect(try imported.faults() == [], "seed \(seed), round \(round)")
            let (one, other) = (try imported.labelled(), try added.labelled())
            #expect(one.items.timeless == other.items.timeless, "seed \(seed), round \(round)")
            #expect(one.embeddings == other.embeddings, "seed \(seed), round \(round)")
            for index in [imported, added] {
                try index.remove(ids: one.items.map(\.id).filter { $0 % 7 == round % 7 })
            }
        }
    }

    static func numPy(_ matrix: Matrix) -> [UInt8] {
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(matrix.rows), \(matrix.columns)), }"
        text += String(repeating: " ", count: 117 - text.utf8.count) + "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
            + matrix.values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    }

    @Test func embeddingsOfAnotherBackboneAreRefused() throws {
        let folder = try TemporaryFolder()
        let vectors = try folder.write("v.npy", Self.numPy(Matrix(zeros: 2, columns: 16)))
        let temporary = try TemporaryIndex()
        _ = try temporary.fill(3)
        let files = try ExchangeFiles([vectors])
        #expect(
            throws: ExchangeError.unnamedBackbone(path: vectors, expected: temporary.backbone)
        ) { try temporary.index.importItems(from: files) }
        #expect(try temporary.index.importItems(from: files, options: vouched()).added == 2)

        // Its own come back in, and another's do not.
        let own = try ExchangeFiles([folder.path + "/own.jsonl"])
        try temporary.index.export(to: own)
        #expect(try temporary.index.importItems(from: own).unchanged == 5)
        let other = try EmbeddingIndex.create(at: folder.path + "/other", backbone: checkpoint(seed: 5))
        #expect(
            throws: GalleryError.otherBackbone(expected: other.backbone, found: temporary.backbone)
        ) { try other.importItems(from: own) }
        #expect(try other.count == 0)

        // A name stands for a backbone.
        var named = ImportOptions()
        named.backboneName = "e5"
        let (index, _) = try makeIndex(
            at: folder.path + "/named", importing: files, options: named)
        #expect(index.backbone == BackboneIdentity(named: "e5"))
        #expect(try index.importItems(from: files, options: named).unchanged == 2)
        named.backboneName = "e6"
        #expect(throws: GalleryError.self) { try index.importItems(from: files, options: named) }
        let wide = try folder.write("w.npy", Self.numPy(Matrix(zeros: 2, columns: 17)))
        #expect(throws: GalleryError.wrongDimension(expected: 16, found: 17)) {
            try index.importItems(from: try ExchangeFiles([wide]), options: vouched())
        }
    }

    @Test func anIndexWithoutABackboneSaysSo() throws {
        let folder = try TemporaryFolder()
        let index = try EmbeddingIndex.create(at: folder.path + "/index", dimension: 4, metric: .cosine)
        let expected = IndexError.noBackbone(path: index.path, name: "imported")
        #expect(!index.hasBackbone)
        #expect(throws: expected) { try index.storedBackbone }
        let opened = try EmbeddingIndex(opening: index.path, readOnly: true)
        #expect(opened.backbone == index.backbone && opened.dimension == 4 && opened.metric == .cosine)
        #expect(throws: expected) { try opened.storedBackbone }
        #expect(throws: IndexError.unsupportedDimension(0, limit: 1 << 20)) {
            try EmbeddingIndex.create(at: folder.path + "/none", dimension: 0)
        }
        #expect(throws: IndexError.badBackboneName) {
            try EmbeddingIndex.create(at: folder.path + "/none", dimension: 1, backbone: .init(named: ""))
        }
    }

    /// A child that imports is killed at a random moment: each of its transactions is there or not.
    @Test func killedWhileItImports() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/index"
        let rows = 300_000
        let vectors = try folder.write("v.npy", Self.numPy(Matrix(zeros: rows, columns: 2)))
        _ = try EmbeddingIndex.create(at: path, dimension: 2)
        for _ in 0..<4 {
            let delay = Int.random(in: 1...400_000)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, vectors = vectors as String, delay = delay as Int] in
                let index = try EmbeddingIndex(opening: path)
                let files = try ExchangeFiles([vectors])
                var options = ImportOptions()
                options.isSameBackbone = true
                Thread {
                    usleep(UInt32(delay))
                    kill(getpid(), SIGKILL)
                }.start()
                while true {
                    try index.importItems(from: files, options: options)
                    try index.remove(labels: ["unlabelled"])
                }
            }
            let index = try EmbeddingIndex(opening: path)
            #expect(try index.faults() == [], "killed after \(delay) microseconds")
            #expect(try [0, 1 << 17, 2 << 17, rows].contains(index.count))
        }
        let index = try EmbeddingIndex(opening: path)
        try index.importItems(from: try ExchangeFiles([vectors]), options: vouched())
        #expect(try index.count == rows && index.faults() == [])
    }

    @Test func cancelledItKeepsWhatIsWritten() throws {
        let folder = try TemporaryFolder()
        let index = try EmbeddingIndex.create(at: folder.path + "/index", dimension: 1)
        let rows = (1 << 17) + 5
        let vectors = try folder.write("v.npy", Self.numPy(Matrix(zeros: rows, columns: 1)))
        var asked = 0
        let report = try index.importItems(
            from: try ExchangeFiles([vectors]), options: vouched(),
            isCancelled: {
                asked += 1
                return asked > 1
            })
        #expect(report.added == 1 << 17 && asked == 2)
        #expect(try index.count == 1 << 17)
        #expect(try index.importItems(from: try ExchangeFiles([vectors]), options: vouched()).added == 5)
        #expect(try index.faults() == [])
    }
}
