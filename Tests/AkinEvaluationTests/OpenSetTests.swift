import Akin
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct OpenSetTests {
    /// Classes that lie round points of a plane, so many items each.
    private static func gallery(
        _ classes: Int, items: Int, spread: Float = 0.3, groups: Int? = nil, seed: UInt64 = 1
    ) throws -> MemoryGallery {
        var random = SeededGenerator(seed: seed, 77)
        let gallery = try MemoryGallery(dimension: 8)
        var (list, values) = ([NewItem](), [Float]())
        for label in 0..<classes {
            let centre = (0..<8).map { _ in Float.random(in: -1...1, using: &random) }
            for item in 0..<items {
                list.append(
                    NewItem(
                        label: "c\(label)", source: Source("/\(label)/\(item)"),
                        group: groups.map { "p\(item % $0)" }))
                values += centre.map { $0 + Float.random(in: -spread...spread, using: &random) }
            }
        }
        let (new, embeddings) = (list, Matrix(rows: list.count, columns: 8, trusted: values))
        try gallery.write("items") { _ = try $0.add(new, embeddings: embeddings, backbone: gallery.backbone) }
        return gallery
    }

    /// By the definitions, over all pairs of an own item and a stranger.
    @Test(arguments: 0..<20) func figuresAreThoseOfTheirDefinitions(seed: UInt64) {
        var random = SeededGenerator(seed: seed, 5)
        func outcome(_ isStranger: Bool) -> OpenSetOutcome {
            OpenSetOutcome(
                source: Source("/\(UInt64.random(in: 0 ... .max, using: &random))"), label: "a",
                isStranger: isStranger,
                predicted: !isStranger && Bool.random(using: &random) ? "a" : "b",
                isKnown: Bool.random(using: &random),
                confidence: 0.5,
                remoteness: Float(Int.random(in: isStranger ? 3...14 : 0...10, using: &random)))
        }
        let own = (0..<Int.random(in: 1...30, using: &random)).map { _ in outcome(false) }
        let strangers = (0..<Int.random(in: 1...30, using: &random)).map { _ in outcome(true) }
        let drawing = OpenSetDrawing(classes: 3, items: 9, promise: nil, list: own + strangers)
        func nearer(_ a: OpenSetOutcome, _ b: OpenSetOutcome) -> Double {
            a.remoteness < b.remoteness ? 1 : a.remoteness == b.remoteness ? 0.5 : 0
        }
        let pairs = Double(own.count * strangers.count)
        let auroc = own.reduce(0.0) { sum, one in sum + strangers.reduce(0) { $0 + nearer(one, $1) } } / pairs
        #expect(abs(drawing.auroc - auroc) < 1e-12)
        let oscr = own.filter(\.isRight).reduce(0.0) { sum, one in
            sum + strangers.reduce(0) { $0 + nearer(one, $1) }
        }
        #expect(abs(drawing.oscr - oscr / pairs) < 1e-12)
        let threshold = own.map(\.remoteness).filter { limit in
            Double(own.count { $0.remoteness <= limit }) >= 0.95 * Double(own.count)
        }.min()!
        #expect(
            abs(
                drawing.falsePositiveRateAt95
                    - Double(strangers.count { $0.remoteness <= threshold }) / Double(strangers.count))
                < 1e-12)
        #expect(drawing.isPromiseKept == nil)
    }

    @Test func halfOfTheClassesAreStrangers() throws {
        let gallery = try Self.gallery(9, items: 10)
        let outcomes = try OpenSet(drawings: 6, seed: 3).outcomes(in: gallery, classifier: .nearestClass)
        #expect(outcomes.drawings.count == 6 && !outcomes.areStrangersGiven)
        var asStrangers: Set<String> = []
        for drawing in outcomes.drawings {
            // Of five classes eight items each, two of each asked; of four classes all.
            #expect(drawing.classes == 5 && drawing.items == 40)
            #expect(drawing.own.count == 10 && drawing.strangers.count == 40)
            let (known, strange) = (Set(drawing.own.map(\.label)), Set(drawing.strangers.map(\.label)))
            #expect(known.count == 5 && strange.count == 4 && known.isDisjoint(with: strange))
            #expect(drawing.strangers.allSatisfy { known.contains($0.predicted) })
            asStrangers.formUnion(strange)
        }
        #expect(asStrangers.count > 6)
        let report = OpenSetReport(outcomes)
        #expect(report.ownQuestions == 60 && report.strangerQuestions == 240 && report.promises == 6)
        #expect(
            report.auroc.mean > 0.9 && report.accuracy.micro > 0.95 && report.oscr.mean <= report.auroc.mean)
        #expect(report.strangersKnown.micro < 0.3 && report.coverage.count == 10)
        #expect(report.coverage.last?.coverage == 1)
        let right = outcomes.drawings.flatMap(\.own).count(where: \.isRight)
        #expect(abs(report.coverage.last!.accuracy - Double(right) / 60) < 1e-12)
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(OpenSetReport.self, from: data) == report)
        #expect(report.text().contains("of strangers called known ("))
        // The same again, and others by another seed.
        #expect(
            try OpenSet(drawings: 6, seed: 3).outcomes(in: gallery, classifier: .nearestClass) == outcomes)
        #expect(
            try OpenSet(drawings: 6, seed: 4).outcomes(in: gallery, classifier: .nearestClass) != outcomes)
    }

    @Test func wholeGroupsAreLeftOut() throws {
        let gallery = try Self.gallery(6, items: 12, groups: 4)
        let outcomes = try OpenSet(drawings: 4).outcomes(in: gallery, classifier: .classMean)
        for drawing in outcomes.drawings {
            // One page of four has a quarter of each class.
            #expect(drawing.classes == 3 && drawing.items == 27 && drawing.own.count == 9)
            #expect(Set(drawing.own.map { Int($0.source.path.split(separator: "/")[1])! % 4 }).count == 1)
        }
    }

    @Test func strangersCanBeGiven() throws {
        let (gallery, others) = (try Self.gallery(5, items: 6), try Self.gallery(4, items: 5, seed: 2))
        #expect(throws: EvaluationError.noStrangers) {
            try OpenSet().outcomes(in: gallery, classifier: .ridge, strangers: try Strangers(others))
        }
        try others.write("names") {
            for label in 0..<4 { _ = try $0.relabel("c\(label)", to: "other \(label)") }
        }
        let outcomes = try OpenSet(drawings: 3).outcomes(
            in: gallery, classifier: .ridge, strangers: try Strangers(others))
        #expect(outcomes.areStrangersGiven)
        #expect(
            outcomes.drawings.allSatisfy { $0.classes == 5 && $0.strangers.count == 20 && $0.own.count == 5 })
        #expect(OpenSetReport(outcomes).strangersKnown.classes == 4)
    }

    @Test func tooLittleIsTold() throws {
        #expect(throws: EvaluationError.tooFewClasses(found: 2, needed: 3)) {
            try OpenSet().outcomes(in: try Self.gallery(2, items: 5), classifier: .nearestClass)
        }
        #expect(throws: EvaluationError.nothingToLeaveOut) {
            try OpenSet().outcomes(in: try Self.gallery(5, items: 1), classifier: .nearestClass)
        }
        // Two known classes: nothing can be said of strangers.
        let report = OpenSetReport(
            try OpenSet(drawings: 2).outcomes(in: try Self.gallery(3, items: 5), classifier: .nearestClass))
        #expect(report.promises == 0 && report.promised == nil && report.strangersKnown.micro == 1)
        #expect(report.text().contains("nothing was called unknown"))
    }
}
