import AkinBasics
import AkinDatasets
import TestSupport
import Testing

@Suite struct SubsetTests {
    private let dataset = Dataset(
        samples: (0..<60).map { Sample(file: "/p/\($0).png", label: ["a", "b", "c", "c"][$0 % 4]) },
        skipped: [Skipped(source: "/p/x.png", reason: "broken")])

    private func counts(_ dataset: Dataset) -> [String: Int] {
        Dictionary(dataset.samples.map { ($0.label, 1) }, uniquingKeysWith: +)
    }

    @Test func firstOfEachClass() {
        let subset = dataset.first(ofEachClass: 2)
        #expect(subset.samples.map(\.source.path) == [0, 1, 2, 3, 4, 5].map { "/p/\($0).png" })
        #expect(subset.skipped == dataset.skipped)
        #expect(counts(dataset.first(ofEachClass: 20)) == ["a": 15, "b": 15, "c": 20])
        #expect(dataset.first(ofEachClass: 0).count == 0)
    }

    @Test func randomOfEachClass() {
        let sources = { (dataset: Dataset) in dataset.samples.map(\.source.path) }
        let five = dataset.random(ofEachClass: 5, seed: 1)
        #expect(counts(five) == ["a": 5, "b": 5, "c": 5])
        #expect(sources(five) == sources(dataset.random(ofEachClass: 5, seed: 1)))
        #expect(sources(five) != sources(dataset.random(ofEachClass: 5, seed: 2)))
        #expect(sources(five) != sources(dataset.first(ofEachClass: 5)))
        // In the data set's order, within a larger draw, and of each class whatever others there are.
        let order = sources(dataset)
        #expect(sources(five) == order.filter(sources(five).contains))
        #expect(Set(sources(five)).isSubset(of: sources(dataset.random(ofEachClass: 9, seed: 1))))
        let withoutA = dataset.filtered { $0.label != "a" }.random(ofEachClass: 5, seed: 1)
        #expect(sources(withoutA) == sources(five.filtered { $0.label != "a" }))
        #expect(counts(dataset.random(ofEachClass: 100, seed: 3)) == ["a": 15, "b": 15, "c": 30])
    }

    /// Each sample is drawn about equally often.
    @Test func drawsEvenly() {
        var drawn: [String: Int] = [:]
        for seed in 0..<1500 as Range<UInt64> {
            for sample in dataset.random(ofEachClass: 5, seed: seed).samples where sample.label == "a" {
                drawn[sample.source.path, default: 0] += 1
            }
        }
        // 500 expected of each, with a standard deviation of 18.
        #expect(drawn.count == 15)
        #expect(drawn.values.allSatisfy { (400...600).contains($0) })
    }

    @Test func splitsByClass() throws {
        #expect(try dataset.only(labels: ["a", "c"]).labels == ["a", "c"])
        #expect(try dataset.except(labels: ["a"]).labels == ["b", "c"])
        let named = Dataset(samples: [
            Sample(file: "x", label: "doubleWhole"), Sample(file: "y", label: "longa"),
        ])
        #expect(throws: DatasetError.unknownLabel("doublewhole", nearest: "doubleWhole")) {
            try named.only(labels: ["longa", "doublewhole"])
        }
        #expect(throws: DatasetError.unknownLabel("xyz", nearest: nil)) { try named.except(labels: ["xyz"]) }
    }

    @Test func patternsOfLabels() throws {
        let matching: [(String, [String], [String])] = [
            ("Korean/*", ["Korean/a", "Korean/", "Korean/b/c"], ["Korean", "North Korean/a", "korean/a"]),
            ("*", ["", "a", "a/b"], []),
            ("a*b*c", ["abc", "a*b*c", "aXbYc", "abbcbc"], ["ab", "abcd", "xabc", "acb"]),
            ("**a", ["a", "ba", "aa"], ["", "ab"]),
            ("plain", ["plain"], ["plain2", "plai", ""]),
            ("", [""], ["a"]),
        ]
        for (pattern, yes, no) in matching {
            #expect(yes.allSatisfy { LabelPattern(pattern).matches($0) }, "\(pattern)")
            #expect(!no.contains { LabelPattern(pattern).matches($0) }, "\(pattern)")
        }
        let named = Dataset(samples: ["Greek/1", "Greek/2", "Latin/1"].map { Sample(file: "x", label: $0) })
        #expect(try named.only(labels: ["Greek/*"]).labels == ["Greek/1", "Greek/2"])
        #expect(try named.only(labels: ["*/1"]).labels == ["Greek/1", "Latin/1"])
        #expect(try named.except(labels: ["Greek/*"]).labels == ["Latin/1"])
        #expect(try named.matching(["Latin/*", "*/2"]) == ["Latin/1", "Greek/2"])
        #expect(throws: DatasetError.unknownLabel("Grek/*", nearest: "Greek/1")) {
            try named.except(labels: ["Latin/*", "Grek/*"])
        }
    }
}
