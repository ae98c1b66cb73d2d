import AkinBasics
import AkinDatasets
import AkinImages
import AkinTensors
import Foundation
import TestSupport
import Testing

@Suite struct OmniglotTests {
    private let folder: TemporaryFolder
    private let png = Image.gradient(width: 6, height: 4, channels: 1).encodedAsPNG()

    init() throws { folder = try TemporaryFolder() }

    @Test func readsTheTree() throws {
        for name in [
            "Korean/character02/0540_07.png", "N_Ko/character01/0700_20.png",
            "Korean/character01/0539_01.png",
        ] {
            try folder.write("images_background/" + name, png)
        }
        let root = folder.path + "/images_background"
        let dataset = try Dataset(omniglot: root)
        #expect(
            dataset.samples.map(\.label) == ["Korean/character01", "Korean/character02", "N_Ko/character01"])
        #expect(dataset.samples.map(\.group) == ["drawer 01", "drawer 07", "drawer 20"])
        #expect(dataset.samples[0].source.path == root + "/Korean/character01/0539_01.png")
        #expect(dataset.skipped.isEmpty)
        #expect(try dataset.only(labels: ["Korean/*"]).count == 2)

        // One folder too high there is none of them; a stray picture is told of.
        #expect(throws: DatasetError.noDrawings(path: folder.path)) { try Dataset(omniglot: folder.path) }
        for name in [
            "a.png", "Korean/character01/x_y.png", "Korean/character01/0539.png", "Korean/0539_01.png",
        ] {
            try folder.write("images_background/" + name, png)
        }
        let strays = try Dataset(omniglot: root)
        #expect(strays.count == 3 && strays.skipped.count == 4)
    }

    /// Two runs of three classes.
    private func writeRuns() throws {
        for run in ["run01", "run02"] {
            var lines = ""
            for number in 1...3 {
                try folder.write("runs/\(run)/training/class0\(number).png", png)
                try folder.write("runs/\(run)/test/item0\(number).png", png)
                lines += "\(run)/test/item0\(4 - number).png \(run)/training/class0\(number).png\n"
            }
            try folder.write("runs/\(run)/class_labels.txt", lines)
        }
    }

    @Test func readsOneShotRuns() throws {
        try writeRuns()
        let root = folder.path + "/runs"
        let runs = try OneShotRuns(folder: root).runs
        #expect(runs.map(\.name) == ["run01", "run02"])
        for run in runs {
            #expect(run.training.map(\.label) == ["class01", "class02", "class03"])
            #expect(
                run.training.map(\.path) == (1...3).map { "\(root)/\(run.name)/training/class0\($0).png" })
            #expect(run.test.map(\.label) == ["class01", "class02", "class03"])
            #expect(run.test.map(\.path) == (1...3).map { "\(root)/\(run.name)/test/item0\(4 - $0).png" })
        }
    }

    @Test func damagedRunsAreRefused() throws {
        try writeRuns()
        let root = folder.path + "/runs"
        let answers = root + "/run02/class_labels.txt"
        let good = ["3", "2", "1"].enumerated().map { number, item in
            "run02/test/item0\(item).png run02/training/class0\(number + 1).png"
        }
        func reason(_ lines: [String]) throws -> String? {
            try folder.write("runs/run02/class_labels.txt", lines.joined(separator: "\r\n"))
            do { _ = try OneShotRuns(folder: root) } catch {
                guard case .damagedRun(answers, let reason) = error else { return "\(error)" }
                return reason
            }
            return nil
        }
        #expect(try reason(good + ["", " "]) == nil)
        let form = "is not 'run02/test/ITEM.png run02/training/CLASS.png'"
        #expect(try reason([good[0], "", good[1].replacing("run02", with: "run01")]) == "line 3 \(form)")
        #expect(try reason([good[0] + " more"]) == "line 1 \(form)")
        #expect(try reason(["run02/test/item01.png"]) == "line 1 \(form)")
        #expect(
            try reason([good[0].replacing("class01", with: "class09")])
                == "line 1 names run02/training/class09.png, which is not there")
        #expect(
            try reason([good[0].replacing("item03", with: "item09")])
                == "line 1 names run02/test/item09.png, which is not there")
        #expect(
            try reason([good[0], good[0]])
                == "line 2 names run02/test/item03.png, which has been answered already")
        #expect(try reason(Array(good[..<2])) == "no line for run02/test/item01.png")
        #expect(try reason(good) == nil)

        try folder.write("runs/run03/test/item01.png", png)
        #expect(throws: DatasetError.file(path: root + "/run03/class_labels.txt", .missing)) {
            try OneShotRuns(folder: root)
        }
        #expect(throws: DatasetError.noRuns(path: root + "/run01")) {
            try OneShotRuns(folder: root + "/run01")
        }
        try folder.write("only/run01/training/class01.png", png)
        try folder.write("only/run01/class_labels.txt", "")
        #expect(
            throws: DatasetError.damagedRun(
                path: folder.path + "/only/run01", reason: "no pictures in training or none in test")
        ) { try OneShotRuns(folder: folder.path + "/only") }
    }

    @Test func hostileAnswersNeverTrap() throws {
        try writeRuns()
        let good = Array("run02/test/item03.png run02/training/class01.png\n".utf8)
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: 8, seed)
            var bytes = good + good
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            try folder.write("runs/run02/class_labels.txt", bytes)
            #expect(throws: DatasetError.self) { try OneShotRuns(folder: folder.path + "/runs") }
        }
    }

    /// The real archives, unpacked.
    private func unpacked(_ archive: String) throws -> String {
        let target = folder.path + "/" + archive
        let outcome = try Subprocess(
            URL(filePath: "/usr/bin/env"),
            ["unzip", "-q", try #require(DataSets.omniglot) + "/\(archive).zip", "-d", target]
        ).wait()
        #expect(outcome.code == 0, "\(outcome.errors)")
        return target
    }

    @Test(.enabled(if: DataSets.omniglot != nil, "\(DataSets.advice)"))
    func theOpenAlphabets() throws {
        let dataset = try Dataset(omniglot: unpacked("images_evaluation_open") + "/images_evaluation")
        #expect(dataset.skipped.isEmpty)
        #expect(Set(Dictionary(grouping: dataset.samples, by: \.label).values.map(\.count)) == [20])
        #expect(Set(dataset.labels.map { $0.prefix { $0 != "/" } }).count == 10)
        #expect(dataset.groups == (1...20).map { $0 < 10 ? "drawer 0\($0)" : "drawer \($0)" })
        let image = try dataset.image(at: 0)
        #expect((image.width, image.height, image.channels) == (105, 105, 1))
    }

    @Test(.enabled(if: DataSets.omniglot != nil, "\(DataSets.advice)"))
    func theOpenRuns() throws {
        let runs = try OneShotRuns(folder: unpacked("open_runs")).runs
        #expect(runs.map(\.name) == (1...20).map { $0 < 10 ? "run0\($0)" : "run\($0)" })
        for run in runs {
            #expect(run.training.count == 20 && run.test.count == 20)
            #expect(Set(run.test.map(\.label)) == Set(run.training.map(\.label)))
        }
    }
}
