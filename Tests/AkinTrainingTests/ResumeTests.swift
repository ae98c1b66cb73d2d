import AkinNetworks
import AkinTensors
import AkinTraining
import Foundation
import TestSupport
import Testing

/// A run's files, and runs that are taken up again.
@Suite struct ResumeTests {
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

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func straightThrough() throws -> [UInt8] {
        let trainer = try Trainer(recipe, data: images)
        try trainer.run()
        return trainer.checkpoint.bytes
    }

    /// Trains to the end of `epoch`, and stops there as ctrl-C does.
    @discardableResult
    private func interrupt(
        after epoch: Int, _ files: TrainingFiles, resume: Bool = false, interval: Duration = .seconds(10)
    ) throws -> TrainingReport {
        try Trainer(recipe, data: images).run(files: files, resume: resume, interval: interval) {
            $0.finished?.epoch != epoch
        }
    }

    @Test(arguments: [Duration.zero, .seconds(10)])
    func takenUpAgainItEndsInTheSameBits(interval: Duration) throws {
        let expected = try straightThrough()
        for epoch in 1...4 {
            let files = files("after\(epoch)")
            let first = try interrupt(after: epoch, files, interval: interval)
            #expect(!first.finished && first.epochs == epoch && files.hasState && !exists(files.checkpoint))
            #expect(first.checkpoint == files.last)
            #expect(try Checkpoint(contentsOf: files.last).details.epochs == epoch)
            let last = try Trainer(recipe, data: images).run(files: files, resume: true, interval: interval)
            #expect(last.finished && last.epochs == 5 && !files.hasState && !exists(files.last))
            #expect(try bytes(files.checkpoint) == expected)
        }
    }

    /// Of a run that is through, its loss is compared with that of its very first step.
    @Test func aLossThatHasRisenIsSeen() throws {
        let trainer = try Trainer(recipe, data: images)
        var losses: [Float] = []
        var report = try trainer.run(files: files()) {
            losses.append($0.loss)
            return true
        }
        #expect(trainer.lossBefore(report) == nil)
        report.finalLoss = 1.2 * losses[0]
        #expect(trainer.lossBefore(report).map { abs($0 - losses[0]) < 1e-4 } == true)
        report.finished = false
        #expect(trainer.lossBefore(report) == nil)
    }

    @Test func interruptedManyTimes() throws {
        try interrupt(after: 1, files())
        for epoch in 2...4 { try interrupt(after: epoch, files(), resume: true) }
        let report = try Trainer(recipe, data: images).run(files: files(), resume: true)
        #expect(report.finished && report.checkpoint == files().checkpoint)
        #expect(try bytes(files().checkpoint) == straightThrough())
    }

    /// Trying another recipe and thinking better of it costs nothing.
    @Test func anInterruptedRunLeavesTheEarlierOnesFiles() throws {
        let files = TrainingFiles(checkpoint: files().checkpoint, replacing: true)
        try Trainer(recipe, data: images).run(files: files)
        let before = (try bytes(files.checkpoint), try bytes(files.history))
        var other = recipe
        other.training.seed = 8
        try Trainer(other, data: images).run(files: files) { $0.step < 2 }
        #expect(files.hasState && exists(files.last))
        #expect(try bytes(files.checkpoint) == before.0 && bytes(files.history) == before.1)
        try Trainer(other, data: images).run(files: files, resume: true)
        #expect(try bytes(files.checkpoint) != before.0 && epochsInHistory(files) == [1, 2, 3, 4, 5])
    }

