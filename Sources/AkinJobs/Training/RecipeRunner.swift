import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinEvaluation
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinReporting
import AkinTraining
import AkinVectorSearch
import CAkinFiles
import Foundation

/// One run of a recipe, step by step.
struct RecipeRunner {
    private let recipe: Recipe
    private let job: RunRecipe
    private let images: PreparedImages
    /// Only the files of the first run are kept; those of the others come into a temporary folder.
    private let isFirst: Bool
    private let folder: String
    private let monitor: Monitor

    /// - Parameter recipe: That of the job, with this run's seed.
    init(_ recipe: Recipe, _ job: RunRecipe, _ images: PreparedImages, isFirst: Bool, _ monitor: Monitor) {
        self.recipe = recipe
        self.job = job
        self.images = images
        self.isFirst = isFirst
        folder =
            isFirst
            ? job.folder : FileManager.default.temporaryDirectory.path + "/akin-\(UUID().uuidString)"
        self.monitor = monitor
    }

    /// Trains, indexes and evaluates.
    func run(_ each: (RunRecipe.Step) throws -> Void) throws -> RecipeRun {
        do { try Folder.make(folder + "/report") } catch {
            throw JobError.unwritableFolder(folder + "/report")
        }
        defer { if !isFirst { try? Folder.remove(folder) } }

        let files = TrainingFiles(checkpoint: folder + "/" + recipe.name + ".safetensors")
        let trained = try monitor.train(recipe, images, files: files, resuming: isFirst && job.resumes)
        guard trained.finished else { throw JobError.interrupted(.training) }
        if let failure = trained.failure(of: recipe) { monitor.note(.collapsedTraining(failure)) }
        try each(.trained(trained))

        let checkpoint = try Checkpoint(contentsOf: files.checkpoint)
        let index = try makeIndex(folder + "/index", checkpoint)
        let stats = try index.stats()
        try each(.indexed(index.path, stats))

        let held = try recipe.picturesToAskAbout(folder: job.pictures)
            .map { HeldOutImages($0, for: checkpoint) }
        let evaluations = try held.map { try evaluate(index, checkpoint, $0) } ?? leaveOneOut(index)
        for evaluation in evaluations {
            let path = "\(folder)/report/\(evaluation.classifier)"
            try AtomicFile.write(jsonLine(of: evaluation), to: path + ".json")
            try each(.evaluated(evaluation))
            guard let sheet = sheet(of: evaluation) else { continue }
            try sheet.write(to: path + ".html")
            if isFirst { try each(.wrote(sheet: path + ".html")) }
        }
        return RecipeRun(
            seed: recipe.training.seed, train: trained, index: stats, evaluation: evaluations,
            skipped: held?.skipped ?? [])
    }

    /// Its mistakes; nil of episodes and pairs.
    private func sheet(of evaluation: RecipeEvaluation) -> Sheet? {
        let pictures = SourcePictures()
        switch evaluation.report {
        case .leaveOneOut(let report):
            return Sheet(
                mistakesOf: report, title: "\(recipe.name): leave-one-out", picture: pictures.picture(of:))
        case .test(let report):
            return Sheet(
                mistakesOf: report, title: "\(recipe.name): test set", limit: 60,
                picture: pictures.picture(of:)
            )
        case .episodes, .pairs: return nil
        }
    }
}

/// The index.
extension RecipeRunner {
    /// A fresh index of the pictures trained on, put in the place of an older one when it is complete.
    private func makeIndex(_ path: String, _ checkpoint: Checkpoint) throws -> EmbeddingIndex {
        if Folder.isThere(path) && !EmbeddingIndex.exists(at: path) {
            throw JobError.inTheWay(path)
        }
        let part = path + ".part"
        try? Folder.remove(part)
        do {
            let index = try EmbeddingIndex.create(
                at: part, backbone: checkpoint, metric: recipe.index.metric)
            _ = try monitor.inTransactions("indexing", interruption: { _, _ in .indexing }) {
                try index.add(
                    recipe.trainingData(folder: job.pictures), embedder: Embedder(checkpoint),
                    isCancelled: $0, progress: $1)
            }
        } catch {
            // On a full disk it would take the room that is needed.
            try? Folder.remove(part)
            throw error
        }
        if !Folder.isThere(path) {
            try Folder.move(part, to: path)
        } else if akin_exchange(PathText.system(part), PathText.system(path)) == 0 {
            try? Folder.remove(part)
        } else {
            // A file system that can't exchange two folders.
            try Folder.remove(path)
            try Folder.move(part, to: path)
        }
        return try EmbeddingIndex(opening: path, readOnly: true)
    }
}

/// The evaluations.
extension RecipeRunner {
    private func evaluate(
        _ index: EmbeddingIndex, _ checkpoint: Checkpoint, _ held: HeldOutImages
    ) throws -> [RecipeEvaluation] {
        switch recipe.evaluation.procedure {
        case .leaveOneOut, nil: return []
        case .pairs: return try pairs(checkpoint, held)
        case .episodes:
            let report = try held.episodes(
                recipe.episodes, metric: try checkpoint.metric(recipe.trainedMetric))
            return [RecipeEvaluation(classifier: "episodes", report: .episodes(report))]
        case .test:
            return try recipe.evaluation.classifiers.map { name in
                let outcomes =
                    name == Recipe.head
                    ? try held.outcomes(byHeadOf: checkpoint)
                    : try held.outcomes(
                        in: index, classifier: Classifier(named: name, k: recipe.evaluation.k)
                    ).outcomes
                return RecipeEvaluation(classifier: name, report: .test(HoldOutReport(outcomes)))
            }
        }
    }

    /// Nothing where the recipe asks for no evaluation.
    private func leaveOneOut(_ index: EmbeddingIndex) throws -> [RecipeEvaluation] {
        guard recipe.evaluation.procedure == .leaveOneOut else { return [] }
        if recipe.evaluation.retrain {
            return try recipe.classifiers().map {
                RecipeEvaluation(
                    classifier: $0.name,
                    report: .leaveOneOut(try monitor.retrain(recipe, images, classifier: $0)))
            }
        }
        return try recipe.classifiers().map {
            RecipeEvaluation(
                classifier: $0.name,
                report: .leaveOneOut(LeaveOneOutReport(try LeaveOneOut.outcomes(in: index, classifier: $0))))
        }
    }

    /// Same or different, on held-out pictures of the classes trained on, of the others and of all (seeds 002 and 004).
    private func pairs(_ checkpoint: Checkpoint, _ held: HeldOutImages) throws -> [RecipeEvaluation] {
        let trained = Set(checkpoint.details.labels)
        let parts = [
            ("pairs-of-trained-classes", held.only { trained.contains($0) }),
            ("pairs-of-new-classes", held.only { !trained.contains($0) }), ("pairs-of-all", held),
        ]
        let metric = try checkpoint.metric(recipe.trainedMetric)
        return try parts.compactMap { name, held in
            guard !held.labels.isEmpty else { return nil }
            do throws(EvaluationError) {
                let report = try held.pairs(
                    count: recipe.evaluation.pairs,
                    threshold: metric == .l2 ? recipe.training.loss.border : nil,
                    metric: metric, seed: recipe.training.seed)
                return RecipeEvaluation(classifier: name, report: .pairs(report))
            } catch {
                // One class, say, is too little for pairs of new classes; the other two can be had.
                guard case .fewShot = error, name != "pairs-of-all" else { throw error }
                monitor.note(.leftOut(name, error))
                return nil
            }
        }
    }
}
