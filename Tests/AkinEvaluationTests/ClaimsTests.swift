import Akin
import AkinTensors
import Foundation
import TestSupport
import Testing

/// Pictures of four pixels, of which the backbone makes the embedding.
@Suite struct ClaimsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        // Anna is constant, Bert is not; forgeries are as far from theirs as Bert's own are from one another.
        for (user, centre, step) in [("anna", 20, 1), ("bert", 120, 9)] {
            for i in 0..<8 { try write("\(user)/genuine/\(i)", [centre + i * step, 0, i, 0]) }
            for i in 0..<6 { try write("\(user)/forged/\(i)", [centre + 40, 3 * i, 0, 40]) }
        }
        try write("carl/genuine/0", [250, 250, 0, 0])
    }

    private func write(_ name: String, _ pixels: [Int]) throws {
        try folder.write(
            name + ".png",
            Image(width: 2, height: 2, channels: 1, trusted: pixels.map(UInt8.init)).encodedAsPNG())
    }

    private func images() throws -> HeldOutImages {
        HeldOutImages(
            try Dataset(folder: folder.path, FolderReading(labelDepth: 2)), for: PixelBackbone(side: 2))
    }

    @Test func claimsAreComparedWithTheirReferences() throws {
        let images = try images()
        #expect(images.labels.count == 29)
        let outcomes = try images.claims(Claims(references: 3, drawings: 4))
        #expect(outcomes.leftOut == ["carl"] && outcomes.copies == 0)
        for drawing in 0..<4 {
            let own = outcomes.list.filter { $0.drawing == drawing }
            for user in ["anna", "bert"] {
                let kinds = [ClaimOutcome.Kind.genuine, .skilled, .random].map { kind in
                    own.count { $0.user == user && $0.kind == kind }
                }
                #expect(kinds == [5, 6, 9])
            }
            // The references are those genuine pictures that are not asked about.
            let asked = Set(own.filter { $0.user == "anna" && $0.kind == .genuine }.map(\.source))
            let shown = images.sources.indices.filter {
                images.labels[$0] == "anna/genuine" && !asked.contains(images.sources[$0])
            }
            func distance(_ a: Int, _ b: Int) -> Float {
                Metric.l2.distance(trusted: images.embeddings[a], to: images.embeddings[b])
            }
            let usual =
                shown.map { a in shown.filter { $0 != a }.map { distance(a, $0) }.min()! }.reduce(0, +) / 3
            for one in own where one.user == "anna" {
                let row = try #require(images.sources.firstIndex(of: one.source))
                #expect(abs(one.excess - (shown.map { distance(row, $0) }.min()! - usual)) < 1e-5)
            }
        }
    }

    @Test func equalErrorRates() throws {
        let outcomes = try images().claims(Claims(references: 3, drawings: 4))
        let report = ClaimsReport(outcomes)
        #expect(report.users == 2 && report.genuine == 40 && report.leftOut == ["carl"])
        #expect(report.skilled?.claims == 48 && report.random?.claims == 72)
        // The mean of the users, of which each is the mean of the drawings.
        for (kind, forgeries) in [(ClaimOutcome.Kind.skilled, report.skilled), (.random, report.random)] {
            var (together, alone) = ([Double](), [Double]())
            for drawing in 0..<4 {
                func excess(_ user: String?, _ kind: ClaimOutcome.Kind) -> [Float] {
                    outcomes.list.filter {
                        $0.drawing == drawing && $0.kind == kind && (user == nil || $0.user == user)
                    }.map(\.excess)
                }
                func rate(_ user: String?) -> Double {
                    Verification(trusted: excess(user, .genuine), different: excess(user, kind))
                        .equalErrorRate
                }
                together.append(rate(nil))
                alone += ["anna", "bert"].map(rate)
            }
            let found = try #require(forgeries)
            #expect(abs(found.equalErrorRate - together.reduce(0, +) / 4) < 1e-12)
            #expect(abs(found.equalErrorRateByUser - alone.reduce(0, +) / 8) < 1e-12)
            #expect(found.interval.low <= found.equalErrorRate && found.equalErrorRate <= found.interval.high)
        }
        let data = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(ClaimsReport.self, from: data) == report)
        #expect(report.text().contains("left out, having too few genuine pictures: carl"))
        #expect(report.text().contains("Equal error rate of each user\n"))
        #expect(throws: EvaluationError.noClaims(references: 8, genuine: "genuine")) {
            try images().claims(Claims(references: 8))
        }
    }

    /// The threshold at which both shares differ least.
    @Test(arguments: 0..<10) func theThresholdOfEqualErrors(seed: UInt64) {
        var random = SeededGenerator(seed: seed, 6)
        let same = (0..<20).map { _ in Float(Int.random(in: 0...12, using: &random)) }
        let different = (0..<25).map { _ in Float(Int.random(in: 5...20, using: &random)) }
        func difference(_ threshold: Float) -> Double {
            abs(Double(same.count { $0 > threshold }) / 20 - Double(different.count { $0 <= threshold }) / 25)
        }
        let found = Verification(trusted: same, different: different).equalErrorThreshold
        #expect(difference(found) == (same + different).map(difference).min())
    }
}
