import AkinNetworks
import AkinTraining
import Foundation
import TestSupport
import Testing

/// Runs that are through and go on, runs that go on among others' files, and runs that are ended.
@Suite struct ProlongTests {
    private let folder: TemporaryFolder
    private let images = DrawnSymbols(6, seed: 9).images
    private let recipe: Recipe

    init() throws {
        folder = try TemporaryFolder()
        recipe = try Recipe.small(training: "epochs: 5, batch: 10, seed: 3")
    }

    private func files(_ name: String = "x") -> TrainingFiles {
        TrainingFiles(checkpoint: "\(folder.path)/\(name).safetensors")
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    private func straight(_ recipe: Recipe) throws -> [UInt8] {
        let trainer = try Trainer(recipe, data: images)
        try trainer.run()
        return trainer.checkpoint.bytes
    }

    private func message(_ recipe: Recipe, _ images: PreparedImages, _ files: TrainingFiles) -> String? {
        do {
            try Trainer(recipe, data: images).run(files: files, resume: true)
            return nil
        } catch { return "\(error)" }
    }

    /// A run that is through goes on where the recipe has more epochs: to the bits of one that had them from the beginning.
    @Test func aFinishedRunIsProlonged() throws {
        let files = files()
        try Trainer(recipe, data: images).run(files: files)
        #expect(files.canBeProlonged && !files.hasState)
        #expect(
            message(recipe, images, files)
                == "\(files.finished) is from a run that is through with all of its 5 epochs; raise epochs to prolong it"
        )
        var longer = recipe
        longer.training.epochs = 9
        // Also where that is interrupted.
        try Trainer(longer, data: images).run(files: files, resume: true) { $0.finished?.epoch != 7 }
        #expect(files.hasState)
        try Trainer(longer, data: images).run(files: files, resume: true)
        #expect(try bytes(files.checkpoint) == straight(longer))
        #expect(try files.records().map(\.epoch) == Array(1...9))
        longer.training.learningRate = 0.5
        longer.training.epochs = 12
        #expect(
            message(longer, images, files)?.contains(
                "another recipe: training.learning-rate was 0.001 and is 0.5; use") == true)
    }

    @Test func oneThatStoppedEarlyIsNot() throws {
        let recipe = try Recipe.small(
            training: "epochs: 90, batch: 8, learning-rate: 1e-12, "
                + "validation: {share: 0.5, ways: 2, episodes: 20, patience: 2}")
        try Trainer(recipe, data: images).run(files: files())
        var longer = recipe
        longer.training.epochs = 200
        #expect(message(longer, images, files())?.contains("stopped early, after epoch ") == true)
    }

    /// What lies in the place of its files is somebody else's, whatever it is called.
    @Test func aRunThatGoesOnReplacesItsOwnFilesOnly() throws {
        let (files, other) = (files(), files("other"))
        var another = recipe
        another.training.seed = 8
        try Trainer(recipe, data: images).run(files: files) { $0.finished?.epoch != 2 }
        try Trainer(another, data: images).run(files: other) { $0.finished?.epoch != 3 }
        for (own, theirs) in [(files.history, other.history), (files.last, other.last)] {
            let before = try bytes(own)
            try Data(bytes(theirs)).write(to: URL(filePath: own))
            #expect(
                message(recipe, images, files)
                    == "\(own) was not written by the run that is gone on with, and would be replaced; move it away"
            )
            #expect(try bytes(own) == bytes(theirs))
            // Allowed to, it does.
            try Data(before).write(to: URL(filePath: own))
        }
        try Trainer(recipe, data: images).run(files: files, resume: true)
        #expect(try bytes(files.checkpoint) == straight(recipe))
        // Of a finished one, the checkpoint too.
        another.training.epochs = 4
        try Trainer(another, data: images).run(files: other, resume: true)
        try Data(bytes(other.checkpoint)).write(to: URL(filePath: files.checkpoint))
        var longer = recipe
        longer.training.epochs = 8
        #expect(message(longer, images, files)?.hasPrefix("\(files.checkpoint) was not written by") == true)
    }

    /// What was allowed is to replace its own checkpoint, also after it was interrupted.
    @Test func aProlongedRunReplacesNoOthersCheckpoint() throws {
        let files = files()
        try Trainer(recipe, data: images).run(files: files)
        var longer = recipe
        longer.training.epochs = 9
        try Trainer(longer, data: images).run(files: files, resume: true) { $0.finished?.epoch != 7 }
        let own = try bytes(files.checkpoint)
        var other = recipe
        other.training.seed = 8
        try Data(straight(other)).write(to: URL(filePath: files.checkpoint))
        #expect(message(longer, images, files)?.hasPrefix("\(files.checkpoint) was not written by") == true)
        try Data(own).write(to: URL(filePath: files.checkpoint))
        #expect(message(longer, images, files) == nil)
    }

    /// An exploding loss ends the training, and its history says so; what an earlier run has left stays.
    @Test(arguments: [(1, "1000", "0.002"), (40, "0.1", "15")])
    func aLossThatExplodesIsNamed(epochs: Int, rate: String, penalty: String) throws {
        let files = TrainingFiles(checkpoint: files().checkpoint, replacing: true)
        try Trainer(recipe, data: images).run(files: files)
        let before = try bytes(files.checkpoint)
        let absurd = try Recipe.small(
            training:
                "epochs: \(epochs), batch: 8, optimizer: sgd, learning-rate: \(rate), classification: 0, seed: 3",
            backbone: "  - flatten\n  - dense: {units: 4, kernel-l2: \(penalty)}")
        let error = try #require(
            #expect(throws: TrainingError.self) {
                try Trainer(absurd, data: images).run(files: files, interval: .zero)
            })
        guard case .exploded(let epoch, let step, let loss, let first, let used, _, nil) = error
        else {
            throw error
        }
        #expect(1...epochs ~= epoch && step >= 1 && loss > 1000 * max(first, 1))
        #expect(
            error.description.hasPrefix("the loss has exploded: it is ")
                && error.description.contains(" in epoch \(epoch), step \(step), and was ")
                && error.description.hasSuffix("; try a lower learning-rate than \(used), or clip-norm: 1.0"),
            "\(error)")
        let lines = try String(contentsOfFile: files.history, encoding: .utf8).split(separator: "\n")
        let stop = try JSONDecoder().decode(StopRecord.self, from: Data(try #require(lines.last).utf8))
        #expect(stop == StopRecord(epoch: epoch, step: step, stopped: "\(error)"))
        #expect(try files.records().map(\.epoch) == Array(1..<epoch))
        #expect(try bytes(files.checkpoint) == before && !files.hasState)
    }
}
