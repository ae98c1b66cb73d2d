import Akin
import Foundation
import TestSupport
import Testing

/// What a classifier was fitted to is kept with the items, and never outlives them.
@Suite struct KeptFitTests {
    private let workshop: Workshop
    private var place: IndexPlace { workshop.place }
    private var index: EmbeddingIndex { get throws { try EmbeddingIndex(opening: workshop.index) } }

    /// Vectors of twenty classes, as many as make a fit worth keeping.
    init() throws {
        workshop = try Workshop()
        try add(0..<700)
    }

    private static func vector(_ number: Int) -> [Float] {
        var generator = SeededGenerator(seed: UInt64(number))
        return (0..<64).map { 2 * Float((number % 20 + 1) * ($0 + 3) % 17) / 17 + generator.uniform() }
    }

    private func add(_ numbers: Range<Int>, label: String? = nil) throws {
        let vectors = try workshop.writeVectors("\(numbers).npy", numbers.map(Self.vector))
        let items = numbers.map { "\(label ?? "class \($0 % 20)"),\($0)\n" }
        let list = try workshop.folder.write(
            "\(numbers).csv", Array(("label,source\n" + items.joined()).utf8))
        var job = ImportItems([vectors, list], into: place)
        job.options.isSameBackbone = true
        try job.run(Monitor())
    }

    /// Fitted to the items as they are, and of this classifier.
    private func isKept(_ classifier: Classifier = .ridge) throws -> Bool {
        try index.read { try $0.fitRecord?.starts(with: jsonLine(of: classifier)) ?? false }
    }

    @Test func everyWriteOfItemsMakesItAnew() throws {
        #expect(try !isKept())
        try CalibrateIndex(place, classifier: .ridge).run(Monitor())
        #expect(try isKept())
        let first = try index.read { try $0.fitRecord }
        // A class that is added takes part at once.
        try add(1000..<1030, label: "newcomer")
        #expect(try isKept() && index.read { try $0.fitRecord } != first)
        try RelabelItems(ItemSelection(labels: ["newcomer"]), of: place, to: "comer").run(Monitor())
        let relabelled = try index.read { try $0.fitRecord }
        #expect(try isKept())
        try UndoChange(of: place).run(Monitor())
        #expect(try isKept() && index.read { try $0.fitRecord } != relabelled)
        try RemoveItems(ItemSelection(labels: ["newcomer"]), from: place).run(Monitor())
        #expect(try isKept() && index.read { try $0.fitRecord } == first)
    }

    /// To the last bit what a fit gives that every query makes for itself.
    @Test func answersAreTheSame() throws {
        try CalibrateIndex(place, classifier: .ridge).run(Monitor())
        let asked = try workshop.writeVectors("asked.npy", (2000..<2040).map(Self.vector))
        func answers() throws -> Data {
            try jsonLine(of: Query(about: .vectors(asked), in: place).run(Monitor()))
        }
        #expect(try isKept())
        let found = try answers()
        try index.setClassifier(.ridge)
        #expect(try !isKept() && answers() == found)
    }

    @Test func itHoldsUntilItemsOrAnswersChange() throws {
        try CalibrateIndex(place, classifier: .ridge).run(Monitor())
        let kept = try index.read { try $0.fitRecord }
        #expect(kept != nil)
        try BuildGraph(of: place).run(Monitor())
        try ListChanges(of: place, keeping: 7).run(Monitor())
        try DropGraph(of: place).run(Monitor())
        try CompactIndex(place).run(Monitor())
        #expect(try index.read { try $0.fitRecord } == kept)
        let open = try index
        try open.setClassifier(.classMean)
        #expect(try index.read { try $0.fitRecord } == nil)
        try open.setClassifier(.ridge)
        #expect(try !isKept())
        try open.remove(ids: [1])
        #expect(try index.read { try $0.fitRecord } == nil)
    }
}
