import Akin
import Foundation
import TestSupport
import Testing

/// `Tools/fetch-datasets` against a mirror on this machine's disk.
@Suite struct FetchDatasetsTests {
    private static let classes = [
        "doubleWhole", "doubleWholeStem", "longa", "quadrupleWholeStem", "tripleWholeStem",
    ]
    private let folder: URL
    private var mirror: URL { folder.appending(path: "mirror") }
    private var datasets: URL { folder.appending(path: "data sets") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "akin-fetch-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func cleanUp() { try? FileManager.default.removeItem(at: folder) }

    private func fetch(
        _ names: String..., mirrored: Bool = true, environment: [String: String] = [:]
    ) throws -> ProgramResult {
        let source = mirrored ? ["--from", mirror.absoluteString] : []
        return try Subprocess(
            repository.appending(path: "Tools/fetch-datasets"), source + ["--to", datasets.path] + names,
            environment: environment
        ).wait()
    }

    private func write(_ data: Data, to url: URL) throws {
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    private func names(in url: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
    }

    /// The thesis' repository as an archive, with `count` crops of its five classes: the first pixel of each is its
    /// number.
    private func publishHISPAMUS(count: Int) throws {
        let lines = (0..<count).map { "\(Self.classes[$0 % 5]);3;2;\($0),10,0,92,255,37\n" }
        try write(
            Data(lines.joined().utf8),
            to: folder.appending(path: "repository-HEAD/03_pairclass_hispamus/data.txt"))
        try write(Data(), to: folder.appending(path: "repository-HEAD/README.md"))
        try FileManager.default.createDirectory(
            at: mirror.appending(path: "hispamus"), withIntermediateDirectories: true)
        let tar = try Subprocess(
            URL(filePath: "/usr/bin/env"),
            [
                "tar", "-czf", mirror.appending(path: "hispamus/HEAD.tar.gz").path, "-C", folder.path,
                "repository-HEAD",
            ]
        ).wait()
        #expect(tar.code == 0)
    }

    @Test func theCropsAreTurnedUpright() throws {
        defer { cleanUp() }
        try publishHISPAMUS(count: 39)
        #expect(try fetch("hispamus").code == 0)
        let crop = try Image(contentsOf: datasets.appending(path: "hispamus/longa/02.pgm").path)
        #expect(crop == Image(width: 3, height: 2, channels: 1, trusted: [7, 0, 255, 10, 92, 37]))
    }

    @Test(.enabled(if: DataSets.hispamusArchive != nil, "\(DataSets.advice)"))
    func theThesisArchiveGivesTheCropsPixelForPixel() throws {
        defer { cleanUp() }
        let archive = try #require(DataSets.hispamusArchive)
        try write(
            Data(contentsOf: URL(filePath: archive)), to: mirror.appending(path: "hispamus/HEAD.tar.gz"))
        #expect(try fetch("hispamus").code == 0)
        let expected = try Dataset(folder: try #require(DataSets.hispamus))
        #expect(expected.samples.count == 39)
        for sample in expected.samples {
            let name = sample.source.path.split(separator: "/").last!.replacing(".png", with: ".pgm")
            let crop = datasets.appending(path: "hispamus/\(sample.label)/\(name)")
            #expect(try Image(contentsOf: crop.path) == Image(contentsOf: sample.source.path))
        }
    }

    @Test func unpacksAndSaysThatTheSumIsUnknown() throws {
        defer { cleanUp() }
        try publishHISPAMUS(count: 39)
        let outcome = try fetch("hispamus")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("no sum of HEAD.tar.gz is published"))
        #expect(names(in: datasets.appending(path: "hispamus")) == Self.classes)
        #expect(names(in: datasets.appending(path: "hispamus/longa")).count == 8)

        let again = try fetch("hispamus")
        #expect(again.code == 0 && again.errors.contains("is there already"))

        // The same archive passes a second time, another one does not.
        try FileManager.default.removeItem(at: datasets.appending(path: "hispamus"))
        #expect(try fetch("hispamus").code == 0)
        try FileManager.default.removeItem(at: datasets.appending(path: "hispamus"))
        try write(Data([1, 2, 3]), to: mirror.appending(path: "hispamus/HEAD.tar.gz"))
        let changed = try fetch("hispamus")
        #expect(changed.code == 1 && changed.errors.contains("recorded in"))
        #expect(names(in: datasets) == [".sums"])
    }

    @Test func anArchiveWithoutTheCropsIsRefused() throws {
        defer { cleanUp() }
        try publishHISPAMUS(count: 20)
        let outcome = try fetch("hispamus")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("39 crops were expected"))
        #expect(names(in: datasets) == [".sums"])
    }

    @Test(arguments: ["", "not what was published"]) func aWrongSumLeavesNothingBehind(content: String) throws
    {
        defer { cleanUp() }
        let file = mirror.appending(path: "cifar10/cifar-10-binary.tar.gz")
        try write(Data(content.utf8), to: file)
        let outcome = try fetch("cifar10")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("cifar-10-binary.tar.gz has the wrong sum (expected sha256 c4a38c50"))
        #expect(names(in: datasets).isEmpty)
    }

