import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct TrainingCurvesTests {
    /// A run as they go: falling loss, rising accuracy, noise.
    static func records(_ count: Int, validated every: Int? = 1, seed: UInt64 = 1) -> [EpochRecord] {
        var random = SeededGenerator(seed: seed)
        return (1...max(count, 1)).prefix(count).map { epoch in
            let t = Float(epoch) / Float(max(count, 20))
            let noise = 0.03 * (random.uniform() - 0.5)
            let embedding = 0.02 + 0.4 * exp(-6 * t) * (1 + noise)
            let isMeasured = every.map { epoch % $0 == 0 } ?? false
            return EpochRecord(
                epoch: epoch, loss: embedding + 0.125 * exp(-4 * t) + 0.01, embedding: embedding,
                crossEntropy: exp(-4 * t) * (1 + noise), penalty: 0.01 + 0.004 * t,
                pairAccuracy: min(1, 1 - 0.4 * exp(-5 * t) + noise / 4), active: exp(-2 * t),
                positiveDistance: 0.3 + 0.4 * exp(-5 * t) + noise, negativeDistance: 0.8 + 0.5 * t + noise,
                learningRate: 0.001 * (1 + cos(.pi * min(t, 1))) / 2,
                oneShot: isMeasured ? 0.93 - 0.6 * exp(-7 * t) - 0.05 * t * t + noise / 2 : nil,
                verification: isMeasured ? 0.96 - 0.3 * exp(-6 * t) + noise / 3 : nil,
                imagesPerSecond: 1900, seconds: 2.5)
        }
    }

    /// The numbers of all elements with a position.
    private func places(_ document: XMLDocument) throws -> [Double] {
        try document.nodes(forXPath: "//@x | //@y | //@x1 | //@x2 | //@y1 | //@y2 | //@cx | //@cy").map {
            try #require(Double($0.stringValue ?? ""))
        }
            + document.nodes(forXPath: "//@points").flatMap {
                try #require($0.stringValue).split { " ,".contains($0) }.map { try #require(Double($0)) }
            }
    }

    @Test func heldOutPicturesStandBesideThoseOfTraining() {
        var records = Self.records(40)
        #expect(!TrainingCurves(records: records).svg.contains("held out"))
        for i in records.indices {
            let t = Float(i) / 40
            records[i].classAccuracy = 1 - 0.6 * exp(-5 * t)
            records[i].heldOut = HeldOutRecord(
                loss: 0.3 + t * t, pairAccuracy: 0.9 - 0.3 * t, classAccuracy: 0.8 - 0.3 * exp(-5 * t))
            records[i].newClasses = HeldOutRecord(loss: 0.6, pairAccuracy: 0.7)
        }
        let svg = TrainingCurves(records: records, title: "seals").svg
        if let folder = ProcessInfo.processInfo.environment["AKIN_CURVES"] {
            try? svg.write(toFile: "\(folder)/held-out.svg", atomically: true, encoding: .utf8)
        }
        // Of loss and accuracy; classes that are not trained on have no class accuracy.
        #expect(svg.ranges(of: ">held out").count == 2 && svg.ranges(of: ">new classes").count == 1)
        #expect(svg.contains(">classes right"))
    }

    @Test(arguments: [0, 1, 2, 40, 5000]) func isAPictureOfAnyRun(epochs: Int) throws {
        let records = Self.records(epochs, validated: epochs > 100 ? 10 : 1)
        let svg = TrainingCurves(records: records, title: "seals & <more>").svg
        if let folder = ProcessInfo.processInfo.environment["AKIN_CURVES"] {
            try svg.write(toFile: "\(folder)/\(epochs).svg", atomically: true, encoding: .utf8)
        }
        let document = try XMLDocument(xmlString: svg)
        #expect(try places(document).allSatisfy { 0...1000 ~= $0 })
        #expect(svg.contains(">seals &amp; &lt;more&gt;</text>"))
        #expect(!svg.contains("http://") || svg.ranges(of: "http").count == 1)
        #expect(svg.utf8.count < 170_000, "\(svg.utf8.count)")
        let lines = try document.nodes(forXPath: "//*[local-name()='polyline']").count
        #expect(lines == (epochs > 1 ? 4 + 4 + 2 + 1 : 0))
        if epochs > 0 {
            let best = records.filter { $0.oneShot != nil }.max { $0.oneShot! < $1.oneShot! }!
            #expect(svg.contains("best epoch \(best.epoch), one-shot "))
            #expect(svg.contains("\(epochs) epoch"))
        } else {
            #expect(svg.contains("no epoch is done yet"))
        }
    }

    /// The checkpoint's: of equally good ones that with the better verification.
    @Test func marksTheEpochOfTheCheckpoint() {
        var records = Self.records(4, validated: 1)
        for (i, verification) in [0.6, 0.9, 0.9, 0.7].enumerated() {
            (records[i].oneShot, records[i].verification) = (0.5, Float(verification))
        }
        #expect(TrainingCurves(records: records).svg.contains("best epoch 2, one-shot "))
        records[3].oneShot = 0.51
        #expect(TrainingCurves(records: records).svg.contains("best epoch 4, one-shot "))
    }

    @Test func whatWasNotMeasuredIsNotShown() throws {
        var records = Self.records(30, validated: nil)
        for i in records.indices {
            records[i].crossEntropy = 0
            records[i].penalty = 0
            records[i].positiveDistance = 0
            records[i].negativeDistance = 0
            records[i].learningRate = 0
        }
        records[3].loss = .nan
        records[4].loss = .infinity
        let svg = TrainingCurves(records: records).svg
        let document = try XMLDocument(xmlString: svg)
        #expect(try document.nodes(forXPath: "//*[local-name()='polyline']").count == 3)
        for word in ["best epoch", "cross-entropy", "one-shot", "verification", "nan", "inf"] {
            #expect(!svg.contains(word), "\(word)")
        }
        #expect(svg.ranges(of: "not recorded").count == 2)
    }

    @Test func anOutlierAmongThousandsIsSeen() throws {
        var records = Self.records(5000, validated: nil)
        records[2345].loss = 7
        let svg = TrainingCurves(records: records).svg
        // The top of the loss' axis.
        let document = try XMLDocument(xmlString: svg)
        let lines = try document.nodes(forXPath: "//@points").compactMap(\.stringValue)
        let heights = lines[0].split(separator: " ").compactMap { Double($0.split(separator: ",")[1]) }
        let sorted = heights.sorted()
        #expect(sorted[1] - sorted[0] > 20 && heights.count < 2500)
    }

    @Test func writesAFile() throws {
        let folder = try TemporaryFolder()
        let curves = TrainingCurves(records: Self.records(3))
        try curves.write(to: OutputFile(folder.path + "/a.svg", replacing: true))
        #expect(try String(contentsOfFile: folder.path + "/a.svg", encoding: .utf8) == curves.svg)
        #expect(throws: WriteError.self) {
            try curves.write(to: OutputFile(folder.path + "/no folder/a.svg", replacing: true))
        }
    }
}

