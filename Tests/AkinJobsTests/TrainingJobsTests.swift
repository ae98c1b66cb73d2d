import Akin
import AkinBasics
import Foundation
import Synchronization
import TestSupport
import Testing

/// Training, running a recipe and leave-one-out with retraining, as a program does it that is not `akin`: with a network
/// so small that it takes no time.
@Suite struct TrainingJobsTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }
    private var checkpoint: String { folder + "/out.safetensors" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
    }

    private static let text = """
        name: seals
        data: {format: folder, folder: pictures}
        preprocessing: {size: 12, placement: stretch}
        backbone:
          - conv2d: {filters: 4, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - flatten
          - dense: {units: 8, activation: sigmoid}
        training: {batch: 12, epochs: 30, learning-rate: 0.01}
        evaluation: {protocol: leave-one-out, classifiers: [nearest-neighbours], k: 1}

        """

    private func recipe(_ text: String = text) throws -> Recipe {
        try Recipe(contentsOf: try workshop.folder.write("recipe.yaml", text))
    }

    @Test func trains() throws {
        try workshop.folder.write("pictures/cook/broken.png", "no picture")
        let recorder = Recorder()
        let result = try TrainBackbone(try recipe(), output: checkpoint).run(recorder.monitor)
        #expect(result.report.finished && result.report.epochs == 30 && result.skipped.count == 1)
        #expect(try keys(of: result) == keys(of: result.report))
        #expect(recorder.titles == ["training"] && recorder.notes == ["skipped 1 image"])
        let last = try #require(recorder.updates.last)
        #expect(last.done == last.total && last.note.hasPrefix("epoch 30 of 30, loss "))
        #expect(try Checkpoint(contentsOf: checkpoint).dimension == 8)
    }

    /// Without a file that says how, and what does not make sense is said before a picture is read.
    @Test func trainsAsSaidInSwift() throws {
        var recipe = Recipe(
            name: "small", data: .init(folder: workshop.pictures),
            preprocessing: .init(trusted: 12, width: 12),
            backbone: [.flatten, .dense(units: 4, activation: .sigmoid)], training: .init(epochs: 2))
        let result = try RunRecipe(recipe, into: folder + "/results").run(Monitor())
        #expect(result.runs[0].index.items == 12 && result.runs[0].evaluation.isEmpty)
        recipe.index.metric = .learnedL1
        for pictures in [nil, folder + "/nowhere"] {
            #expect(throws: RecipeError.noLearnedMetric(path: recipe.path)) {
                try RunRecipe(recipe, pictures: pictures).run(Monitor())
            }
        }
    }

    @Test func goesOnWhereItWasCancelled() throws {
        let whole = folder + "/whole.safetensors"
        try TrainBackbone(try recipe(), output: whole).run(Monitor())

        let job = TrainBackbone(try recipe(), output: checkpoint)
        let report = try job.run(Recorder(cancellingAfter: 7).monitor).report
        #expect(!report.finished && report.epochs == 7)
        #expect(throws: TrainingError.self) { try job.run(Monitor()) }
        let rest = try TrainBackbone(try recipe(), output: checkpoint, resuming: true).run(Monitor())
        #expect(rest.report.finished)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: checkpoint))
                == Data(contentsOf: URL(fileURLWithPath: whole)))
    }

    /// A classifier with a setting has files of its own, whose names every file system takes.
    @Test func filesOfAClassifierWithASetting() throws {
        var recipe = try recipe()
        recipe.evaluation.classifiers = ["nearest-neighbours:3", "nearest-neighbours"]
        let run = try RunRecipe(recipe).run(Monitor()).runs[0]
        #expect(run.evaluation.map(\.classifier) == recipe.evaluation.classifiers)
        let names = Set(try Folder.entries(folder + "/report").map(\.name))
        #expect(names.isSuperset(of: ["nearest-neighbours-3.json", "nearest-neighbours-3.html"]))
        #expect(names.contains("nearest-neighbours.html") && !names.contains { $0.contains(":") })
        // They are known as this recipe's own, and come anew.
        try RunRecipe(recipe).run(Monitor())
    }

    /// Under another name the same pictures are drawn of it, and they are still its own.
    @Test func goesOnUnderAnotherName() throws {
        let curves = TrainingFiles(checkpoint: checkpoint).curves
        try TrainBackbone(try recipe(), output: checkpoint).run(Monitor())
        var longer = try recipe()
        (longer.name, longer.training.epochs) = ("Loss & <gain>", 32)
        try TrainBackbone(longer, output: checkpoint, resuming: true).run(Monitor())
        #expect(
            try String(contentsOfFile: curves, encoding: .utf8).contains("<title>Loss &amp; &lt;gain&gt;"))
        (longer.name, longer.training.epochs) = ("seals", 33)
        #expect(
            try TrainBackbone(longer, output: checkpoint, resuming: true).run(Monitor()).report.epochs == 33)
        // What somebody has drawn is not.
        let own = try String(contentsOfFile: curves, encoding: .utf8)
        try own.replacing("Loss</text>", with: "Mine</text>").write(
            toFile: curves, atomically: true, encoding: .utf8)
        longer.training.epochs = 34
        #expect(throws: TrainingError.anothersFile(path: curves)) {
            try TrainBackbone(longer, output: checkpoint, resuming: true).run(Monitor())
        }
    }

    @Test func runsARecipeStepByStep() throws {
        let steps = Mutex<[String]>([])
        let result = try RunRecipe(try recipe()).run(Monitor()) { step in
            let name =
                switch step {
                case .began: "began"
                case .trained: "trained"
                case .indexed(let path, let stats): "\(path) \(stats.items)"
                case .evaluated(let evaluation): "\(evaluation.classifier) \(evaluation.accuracy)"
                case .wrote(let sheet): sheet
                }
            steps.withLock { $0.append(name) }
        }
        let report = folder + "/report/nearest-neighbours"
        #expect(
            steps.withLock { $0 } == [
                "trained", "\(folder)/index 12",
                "nearest-neighbours \(result.runs[0].evaluation[0].accuracy)",
                "\(report).html",
            ])
        #expect(try keys(of: result) == ["seed", "train", "index", "evaluation"])
        let written = try Data(contentsOf: URL(fileURLWithPath: report + ".json"))
        #expect(try jsonLine(of: result.runs[0].evaluation[0]) == written)
        let answer = try Query([workshop.pictures + "/cook/1.png"], in: .folder(folder + "/index"))
            .run(Monitor())
        #expect(answer.answers.map(\.label) == ["cook"])
    }

    /// Pictures trained on and held out side by side: epoch by epoch, and in what is evaluated at the end.
    @Test func tellsWhatIsLearnedByHeart() throws {
        let text = Self.text
            .replacing("folder: pictures}", with: "folder: pictures, test: {share: 0.5}}")
            .replacing("epochs: 30", with: "epochs: 3, held-out-pictures: 6")
        for (procedure, name) in [("pairs", "pairs-of-all"), ("episodes, ways: 2", "episodes")] {
            let asked = text.replacing(
                "protocol: leave-one-out", with: "protocol: \(procedure), training: true")
            let run = try RunRecipe(try recipe(asked)).run(Monitor()).runs[0]
            let procedure = String(procedure.prefix { $0 != "," })
            #expect(
                run.evaluation.map(\.classifier) == (procedure == "pairs" ? ["pairs-of-trained-classes"] : [])
                    + [name, "\(procedure)-of-training-pictures"])
            let records = try TrainingFiles(checkpoint: folder + "/seals.safetensors").records()
            #expect(records.count == 3 && records.allSatisfy { $0.heldOut != nil && $0.newClasses == nil })
        }
        #expect(throws: RecipeError.self) {
            try recipe(Self.text.replacing("k: 1}", with: "k: 1, training: true}"))
        }
    }

    @Test func repeatsARecipe() throws {
        let result = try RunRecipe(try recipe(), into: folder + "/results", repeats: 2).run(Monitor())
        #expect(result.runs.map(\.seed) == [1, 2].map { $0 + result.runs[0].seed - 1 })
        #expect(result.summary.map(\.runs) == [2] && result.summary[0].classifier == "nearest-neighbours")
        #expect(try keys(of: result) == ["runs", "summary"])
        // Each is kept, not only what they come to together.
        let compared = try CompareRuns([folder + "/results"]).run(Monitor())
        #expect(compared.runs.map(\.seed) == result.runs.map(\.seed))
        #expect(compared.runs.map(\.evaluation[0].accuracy) == result.runs.map { $0.evaluation[0].accuracy })
        #expect(compared.runs.map(\.finalLoss) == result.runs.map { $0.train?.finalLoss })
        #expect(compared.runs.allSatisfy { $0.history.count == 30 } && compared.same.isEmpty)
        #expect(compared.differences.map(\.key) == ["training.seed"])

        // Cancelled in the second, when the first has told of its epochs and its indexing.
        let recorder = Recorder()
        try RunRecipe(try recipe(), into: folder + "/once").run(recorder.monitor)
        let second = RunRecipe(try recipe(), into: folder + "/twice", repeats: 2)
        #expect(
            try interruption(second, after: recorder.updates.count + 3)
                == .repetition(seed: result.runs[1].seed, left: 1))
    }

    @Test func aRunIsCancelledAtEachOfItsSteps() throws {
        let job = RunRecipe(try recipe())
        #expect(try interruption(job, after: 5) == .training)
        #expect(!EmbeddingIndex.exists(at: folder + "/index"))
        var rest = job
        rest.resumes = true
        // The other epochs, and the beginning of the indexing.
        #expect(try interruption(rest, after: 25) == .indexing)
        #expect(
            try !FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.contains("index") })
        try job.run(Monitor())
        try RelabelItems(
            ItemSelection(labels: ["cook"]), of: .folder(folder + "/index"), to: "chef"
        ).run(Monitor())
        #expect(throws: JobError.otherIndex(folder + "/index")) { try job.run(Monitor()) }
    }

    /// Only what a run has made, and nobody changed since, makes room for the next one.
    @Test func aRunReplacesItsOwnFilesOnly() throws {
        let job = RunRecipe(try recipe(), into: folder + "/results")
        try job.run(Monitor())
        try job.run(Monitor())
        for name in [
            "seals.safetensors", "seals.history.jsonl", "seals.history.svg", "report/nearest-neighbours.json",
            "report/nearest-neighbours.html",
        ] {
            let file = try workshop.folder.write("results/" + name, "mine")
            let refusal = #expect(throws: (any Error).self) { try job.run(Monitor()) }
            #expect(
                "\(try #require(refusal))" == "can't write \(file): it is there already; choose another name")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
            var forced = job
            forced.replaces = true
            try forced.run(Monitor())
            #expect(try Data(contentsOf: URL(filePath: file)) != Data("mine".utf8))
            try job.run(Monitor())
        }
        // An index that somebody else has made, with one change as that of a run has.
        try Folder.remove(folder + "/results/index")
        let other = try Workshop.checkpoint()
        _ = try EmbeddingIndex.create(at: folder + "/results/index", backbone: other)
        #expect(throws: JobError.otherIndex(folder + "/results/index")) { try job.run(Monitor()) }
    }

    /// Nor what somebody has put there, or changed, while it went on.
    @Test func aRunLooksAgainBeforeItReplaces() throws {
        let job = RunRecipe(try recipe(), into: folder + "/results")
        try job.run(Monitor())
        let page = folder + "/results/report/nearest-neighbours.html"
        #expect(throws: WriteError.self) {
            try job.run(Monitor()) { step in
                if case .indexed = step { try Data("mine".utf8).write(to: URL(filePath: page)) }
            }
        }
        #expect(try String(contentsOfFile: page, encoding: .utf8) == "mine")
        try Folder.remove(page)
        let index = IndexPlace.folder(folder + "/results/index")
        #expect(throws: JobError.otherIndex(index.path)) {
            try job.run(Monitor()) { step in
                guard case .trained = step else { return }
                try RelabelItems(ItemSelection(labels: ["cook"]), of: index, to: "chef").run(Monitor())
            }
        }
        #expect(try DescribeIndex(index).run(Monitor()).stats.labels["chef"] == 4)
        #expect(try Folder.entries(folder + "/results").allSatisfy { !$0.name.hasSuffix(".part") })
    }

    /// A checkpoint that has come meanwhile stays, and what was trained is not lost.
    @Test func aCheckpointThatComesMeanwhileStays() throws {
        let job = TrainBackbone(try recipe(), output: checkpoint)
        let put = Monitor(progress: { [checkpoint] progress in
            if progress.done > 0, !Folder.isThere(checkpoint) {
                try? Data("mine".utf8).write(to: URL(filePath: checkpoint))
            }
        })
        let refusal = #expect(throws: CheckpointError.self) { try job.run(put) }
        #expect(refusal == .unwritable(WriteError(path: checkpoint, code: EEXIST)))
        #expect(try String(contentsOfFile: checkpoint, encoding: .utf8) == "mine")
        var rest = job
        rest.resumes = true
        #expect(throws: TrainingError.self) { try rest.run(Monitor()) }
        try Folder.remove(checkpoint)
        #expect(try rest.run(Monitor()).report.finished)
        #expect(try Checkpoint(contentsOf: checkpoint).dimension == 8)
    }

    /// Nor does a training; its recipe least of all.
    @Test func aTrainingReplacesNothingUnasked() throws {
        let (recipe, text) = (try recipe(), Self.text)
        let job = TrainBackbone(recipe, output: checkpoint)
        try job.run(Monitor())
        let before = try Data(contentsOf: URL(filePath: checkpoint))
        let refusal = #expect(throws: TrainingError.self) { try job.run(Monitor()) }
        #expect(refusal == .unwritable(WriteError(path: checkpoint, code: EEXIST)))
        #expect(try Data(contentsOf: URL(filePath: checkpoint)) == before)
        for output in [folder + "/recipe.yaml", workshop.pictures + "/cook/0.png"] {
            #expect(throws: TrainingError.self) { try TrainBackbone(recipe, output: output).run(Monitor()) }
            #expect(throws: JobError.fileInUse(output, by: .input)) {
                try TrainBackbone(recipe, output: output, replacing: true).run(Monitor())
            }
        }
        #expect(try String(contentsOfFile: folder + "/recipe.yaml", encoding: .utf8) == text)
        // The checkpoint that it starts from, whose path is relative to the recipe.
        let starting = try self.recipe(
            text.replacing("epochs: 30", with: "epochs: 1, start: small.safetensors"))
        #expect(throws: JobError.fileInUse(workshop.backbone, by: .input)) {
            try TrainBackbone(starting, output: workshop.backbone, replacing: true).run(Monitor())
        }
        var again = job
        again.replaces = true
        #expect(try again.run(Monitor()).report.finished)
    }

    @Test func leavesOneOutWithRetraining() throws {
        let recorder = Recorder()
        let job = EvaluateRetraining(try recipe(), classifier: .nearestNeighbours(k: 1))
        let report = try job.run(recorder.monitor)
        #expect(report.items == 12 && report.retrained)
        #expect(recorder.titles == ["retraining"] && recorder.updates.last?.done == 12)
        #expect(recorder.updates.last?.note.hasSuffix("so far") == true)
        #expect(try interruption(job, after: 3) == .wroteNothing)
    }

    private func leftOut(_ result: RunRecipe.Result) throws -> LeaveOneOutReport {
        guard case .leaveOneOut(let report) = result.runs[0].evaluation[0].report else {
            throw CancellationError()
        }
        return report
    }

    /// A run that was interrupted while it retrained goes on with the fold at which it stood, and comes to the same.
    @Test func retrainingGoesOnWhereItStood() throws {
        var recipe = try recipe()
        recipe.evaluation.retrain = true
        let recorder = Recorder()
        let expected = try RunRecipe(recipe, into: folder + "/whole").run(recorder.monitor)
        let folds = folder + "/part/report/folds"
        #expect(!Folder.isThere(folder + "/whole/report/folds"))

        var job = RunRecipe(recipe, into: folder + "/part")
        #expect(try interruption(job, after: recorder.updates.count - 4) == .retraining)
        let kept = try Folder.entries(folds).map(\.name)
        #expect(kept.contains("training.json") && 2..<13 ~= kept.count)
        #expect(throws: TrainingError.interruptedRun(path: folds)) { try job.run(Monitor()) }
        job.resumes = true
        var other = job
        other.recipe.training.seed += 1
        #expect(throws: TrainingError.otherRun(path: folds, differs: "recipe, seed or data set")) {
            try other.run(Monitor())
        }
        // A damaged fold is trained again.
        let one = try #require(kept.first { $0 != "training.json" })
        try "damaged".write(toFile: folds + "/" + one, atomically: true, encoding: .utf8)
        let rest = Recorder()
        let found = try job.run(rest.monitor)
        #expect(!rest.titles.contains("training") && rest.titles.last == "retraining")
        let (ours, whole) = (try leftOut(found), try leftOut(expected))
        #expect(ours.errors == whole.errors && ours.mistakes == whole.mistakes)
        #expect(!Folder.isThere(folds))
    }

    @Test func whatARecipeWantsAndHasNot() throws {
        let recipe = try recipe()
        func problem(_ job: some Job) throws -> RecipeProblem {
            let error = try #require(throws: JobError.self) { try job.run(Monitor()) }
            guard case .recipe(recipe.path, let problem) = error else { throw error }
            return problem
        }
        let nowhere = folder + "/nowhere"
        guard case .noPictures(nowhere, _) = try problem(TrainBackbone(recipe, pictures: nowhere)) else {
            Issue.record("another problem")
            return
        }
        var asking = recipe
        asking.evaluation.procedure = .test
        #expect(try problem(RunRecipe(asking)) == .noTest)
        #expect(try CheckTraining(of: TrainBackbone(asking)).run(Monitor()).problems.count == 1)
        asking = recipe
        asking.evaluation.classifiers = ["nearest-neighbours", "head"]
        #expect(try problem(RunRecipe(asking)) == .headWithoutTest)
    }

    /// Before anything is trained, and when it is only looked at.
    @Test(arguments: ["learned-similarity", "knn"])
    func aClassifierThatCannotAnswerIsRefused(_ classifier: String) throws {
        var recipe = try recipe()
        recipe.evaluation.classifiers = ["nearest-neighbours", classifier]
        let error = try #require(throws: ClassificationError.self) { try RunRecipe(recipe).run(Monitor()) }
        #expect(!Folder.isThere(folder + "/seals.safetensors") && !Folder.isThere(folder + "/index"))
        let problems = try CheckTraining(of: TrainBackbone(recipe)).run(Monitor()).problems
        #expect(problems.map { "\($0)" } == ["\(error)"])
        recipe = Recipe(
            data: .init(folder: workshop.pictures), preprocessing: .init(trusted: 12, width: 12),
            backbone: [],
            evaluation: recipe.evaluation)
        recipe.ready = "pixels-grey"
        #expect(throws: ClassificationError.self) {
            try RunRecipe(recipe, into: folder + "/ready").run(Monitor())
        }
        #expect(!Folder.isThere(folder + "/ready"))
    }
}
