import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

/// What every gallery does alike, wherever it lives.
@Suite struct ConformanceTests {
    private func vector(_ values: Float...) -> ArraySlice<Float> { (values + [0, 0, 0, 0, 0, 0]).prefix(6) }

    private func hash(_ number: Int) -> ContentHash { ContentHash(of: Array("\(number)".utf8)) }

    @Test(arguments: GalleryHome.available) func itemsComeAndGo(home: GalleryHome) throws {
        let temporary = try home.make()
        try itemsComeAndGo(in: temporary.gallery)
    }

    private func itemsComeAndGo(in gallery: some Gallery) throws {
        try gallery.write("some") { writer throws in
            #expect(try writer.hasHadNoItem)
            let one = NewItem(label: "a", source: "/s/1", group: "page")
            #expect(try writer.put(one, contentHash: hash(1), vector(1)) == .added)
            #expect(try writer.put(one, contentHash: hash(1), vector(1)) == .unchanged)
            #expect(try writer.current.count == 1)
            #expect(try writer.put(one, contentHash: hash(2), vector(2)) == .updated)
            #expect(
                try writer.put(.init(label: "b", source: "/s/2"), contentHash: hash(3), vector(3)) == .added)
            #expect(try writer.describe(.init(label: "c", source: "/s/2"), contentHash: hash(4)) == nil)
            #expect(try writer.describe(.init(label: "c", source: "/s/2"), contentHash: hash(3)) == .updated)
            #expect(try writer.describe(.init(label: "c", source: "/none"), contentHash: hash(3)) == nil)
            #expect(try writer.current.items(label: "c").map(\.id) == [2])
        }
        let state = try gallery.read { reader throws in
            #expect(try reader.count == 2)
            #expect(try reader.labelCounts() == ["a": 1, "c": 1])
            let (items, embeddings) = try reader.labelled()
            #expect(
                items.timeless == [
                    Item(id: 1, label: "a", source: "/s/1", group: "page", contentHash: hash(2)),
                    Item(id: 2, label: "c", source: "/s/2", contentHash: hash(3)),
                ])
            #expect(items.allSatisfy { abs($0.time?.timeIntervalSinceNow ?? 9999) < 600 })
            #expect(embeddings.values == Array(vector(2)) + Array(vector(3)))
            #expect(try reader.item(2) == items[1])
            #expect(try reader.item(3) == nil)
            #expect(try reader.item(1 << 62) == nil)
            #expect(try reader.item(source: "/s/1") == items[0])
            #expect(try reader.item(source: "/s") == nil)
            #expect(try reader.items(sourcePrefix: "/s/").count == 2)
            #expect(try reader.items(sourcePrefix: "/s/2") == [items[1]])
            #expect(try reader.items(sourcePrefix: "").count == 2)
            #expect(try reader.items(label: "none").isEmpty)
            return reader.state
        }
        #expect(try gallery.read { $0.state } == state)
        try gallery.write("less") { writer throws in
            #expect(try writer.relabelItem(1, to: "z"))
            #expect(try writer.relabelItem(1, to: "z"))
            #expect(try !writer.relabelItem(9, to: "z"))
            #expect(try !writer.removeItem(9))
            #expect(try writer.removeItem(2))
            #expect(try !writer.removeItem(2))
        }
        #expect(try gallery.read { $0.state } != state)
        #expect(try gallery.read { try $0.items().map(\.label) } == ["z"])
        // No number is given twice.
        try gallery.write("more") { writer throws in
            #expect(try !writer.hasHadNoItem)
            _ = try writer.put(.init(label: "b", source: "/s/2"), contentHash: hash(3), vector(3))
        }
        #expect(try gallery.read { try $0.item(source: "/s/2")?.id } == 3)
    }

    @Test(arguments: GalleryHome.available) func aChangeThatFailsChangesNothing(home: GalleryHome) throws {
        struct GivenUp: Error {}
        func check(_ gallery: some Gallery) throws {
            try gallery.write("one") {
                _ = try $0.put(.init(label: "a", source: "/1"), contentHash: hash(1), vector(1))
            }
            let before = try gallery.read { try $0.labelled() }
            #expect(throws: GivenUp.self) {
                try gallery.write("more") { writer throws in
                    _ = try writer.put(.init(label: "a", source: "/2"), contentHash: hash(2), vector(2))
                    _ = try writer.removeItem(1)
                    throw GivenUp()
                }
            }
            #expect(try gallery.read { try $0.labelled() } == before)
            try gallery.write("another") {
                _ = try $0.put(.init(label: "a", source: "/2"), contentHash: hash(2), vector(2))
            }
            #expect(try gallery.read { try $0.count } == 2)
        }
        let temporary = try home.make()
        try check(temporary.gallery)
    }

    @Test(arguments: GalleryHome.available) func aReaderSeesOneMoment(home: GalleryHome) throws {
        func check(_ gallery: some Gallery) throws {
            func add(_ number: Int) throws {
                try gallery.write("one") {
                    _ = try $0.put(
                        .init(label: "a", source: Source("/\(number)")), contentHash: hash(number), vector(1))
                }
            }
            try add(1)
            try gallery.read { reader throws in
                try add(2)
                #expect(try reader.count == 1)
                #expect(try reader.neighbours(of: Matrix(rows: 1, columns: 6), k: 5)[0].count == 1)
                #expect(try gallery.read { try $0.count } == 2)
            }
        }
        let temporary = try home.make()
        try check(temporary.gallery)
    }

    @Test(arguments: GalleryHome.available) func itemsChangePlaces(home: GalleryHome) throws {
        func check(_ gallery: some Gallery) throws {
            try gallery.write("two") { writer throws in
                for number in 1...3 {
                    _ = try writer.put(
                        .init(label: "a", source: Source("/\(number)")), contentHash: hash(number),
                        vector(Float(number)))
                }
            }
            try gallery.write("moved") { writer throws in
                #expect(try writer.removeItem(3))
                #expect(try writer.moveItem(1, to: .init(label: "b", source: "/2", group: "g")))
                #expect(try writer.moveItem(2, to: .init(label: "c", source: "/1")))
                #expect(try !writer.moveItem(9, to: .init(label: "c", source: "/9")))
            }
            try gallery.read { reader throws in
                #expect(try reader.item(source: "/2")?.id == 1)
                #expect(try reader.item(source: "/1")?.id == 2)
                #expect(try reader.items().map(\.contentHash) == [hash(1), hash(2)])
                #expect(try reader.items().map(\.group) == ["g", nil])
            }
        }
        let temporary = try home.make()
        try check(temporary.gallery)
    }

    @Test(arguments: GalleryHome.available) func manyAtOnce(home: GalleryHome) throws {
        func check(_ gallery: some Gallery) throws {
            func batch(_ range: Range<Int>, ids: [UInt64] = [], _ body: (ItemBatch) throws -> Int?) throws
                -> Int?
            {
                var list = ItemList()
                for number in range {
                    list.append(
                        label: Array("l".utf8), source: Array("/\(number)".utf8),
                        group: number % 2 == 0 ? [103] : [])
                }
                list.ids = ids
                let values = range.flatMap { Array(vector(Float($0))) }
                return try values.withUnsafeBufferPointer {
                    try body(
                        ItemBatch(
                            items: list, range: 0..<range.count, vectors: $0.baseAddress!,
                            contentHashes: range.map(hash)))
                }
            }
            try gallery.write("batches") { writer throws in
                #expect(try batch(0..<3, ids: [5, 7, 100]) { try writer.add($0, keepingIDs: true) } == nil)
                #expect(try batch(3..<2000) { try writer.add($0, keepingIDs: false) } == nil)
                #expect(try batch(1999..<2002) { try writer.add($0, keepingIDs: false) } == 0)
            }
            try gallery.read { reader throws in
                #expect(try reader.items().map(\.id) == [5, 7, 100] + Array(101...2097))
                #expect(try reader.items(label: "l").count == 2000)
                #expect(try reader.items().prefix(2).map(\.group) == ["g", nil])
                #expect(try reader.labelled().embeddings[1999] == vector(1999))
                var contents: [ContentHash] = []
                try reader.forEachContent { contents.append($1) }
                #expect(contents == (0..<2000).map(hash))
            }
        }
        let temporary = try home.make()
        try check(temporary.gallery)
    }

    /// No text of a stranger's does anything but stand there.
    @Test(arguments: GalleryHome.available) func everyTextIsKept(home: GalleryHome) throws {
        func check(_ gallery: some Gallery) throws {
            let long = String(repeating: "長い", count: 11_000)
            let texts = hardTexts + [long, String(long.dropLast()) + "!"]
            try gallery.write(PendingChange(.add, "'); drop table akin.items; --")) { writer throws in
                for (number, text) in texts.enumerated() {
                    _ = try writer.put(
                        .init(label: text, source: Source(text), group: text), contentHash: hash(number),
                        vector(Float(number)))
                }
            }
            try gallery.read { reader throws in
                #expect(try reader.labelCounts() == Dictionary(uniqueKeysWithValues: texts.map { ($0, 1) }))
                for (number, text) in texts.enumerated() {
                    let item = try #require(try reader.item(source: Source(text)))
                    #expect(item.id == UInt64(number + 1) && item.label == text && item.group == text)
                    #expect(try reader.items(label: text) == [item])
                    #expect(try reader.items(sourcePrefix: text).contains(item))
                    let queries = Matrix(zeros: 1, columns: 6)
                    for filter in [ItemFilter(labels: [text]), ItemFilter(groups: [text, "none"])] {
                        #expect(
                            try reader.neighbours(of: queries, k: 9, filter: filter)[0].map(\.id) == [item.id]
                        )
                    }
                    let others = try reader.neighbours(
                        of: queries, k: 99, excluding: [Exclusion(group: text)])[0]
                    #expect(others.count == texts.count - 1 && !others.map(\.id).contains(item.id))
                }
            }
            try gallery.write("relabelled") { writer throws in
                #expect(try writer.relabelItem(1, to: texts[3]))
                #expect(try writer.relabel(long, to: "short") == 1)
            }
            #expect(try gallery.read { try $0.labelCounts()[texts[3]] } == 2)
        }
        let temporary = try home.make()
        try check(temporary.gallery)
    }

    @Test(arguments: GalleryHome.available) func theCharacterZeroIsRefused(home: GalleryHome) throws {
        func check(_ gallery: some Gallery) throws {
            let vectors = Matrix(zeros: 1, columns: 6)
            for item in [
                NewItem(label: "a\0b", source: "/1"), NewItem(label: "a", source: "/1\0"),
                NewItem(label: "a", source: "/1", group: "\0"),
            ] {
                #expect(throws: GalleryError.self) {
                    try gallery.write("one") {
                        _ = try $0.add([item], embeddings: vectors, backbone: gallery.backbone)
                    }
                }
            }
            try gallery.write("one") {
                _ = try $0.add(
                    [.init(label: "a", source: "/1")], embeddings: vectors, backbone: gallery.backbone)
            }
            #expect(throws: GalleryError.zeroCharacter("b\0")) {
                try gallery.write("two") { try $0.relabel("a", to: "b\0") }
            }
            try gallery.read { reader throws in
                #expect(try reader.items().map(\.label) == ["a"])
                #expect(try reader.items(label: "\0").isEmpty)
                #expect(try reader.item(source: "\0") == nil)
                #expect(try reader.items(sourcePrefix: "\0").isEmpty)
                let filter = ItemFilter(labels: ["\0"], groups: ["\0"])
                #expect(try reader.neighbours(of: vectors, k: 1, filter: filter) == [[]])
            }
        }
        let temporary = try home.make()
        try check(temporary.gallery)
    }

    @Test(arguments: GalleryHome.available) func whatDoesNotFitIsRefused(home: GalleryHome) throws {
        func check(_ gallery: some Gallery) throws {
            try gallery.read { reader throws in
                #expect(throws: GalleryError.wrongDimension(expected: 6, found: 2)) {
                    try reader.neighbours(of: Matrix(rows: 1, columns: 2), k: 1)
                }
                #expect(throws: GalleryError.notFinite(position: 0)) {
                    try reader.neighbours(
                        of: Matrix(rows: 1, columns: 6, values: [.nan, 0, 0, 0, 0, 0]), k: 1)
                }
                #expect(throws: GalleryError.exclusionsDiffer(queries: 1, exclusions: 2)) {
                    try reader.neighbours(
                        of: Matrix(rows: 1, columns: 6), k: 1, excluding: [Exclusion(), Exclusion()])
                }
                #expect(try reader.neighbours(of: Matrix(rows: 2, columns: 6), k: 3) == [[], []])
                #expect(try reader.labelled().items.isEmpty)
            }
        }
        let temporary = try home.make()
        try check(temporary.gallery)
    }
}
