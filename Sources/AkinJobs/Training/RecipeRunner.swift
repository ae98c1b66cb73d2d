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
    /// Nil where nothing is trained.
    private let images: PreparedImages?
    /// Only the files of the first run are kept; those of the others come into a temporary folder.
    private let isFirst: Bool
    private let folder: String
    private let monitor: Monitor

    /// - Parameter recipe: That of the job, with this run's seed.
    init(_ recipe: Recipe, _ job: RunRecipe, _ images: PreparedImages?, isFirst: Bool, _ monitor: Monitor) {
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

        let (backbone, trained) =
            try images.map { try train($0, each) } ?? ((recipe.readyName ?? "").backbone(), nil)
        let (index, unread) = try makeIndex(record.index, backbone)
        try note([record.index])
        let stats = try index.stats()
        try each(.indexed(index.path, stats))

        let held = try recipe.picturesToAskAbout(folder: job.pictures)
            .map { HeldOutImages($0, for: backbone) }
        let evaluations =
            try held.map { try evaluate(index, backbone, $0) + onTraining(backbone) } ?? leaveOneOut(index)
        for evaluation in evaluations {
            let report = record.report(evaluation.classifier)
            try record.output(report.json, replacing: job.replaces).write(jsonLine(of: evaluation))
            try note([report.json])
            try each(.evaluated(evaluation))
            guard let sheet = sheet(of: evaluation) else { continue }
            try sheet.write(to: record.output(report.page, replacing: job.replaces))
            try note([report.page])
            if isFirst { try each(.wrote(sheet: report.page)) }
        }
        if recipe.evaluation.retrain { try? Folder.remove(folds.folder) }
        let history = try trained == nil ? [] : files.records()
        return RecipeRun(
            seed: recipe.training.seed, train: trained, index: stats, evaluation: evaluations,
            skipped: (images == nil ? unread : []) + (held?.skipped ?? []),
            history: history, recipe: recipe.text,
            backbone: backbone.identity.hash.description,
            pictures: trained.flatMap { _ in (backbone as? Checkpoint)?.details.pictures })
    }

    private func train(
        _ images: PreparedImages, _ each: (RunRecipe.Step) throws -> Void
    ) throws -> (any Backbone, TrainingReport?) {
        let files = files
        let trained = try finishedTraining(images) ?? train(images, files)
        guard trained.finished else { throw JobError.interrupted(.training) }
        if recipe.evaluation.retrain { try keep(trained, images) }
        if let failure = trained.failure(of: recipe) { monitor.note(.collapsedTraining(failure)) }
        try each(.trained(trained))
        return (try Checkpoint(contentsOf: files.checkpoint), trained)
    }

    /// Whatever becomes of it, what it has written is this run's.
    private func train(_ images: PreparedImages, _ files: TrainingFiles) throws -> TrainingReport {
        let heldOut = try recipe.preparedToMeasure(folder: job.pictures, monitor)
        do {
            let report = try monitor.train(
                recipe, images, heldOut: heldOut, files: files, resuming: isFirst && job.resumes)
            try note(report.finished ? files.outputs : files.unfinishedOutputs)
            return report
        } catch let error as TrainingError {
            if let ruin = error.ruin {
                try note(ruin.bestEpoch == nil ? [files.history, files.curves] : files.outputs)
            }
            throw error
        }
    }

    private var files: TrainingFiles { recipe.trainingFiles(in: folder, replacing: job.replaces) }

    private func note(_ paths: [String]) throws { try record.note(paths, replacing: job.replaces) }

    private var record: RunRecord { RunRecord(folder: folder) }

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

/// What a run keeps that retrains, for as long as it is not through.
extension RecipeRunner {
    private var folds: RetrainedFolds { recipe.folds(in: folder) }

    /// The training with all pictures, when it is done.
    private struct FinishedTraining: Codable {
        let identity: String
        let report: TrainingReport
    }

    private var finished: String { folds.folder + "/training.json" }

    /// That of a run that was interrupted while it retrained.
    private func finishedTraining(_ images: PreparedImages) throws -> TrainingReport? {
        guard isFirst, job.resumes, recipe.evaluation.retrain,
            let bytes = try? FileBytes.read(finished, limit: 1 << 24),
            let training = try? JSONDecoder().decode(FinishedTraining.self, from: Data(bytes))
        else { return nil }
        guard try Trainer(recipe, data: images).identity == training.identity else {
            throw TrainingError.otherRun(path: folds.folder, differs: "recipe, seed or data set")
        }
        return training.report
    }

    private func keep(_ report: TrainingReport, _ images: PreparedImages) throws {
        try Folder.make(folds.folder)
        let training = FinishedTraining(
            identity: try Trainer(recipe, data: images).identity, report: report)
        try OutputFile(finished, replacing: true).write(jsonLine(of: training))
    }
}