    /// Nothing that was good is lost with it, and nothing is left that leads there again.
    @Test(arguments: [false, true]) func whatIsNotANumberLeavesTheBestBefore(validating: Bool) throws {
        let recipe = try Recipe.small(
            training: "epochs: 40, batch: 8, optimizer: sgd, learning-rate: 0.01, seed: 3"
                + (validating ? ", validation: {share: 0.5, ways: 2, episodes: 20}" : ""),
            backbone: "  - flatten\n  - dense: {units: 4, kernel-l2: 15000}")
        let files = files()
        let error = try #require(
            #expect(throws: TrainingError.self) {
                try Trainer(recipe, data: images).run(files: files, interval: .zero)
            })
        guard case .notANumber(let epoch, _, let what, _, _, let best) = error else { throw error }
        #expect(epoch > 2 && what == "the penalties of the weights (L1, L2)", "\(what)")
        #expect(!files.hasState && (best != nil) == validating)
        #expect(try epochsInHistory(files, validating: validating) == Array(1..<epoch))
        #expect(exists(files.checkpoint) == validating)
        if validating {
            #expect(try Checkpoint(contentsOf: files.checkpoint).details.epochs == best)
            #expect(error.description.contains("the checkpoint is that of epoch \(best!), the best before"))
        }
    }

    /// A kill in the middle of an epoch: what was saved before counts.
    @Test func aKilledRunGoesOnFromItsLastSave() throws {
        struct Killed: Error {}
        #expect(throws: Killed.self) {
            try Trainer(recipe, data: images).run(files: files(), interval: .zero) {
                if $0.epoch == 3 && $0.step == 2 { throw Killed() }
                return true
            }
        }
        #expect(files().hasState && !exists(files().checkpoint))
        #expect(try epochsInHistory(files()) == [1, 2])
        try Trainer(recipe, data: images).run(files: files(), resume: true)
        #expect(try bytes(files().checkpoint) == straightThrough())
        #expect(try epochsInHistory(files()) == [1, 2, 3, 4, 5])
    }

    /// SIGKILL at any moment, again and again, each process with other threads: the bytes are those of one run.
    @Test func killedAgainAndAgain() async throws {
        let path = files().checkpoint
        var done = 0
        for delay in [0, 30_000, 5_000, 60_000, 15_000] {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, delay = delay as Int, done = done as Int] in
                let (files, images) = (TrainingFiles(checkpoint: path), DrawnSymbols(6, seed: 9).images)
                let recipe = try Recipe.small(training: "epochs: 1000000, batch: 10, seed: 3")
                let trainer = try Trainer(
                    recipe, data: images, pool: ThreadPool(threads: 1 + delay / 5000 % 2))
                let resume = files.hasState
                Thread {
                    // Not before it has come further than the one before.
                    while !files.hasState || ((try? files.records().count) ?? 0) <= done { usleep(1000) }
                    usleep(UInt32(delay))
                    kill(getpid(), SIGKILL)
                }.start()
                try trainer.run(files: files, resume: resume, interval: .zero)
            }
            let history = try epochsInHistory(files())
            #expect(history.count > done && history == Array(1...max(history.count, 1)) && files().hasState)
            done = history.count
        }
        var recipe = recipe
        recipe.training.epochs = done + 5
        try Trainer(recipe, data: images).run(files: files(), resume: true)
        let straight = try Trainer(recipe, data: images)
        try straight.run()
        #expect(try bytes(path) == straight.checkpoint.bytes)
        #expect(try epochsInHistory(files()) == Array(1...done + 5))
    }

    private func epochsInHistory(_ files: TrainingFiles, validating: Bool = false) throws -> [Int] {
        let lines = try String(contentsOfFile: files.history, encoding: .utf8).split(separator: "\n")
        return try lines.filter { !$0.contains("\"stopped\":") }.map { line in
            let record = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: NSNumber])
            #expect(
                Set(record.keys)
                    == Set([
                        "epoch", "loss", "embedding", "cross_entropy", "penalty", "pair_accuracy", "active",
                        "positive_distance", "negative_distance", "learning_rate", "images_per_second",
                        "seconds", "class_accuracy",
                    ]).union(validating ? ["one_shot", "verification"] : []))
            return try #require(record["epoch"]).intValue
        }
    }

    @Test func historyHasALineAnEpoch() throws {
        let straight = try Trainer(recipe, data: images).run(files: files("straight"))
        #expect(try epochsInHistory(files("straight")) == [1, 2, 3, 4, 5])
        try interrupt(after: 2, files())
        #expect(try epochsInHistory(files()) == [1, 2])
        let resumed = try Trainer(recipe, data: images).run(files: files(), resume: true)
        #expect(try epochsInHistory(files()) == [1, 2, 3, 4, 5])
        #expect(
            resumed.finalLoss == straight.finalLoss && resumed.labels == images.labels && resumed.images == 24
        )
        // A new run begins a new history with its first epoch.
        try interrupt(after: 1, TrainingFiles(checkpoint: files().checkpoint, replacing: true))
        #expect(try epochsInHistory(files()) == [1])
    }

    /// Whatever moment a run is killed at, no epoch is in the state but not in the history.
    @Test func theHistoryIsNeverBehindTheState() throws {
        let files = files()
        var saved: [UInt8] = []
        #expect(throws: TrainingError.self) {
            try Trainer(recipe, data: images).run(files: files, interval: .zero) { progress in
                if progress.epoch == 2 && progress.step == 1 {
                    saved = try bytes(files.history)
                    try FileManager.default.removeItem(atPath: files.history)
                    try FileManager.default.createDirectory(
                        atPath: files.history, withIntermediateDirectories: true)
                }
                return true
            }
        }
        try FileManager.default.removeItem(atPath: files.history)
        try Data(saved).write(to: URL(filePath: files.history))
        try Trainer(recipe, data: images).run(files: files, resume: true)
        #expect(try epochsInHistory(files) == [1, 2, 3, 4, 5])
    }

    private func message(_ recipe: Recipe, _ images: PreparedImages, _ files: TrainingFiles) -> String? {
        do {
            try Trainer(recipe, data: images).run(files: files, resume: true)
            return nil
        } catch { return "\(error)" }
    }

    @Test func aCosineKeepsItsEpochs() throws {
        var cosine = recipe
        cosine.training.schedule = .cosine(warmUp: 0, floor: 0)
        try Trainer(cosine, data: images).run(files: files()) { $0.finished?.epoch != 3 }
        cosine.training.epochs = 9
        #expect(
            message(cosine, images, files())?.contains(
                "another recipe: training.epochs was 5 and is 9 (a cosine schedule depends on it)") == true)
    }

    @Test func refusesAnotherRunsState() throws {
        let (files, state) = (files(), files().state)
        #expect(
            message(recipe, images, files)
                == "there is no interrupted run at \(state)")
        try interrupt(after: 3, files)
        let saved = try bytes(state)
        #expect { try Trainer(recipe, data: images).run(files: files) } throws: { error in
            "\(error)".hasPrefix("\(state) holds an interrupted run; go on with it, or delete it")
        }
        #expect(try bytes(state) == saved)
        let advice = "; use the recipe, data and seed of that run, or delete it to train from the beginning"
        var other = recipe
        other.training.seed = 4
        #expect(
            message(other, images, files)
                == "\(state) is from a run with another recipe: training.seed was 3 and is 4" + advice)
        other = recipe
        other.training.loss.margin = 2
        #expect(
            message(other, images, files)
                == "\(state) is from a run with another recipe: training.margin was 1.0 and is 2.0" + advice)
        #expect(
            message(recipe, DrawnSymbols(6, seed: 10).images, files)
                == "\(state) is from a run with another data set" + advice)
        // Which pictures are taken is said by keys, too, and all are named.
        other = recipe
        other.data.imagesPerClass = 3
        let fewer = DrawnSymbols(5, seed: 9).images
        #expect(
            message(other, fewer, files)
                == "\(state) is from a run with another recipe: data.images-per-class was not there and is 3"
                + advice)
        other.training.loss.margin = 2
        #expect(
            message(other, fewer, files)
                == "\(state) is from a run with another recipe: training.margin was 1.0 and is 2.0, "
                + "data.images-per-class was not there and is 3" + advice)
        var renamed = DrawnSymbols(6, seed: 9)
        renamed.labels = renamed.labels.map { $0 == "bar" ? "beam" : $0 }
        #expect(message(recipe, renamed.images, files)?.contains("another data set") == true)
        other = recipe
        other.training.epochs = 2
        #expect(
            message(other, images, files)
                == "\(state) is from a run that has done 3 epochs, more than the recipe's 2; "
                + "raise epochs, or delete it to train from the beginning")
        // All that was refused has left the state as it was; more epochs are welcome.
        other.training.epochs = 7
        try Trainer(other, data: images).run(files: files, resume: true)
        #expect(try Checkpoint(contentsOf: files.checkpoint).details.epochs == 7)
        #expect(try epochsInHistory(files) == Array(1...7))
    }

    @Test func refusesADamagedState() throws {
        let files = TrainingFiles(checkpoint: files().checkpoint, replacing: true)
        let straight = try straightThrough()
        try interrupt(after: 4, files)
        let good = try bytes(files.state)
        var generator = SeededGenerator(seed: 5)
        for round in 0..<300 {
            var damaged = good
            switch round % 3 {
            case 0: damaged.removeLast(Int.random(in: 1...good.count, using: &generator))
            case 1:
                // In the header, where the epoch and the hashes are.
                damaged[Int.random(in: 0..<900, using: &generator)] ^= UInt8(
                    1 << Int.random(in: 0..<8, using: &generator))
            default:
                damaged[Int.random(in: 0..<good.count, using: &generator)] ^= UInt8(
                    1 << Int.random(in: 0..<8, using: &generator))
            }
            try Data(damaged).write(to: URL(filePath: files.state))
            do {
                try Trainer(recipe, data: images).run(files: files, resume: true)
                // A blank of the header may have become another blank.
                #expect(try bytes(files.checkpoint) == straight, "round \(round)")
            } catch let error as TrainingError {
                switch error {
                case .unreadableState, .otherRun: break
                default: Issue.record("round \(round): \(error)")
                }
            }
        }
        try Data(good).write(to: URL(filePath: files.state))
        try Trainer(recipe, data: images).run(files: files, resume: true)
        #expect(try bytes(files.checkpoint) == straight)
        try Data(straight).write(to: URL(filePath: files.state))
        #expect(message(recipe, images, files)?.contains("it is not the state of a run") == true)
    }

    @Test func findsOutBeforeTrainingThatItCannotWrite() throws {
        let file = try folder.write("file", "x")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/results.safetensors", withIntermediateDirectories: true)
        for checkpoint in [
            "/nowhere/at/all/x.safetensors", "\(file)/x.safetensors", "\(folder.path)/results.safetensors",
            "\(folder.path)/",
        ] {
            var steps = 0
            do {
                _ = try Trainer(recipe, data: images).run(files: TrainingFiles(checkpoint: checkpoint)) { _ in
                    steps += 1
                    return true
                }
                Issue.record("\(checkpoint) was written")
            } catch let error as TrainingError {
                guard case .unwritable = error else { throw error }
                #expect(error.description.hasPrefix("can't write "))
            }
            #expect(steps == 0, "\(checkpoint)")
        }
    }

    @Test func namesOfFiles() {
        let files = TrainingFiles(checkpoint: "a/b.safetensors")
        #expect(files.history == "a/b.history.jsonl" && files.state == "a/b.resume.safetensors")
        #expect(TrainingFiles(checkpoint: "a/b").history == "a/b.history.jsonl")
    }

    @Test func reportAsJSON() throws {
        let report = try Trainer(recipe, data: images).run(files: files())
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
        #expect(
            Set(try #require(json).keys) == [
                "checkpoint", "epochs", "images_per_second", "final_loss", "validation", "seconds", "images",
                "labels", "finished", "best_epoch", "stopped_early", "collapsed",
            ])
    }
}