    @Test func aMissingFileIsNamed() throws {
        defer { cleanUp() }
        let outcome = try fetch("mnist")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("mnist/train-images-idx3-ubyte.gz could not be downloaded"))
        #expect(names(in: datasets).isEmpty)
    }

    @Test func goesOnWithAnInterruptedDownload() throws {
        defer { cleanUp() }
        try publishHISPAMUS(count: 39)
        let archive = try Data(contentsOf: mirror.appending(path: "hispamus/HEAD.tar.gz"))
        try write(archive.prefix(100), to: datasets.appending(path: ".hispamus.part/HEAD.tar.gz.part"))
        #expect(try fetch("hispamus").code == 0)
        #expect(names(in: datasets.appending(path: "hispamus/longa")).count == 8)
    }

    @Test func takesWhatLiesOnThisMachine() throws {
        defer { cleanUp() }
        let local = folder.appending(path: "local")
        try write(Data([7]), to: local.appending(path: "hispamus/longa/01.png"))
        let outcome = try fetch("hispamus", mirrored: false, environment: ["AKIN_DATA": local.path])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("from \(local.path)/hispamus"))
        #expect(names(in: datasets.appending(path: "hispamus/longa")) == ["01.png"])
    }

    @Test(.enabled(if: DataSets.omniglot != nil, "\(DataSets.advice)"))
    func unpacksOmniglotAndHOMUS() throws {
        defer { cleanUp() }
        let data = URL(filePath: try #require(DataSets.omniglot)).deletingLastPathComponent()
        // What an interrupted run has left does not stay.
        try write(Data([1]), to: datasets.appending(path: ".omniglot.part/images_background.zip.part"))
        let outcome = try fetch("omniglot", "homus", mirrored: false, environment: ["AKIN_DATA": data.path])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let omniglot = datasets.appending(path: "omniglot")
        #expect(names(in: omniglot) == ["images_background", "images_evaluation_open", "open_runs"])
        #expect(names(in: omniglot.appending(path: "images_background")).count == 30)
        #expect(names(in: omniglot.appending(path: "images_evaluation_open")).count == 10)
        #expect(
            names(in: omniglot.appending(path: "open_runs/run20")) == [
                "class_labels.txt", "test", "training",
            ])
        #expect(names(in: datasets.appending(path: "homus")).count == 32)
    }

    @Test func whatIsNotPublishedIsNotDownloaded() throws {
        defer { cleanUp() }
        let outcome = try fetch("homus", mirrored: false, environment: ["AKIN_DATA": folder.path])
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.contains(
                "homus: is not published for download; put images.zip into \(folder.path)/homus"))
        #expect(names(in: datasets).isEmpty)
    }

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist"),
            "Debian's dataset-fashion-mnist is not installed"))
    func acceptsTheRightSums() throws {
        defer { cleanUp() }
        let outcome = try fetch(
            "fashion-mnist", mirrored: false,
            environment: ["AKIN_DATASETS_BASE": "file:///usr/share/datasets/"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(names(in: datasets.appending(path: "fashion-mnist")).count == 4)
    }

    @Test func wrongUsage() throws {
        defer { cleanUp() }
        let outcome = try fetch("mist")
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("there is no data set 'mist'; there are mnist, fashion-mnist"))
        #expect(try fetch().code == 64)
        #expect(try fetch("--form").code == 64)
    }
}
