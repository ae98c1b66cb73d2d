import Akin
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct RetrievalTests {
    /// Items on a line, with groups and copies of some.
    private struct Things {
        var labels: [String] = []
        var groups: [String?] = []
        var contents: [UInt64] = []
        var values: [Float] = []

        init(seed: UInt64) {
            var random = SeededGenerator(seed: seed, 9)
            for item in 0..<Int.random(in: 2...40, using: &random) {
                labels.append("\(Int.random(in: 0..<6, using: &random))")
                groups.append(Bool.random(using: &random) ? "g\(Int.random(in: 0..<5, using: &random))" : nil)
                contents.append(UInt64(Int.random(in: 0..<5, using: &random) == 0 ? item / 3 : 100 + item))
                // Few different values, so that many distances are equal.
                values.append(Float(Int.random(in: 0...15, using: &random)))
            }
        }

        func gallery() throws -> MemoryGallery {
            let gallery = try MemoryGallery(dimension: 1)
            try gallery.write("items") { writer in
                let items = labels.indices.map {
                    NewItem(
                        label: labels[$0], source: Source("/\($0)"), group: groups[$0],
                        contentHash: ContentHash(of: "\(contents[$0])".utf8))
                }
                try writer.add(
                    items, embeddings: Matrix(rows: values.count, columns: 1, trusted: values),
                    backbone: gallery.backbone)
            }
            return gallery
        }

        /// The classes of the others, nearest first, of equally near ones those of other classes first.
        func ranked(_ item: Int, groups byGroup: Bool, copies: Bool) -> [Bool] {
            labels.indices.filter { other in
                other != item && !(byGroup && groups[item] != nil && groups[other] == groups[item])
                    && !(copies && contents[other] == contents[item])
            }.sorted {
                let (a, b) = (abs(values[$0] - values[item]), abs(values[$1] - values[item]))
                if a != b { return a < b }
                return labels[$0] != labels[item] && labels[$1] == labels[item]
            }.map { labels[$0] == labels[item] }
        }
    }

    @Test(arguments: 0..<40) func figuresAreThoseOfTheirDefinitions(seed: UInt64) throws {
        let things = Things(seed: seed)
        let gallery = try things.gallery()
        for (keepsGroups, keepsCopies) in [(false, false), (true, false), (false, true), (true, true)] {
            let outcomes = try Retrieval.outcomes(
                in: gallery, depths: [1, 3, 10], keepingGroups: keepsGroups, keepingCopies: keepsCopies)
            #expect(outcomes.list.count == things.labels.count)
            var (ap, apAtR, recall, labels) = ([Double](), [Double](), [Double](), [String]())
            for (item, outcome) in outcomes.list.enumerated() {
                let ranked = things.ranked(item, groups: !keepsGroups, copies: !keepsCopies)
                let relevant = ranked.count { $0 }
                #expect(outcome.relevant == relevant && outcome.compared == ranked.count)
                #expect(outcome.hits == [1, 3, 10].map { k in ranked.prefix(k).count { $0 } })
                guard relevant > 0 else { continue }
                let precisions = ranked.indices.filter { ranked[$0] }.map { place in
                    (place, Double(ranked[...place].count { $0 }) / Double(place + 1))
                }
                ap.append(precisions.reduce(0) { $0 + $1.1 } / Double(relevant))
                apAtR.append(precisions.filter { $0.0 < relevant }.reduce(0) { $0 + $1.1 } / Double(relevant))
                recall.append(ranked.prefix(3).contains(true) ? 1 : 0)
                labels.append(things.labels[item])
                #expect(abs(outcome.averagePrecision - ap.last!) < 1e-12)
                #expect(abs(outcome.averagePrecisionAtR - apAtR.last!) < 1e-12)
            }
            let report = RetrievalReport(outcomes)
            #expect(report.items == ap.count && report.alone == things.labels.count - ap.count)
            guard !ap.isEmpty else { continue }
            for (averages, values) in [
                (report.meanAveragePrecision, ap), (report.meanAveragePrecisionAtR, apAtR),
                (report.recall[1].averages, recall),
            ] {
                #expect(abs(averages.micro - values.reduce(0, +) / Double(values.count)) < 1e-12)
                let classes = Set(labels).map { label in
                    let own = zip(labels, values).filter { $0.0 == label }.map(\.1)
                    return own.reduce(0, +) / Double(own.count)
                }
                #expect(abs(averages.macro - classes.reduce(0, +) / Double(classes.count)) < 1e-12)
                #expect(averages.items == values.count && averages.classes == classes.count)
                #expect(averages.microInterval.low <= averages.micro + 1e-12)
                #expect(averages.microInterval.high >= averages.micro - 1e-12)
            }
            let data = try JSONEncoder().encode(report)
            #expect(try JSONDecoder().decode(RetrievalReport.self, from: data) == report)
        }
    }

    @Test func itemsThatAreAloneAreTold() throws {
        let gallery = try MemoryGallery(dimension: 1)
        let labels = ["a", "a", "b", "c", "c"]
        try gallery.write("items") { writer in
            let items = labels.enumerated().map {
                NewItem(
                    label: $0.element, source: Source("/\($0.offset)"),
                    group: $0.element == "c" ? "page" : nil)
            }
            try writer.add(
                items, embeddings: Matrix(rows: 5, columns: 1, trusted: [0, 1, 5, 9, 10]),
                backbone: gallery.backbone)
        }
        var told: [Int] = []
        let outcomes = try Retrieval.outcomes(in: gallery) { told.append($0.done) }
        #expect(told == [5] && outcomes.grouped == 2)
        let report = RetrievalReport(outcomes)
        #expect(report.items == 2 && report.alone == 3 && report.singletons == ["b", "c"])
        #expect(report.meanAveragePrecision.micro == 1)
        #expect(report.recall.map(\.k) == [1, 5, 10] && report.precision[1].averages.micro == 0.25)
        let text = report.text()
        #expect(text.contains("not averaged in: 3 items with no other of the class to find: b, c\n"))
        #expect(text.contains("recall@1      100.0 %") && text.contains("those of its group left out"))
        let all = RetrievalReport(try Retrieval.outcomes(in: gallery, keepingGroups: true))
        #expect(all.items == 4 && all.singletons == ["b"])
        #expect(throws: EvaluationError.tooFewItems(0)) {
            try Retrieval.outcomes(in: try MemoryGallery(dimension: 1))
        }
    }

    /// That the ranks are right where there are many of both kinds, in blocks and bins.
    @Test func manyItems() throws {
        var random = SeededGenerator(seed: 8)
        // Of whole numbers so small all distances are exact.
        let values = (0..<700).map { _ in Float(Int.random(in: 0..<2000, using: &random)) }
        let labels = values.map { $0 < 1000 ? "low" : "high" }
        let gallery = try MemoryGallery(dimension: 1)
        try gallery.write("items") { writer in
            _ = try writer.add(
                labels.enumerated().map { NewItem(label: $0.element, source: Source("/\($0.offset)")) },
                embeddings: Matrix(rows: 700, columns: 1, trusted: values), backbone: gallery.backbone)
        }
        let outcomes = try Retrieval.outcomes(in: gallery).list
        for item in stride(from: 0, to: 700, by: 97) {
            let others = values.indices.filter { $0 != item }.sorted {
                let (a, b) = (abs(values[$0] - values[item]), abs(values[$1] - values[item]))
                return a != b ? a < b : labels[$0] != labels[item] && labels[$1] == labels[item]
            }
            var (found, sum) = (0, 0.0)
            for (place, other) in others.enumerated() where labels[other] == labels[item] {
                found += 1
                sum += Double(found) / Double(place + 1)
            }
            #expect(abs(outcomes[item].averagePrecision - sum / Double(found)) < 1e-12)
        }
    }

    private struct Fixture: Decodable {
        struct Row: Decodable {
            var distances: [Float]
            var relevant: [Bool]
            var precision: Double
            enum CodingKeys: String, CodingKey {
                case distances, relevant
                case precision = "average_precision"
            }
        }
        var rows: [Row]
    }

    @Test func asScikitLearnHasIt() throws {
        let data = Data(try Fixtures.bytes("ranking/scikit-learn.json"))
        for row in try JSONDecoder().decode(Fixture.self, from: data).rows {
            // The one that asks lies at 0, the others as far as they are said to be.
            let gallery = try MemoryGallery(dimension: 1)
            try gallery.write("items") { writer in
                let items = row.relevant.enumerated().map {
                    NewItem(label: $0.element ? "own" : "other", source: Source("/\($0.offset)"))
                }
                try writer.add(
                    [NewItem(label: "own", source: Source("/asks"))] + items,
                    embeddings: Matrix(rows: items.count + 1, columns: 1, trusted: [-1] + row.distances),
                    backbone: gallery.backbone)
            }
            let found = try Retrieval.outcomes(in: gallery).list[0]
            #expect(abs(found.averagePrecision - row.precision) < 1e-12)
        }
    }
}