/// The index.
extension RecipeRunner {
    /// A fresh index of the pictures trained on, put in the place of an older one when it is complete.
    /// With what could not be read.
    private func makeIndex(
        _ path: String, _ backbone: any Backbone
    ) throws -> (EmbeddingIndex, [Skipped]) {
        if Folder.isThere(path) && !EmbeddingIndex.exists(at: path) {
            throw JobError.inTheWay(path)
        }
        let part = PendingFile.nameBeside(path)
        var unread: [Skipped] = []
        do {
            let index = try EmbeddingIndex.create(
                at: part, backbone: backbone, metric: recipe.ready == nil ? recipe.index.metric : nil)
            if let name = recipe.evaluation.classifiers.first(where: { $0 != Recipe.head }) {
                try index.setClassifier(recipe.classifier(name))
            }
            unread = try monitor.inTransactions("indexing", interruption: { _, _ in .indexing }) {
                try index.add(
                    recipe.trainingData(folder: job.pictures), embedder: Embedder(backbone),
                    isCancelled: $0, progress: $1)
            }.skipped
            try monitor.keepFit(of: index)
        } catch {
            // On a full disk it would take the room that is needed.
            try? Folder.remove(part)
            throw error
        }
        if Folder.isThere(path), !job.replaces, !record.owns(path) {
            try? Folder.remove(part)
            throw JobError.otherIndex(path)
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
        return (try EmbeddingIndex(opening: path, readOnly: true), unread)
    }
}

/// The evaluations.
extension RecipeRunner {
    private func evaluate(
        _ index: EmbeddingIndex, _ backbone: any Backbone, _ held: HeldOutImages
    ) throws -> [RecipeEvaluation] {
        switch recipe.evaluation.procedure {
        case .leaveOneOut, nil: return []
        case .pairs: return try pairs(backbone, metric(of: backbone), held)
        case .episodes:
            let report = try held.episodes(recipe.episodes, metric: metric(of: backbone))
            return [RecipeEvaluation(classifier: "episodes", report: .episodes(report))]
        case .test:
            return try recipe.evaluation.classifiers.map { name in
                let head = name == Recipe.head ? backbone as? Checkpoint : nil
                let outcomes =
                    try head.map { try held.outcomes(byHeadOf: $0) }
                    ?? held.outcomes(in: index, classifier: recipe.classifier(name)).outcomes
                return RecipeEvaluation(classifier: name, report: .test(HoldOutReport(outcomes)))
            }
        }
    }

    /// By which pairs and episodes compare embeddings.
    private func metric(of backbone: any Backbone) throws -> Metric {
        try MeasuredBackbone(backbone, metric: recipe.ready == nil ? recipe.trainedMetric : nil).metric
    }

    /// Pairs or episodes of the pictures trained on, where the recipe asks for them.
    private func onTraining(_ backbone: any Backbone) throws -> [RecipeEvaluation] {
        guard recipe.evaluation.training else { return [] }
        func trained() throws -> HeldOutImages {
            try HeldOutImages(recipe.trainingData(folder: job.pictures), for: backbone)
        }
        let compared = try metric(of: backbone)
        switch recipe.evaluation.procedure {
        case .pairs:
            let outcomes = try trained().pairOutcomes(
                count: recipe.evaluation.pairs, metric: compared, seed: recipe.training.seed)
            let report = PairReport(outcomes, threshold: threshold(by: compared))
            return [RecipeEvaluation(classifier: "pairs-of-training-pictures", report: .pairs(report))]
        case .episodes:
            let report = try trained().episodes(recipe.episodes, metric: compared)
            return [RecipeEvaluation(classifier: "episodes-of-training-pictures", report: .episodes(report))]
        case .test, .leaveOneOut, nil: return []
        }
    }

    /// Up to which distance two pictures are of one class, where the loss says so.
    private func threshold(by metric: Metric) -> Float? {
        metric == .l2 ? recipe.training.loss.border : nil
    }

    /// Nothing where the recipe asks for no evaluation.
    private func leaveOneOut(_ index: EmbeddingIndex) throws -> [RecipeEvaluation] {
        guard recipe.evaluation.procedure == .leaveOneOut else { return [] }
        if recipe.evaluation.retrain, let images {
            return try recipe.classifiers().map {
                RecipeEvaluation(
                    classifier: $0.text,
                    report: .leaveOneOut(
                        try monitor.retrain(recipe, images, classifier: $0.classifier, keeping: folds)))
            }
        }
        return try recipe.classifiers().map {
            let outcomes = try LeaveOneOut.outcomes(in: index, classifier: $0.classifier)
            return RecipeEvaluation(
                classifier: $0.text, report: .leaveOneOut(try LeaveOneOutReport(outcomes)))
        }
    }

    /// Same or different, on held-out pictures of the classes trained on, of the others, and of all (seed 002); and the first two
    /// lists as one, each with its share of the pictures (seed 004).
    private func pairs(
        _ backbone: any Backbone, _ metric: Metric, _ held: HeldOutImages
    ) throws -> [RecipeEvaluation] {
        let trained = Set((backbone as? Checkpoint)?.details.labels ?? [])
        let parts = [
            ("pairs-of-trained-classes", held.only { trained.contains($0) }),
            ("pairs-of-new-classes", held.only { !trained.contains($0) }),
        ]
        func outcomes(of images: HeldOutImages, share: Int = 1, of all: Int = 1) throws(EvaluationError)
            -> PairOutcomes
        {
            try images.pairOutcomes(
                count: max(2, recipe.evaluation.pairs * share / all), metric: metric,
                seed: recipe.training.seed)
        }
        func evaluation(_ name: String, _ outcomes: PairOutcomes) -> RecipeEvaluation {
            RecipeEvaluation(
                classifier: name, report: .pairs(PairReport(outcomes, threshold: threshold(by: metric))))
        }
        var evaluations: [RecipeEvaluation] = []
        for (name, images) in parts + [("pairs-of-all", held)] where !images.labels.isEmpty {
            do throws(EvaluationError) {
                evaluations.append(evaluation(name, try outcomes(of: images)))
            } catch {
                // One class, say, is too little for pairs of new classes; the others can be had.
                guard case .fewShot = error, name != "pairs-of-all" else { throw error }
                monitor.note(.leftOut(name, error))
            }
        }
        if evaluations.count == 3 {
            let lists = try parts.map {
                try outcomes(of: $0.1, share: $0.1.labels.count, of: held.labels.count)
            }
            evaluations.append(evaluation("pairs-joint", lists[0].joined(with: lists[1])))
        }
        return evaluations
    }
}