@Suite struct AxisTests {
    @Test(
        arguments: [
            (0, 1, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (0, 0.93, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (0.013, 0.041, ["0.01", "0.02", "0.03", "0.04", "0.05"]), (-3, 12, ["-5", "0", "5", "10", "15"]),
            (0, 4000, ["0", "1000", "2000", "3000", "4000"]),
        ] as [(Double, Double, [String])])
    func linearTicksAreRound(low: Double, high: Double, expected: [String]) {
        let axis = Axis.linear(low, high)
        #expect(axis.ticks.map(axis.text(of:)) == expected)
        #expect(axis.low <= low && high <= axis.high)
    }

    @Test(
        arguments: [
            (0.001, 0.001, ["0.0005", "0.001", "0.002"]),
            (0.002, 0.03, ["0.002", "0.005", "0.01", "0.02", "0.05"]),
            (1e-6, 0.001, ["1e-6", "1e-5", "0.0001", "0.001"]), (30, 300, ["20", "50", "100", "200", "500"]),
        ] as [(Double, Double, [String])])
    func logarithmicTicksAreRound(low: Double, high: Double, expected: [String]) {
        let axis = Axis.logarithmic(low, high)
        #expect(axis.ticks.map(axis.text(of:)) == expected)
        #expect(axis.place(of: axis.low) == 0 && axis.place(of: axis.high) == 1 && axis.place(of: 0) == 0)
    }

    @Test(
        arguments: [
            (1, 1, ["1"]), (1, 2, ["1", "2"]), (1, 7, ["1", "2", "3", "4", "5", "6", "7"]),
            (1, 50, ["1", "10", "20", "30", "40", "50"]), (31, 120, ["40", "60", "80", "100", "120"]),
            (1, 5000, ["1", "1000", "2000", "3000", "4000", "5000"]),
        ] as [(Int, Int, [String])])
    func epochsAreWholeNumbers(low: Int, high: Int, expected: [String]) {
        let axis = Axis.whole(low, high)
        #expect(axis.ticks.map(axis.text(of:)) == expected)
    }

    @Test(arguments: 0..<200) func everyAxisHoldsItsValuesAndItsTicks(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func number() -> Double {
            let magnitude = exp(Double(random.uniform()) * 40 - 20)
            return random.uniform() < 0.3 ? -magnitude : magnitude
        }
        let (a, b) = (number(), random.uniform() < 0.1 ? 0 : number())
        for axis in [
            Axis.linear(min(a, b), max(a, b)), .logarithmic(min(abs(a), abs(b)), max(abs(a), abs(b))),
        ] {
            #expect(1...12 ~= axis.ticks.count && axis.ticks == axis.ticks.sorted(), "seed \(seed)")
            #expect(
                axis.ticks.allSatisfy { axis.low...axis.high ~= $0 } && axis.low < axis.high, "seed \(seed)")
            #expect(Set(axis.ticks.map(axis.text(of:))).count == axis.ticks.count, "seed \(seed)")
        }
    }
}
