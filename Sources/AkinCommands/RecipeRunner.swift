import Akin
import AkinBasics
import CAkinFiles
import Foundation

/// The steps of `akin run`.
struct RecipeRunner {
    /// Where the results go.
    let folder: String
    /// Instead of the recipe's folder of pictures.
    let data: String?
    let printing: OutputOptions

    struct Result: Encodable {
        let seed: UInt64
        let train: TrainingReport
        let index: IndexStats
        let evaluation: [Evaluation]
        /// Held-out pictures that could not be read.
        var skipped: [Skipped] = []

        enum CodingKeys: CodingKey { case seed, train, index, evaluation }
    }

    /// One result: a classifier's, or of episodes or pairs.
    struct Evaluation: Encodable {
        /// The classifier's name, or what was done.
        let classifier: String
        var leaveOneOut: LeaveOneOutReport?
        var test: HoldOutReport?
        var episodes: EpisodeReport?
        var pairs: PairReport?
        var accuracy: Double {
            leaveOneOut?.accuracy ?? test?.accuracy ?? episodes?.accuracy ?? pairs!.accuracy
        }

        enum CodingKeys: String, CodingKey {
            case classifier, test, episodes, pairs
            case leaveOneOut = "leave_one_out"
        }
    }

    /// A classifier's accuracies over several seeds.
    struct Summary: Encodable {
        let classifier: String
        let mean: Double
        /// The sample's standard deviation.
        let deviation: Double
        let runs: Int

        /// Of one seed there may be an evaluation (pairs of new classes) that there is not of another.
        static func all(of results: [Result]) -> [Summary] {
            let evaluations = results.flatMap(\.evaluation)
            let names = evaluations.map(\.classifier)
            return names.indices.filter { names.firstIndex(of: names[$0]) == $0 }.map { i in
                let values = evaluations.filter { $0.classifier == names[i] }.map(\.accuracy)
                let mean = values.reduce(0, +) / Double(values.count)
                let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                return Summary(
                    classifier: names[i], mean: mean,
                    deviation: (squares / Double(max(values.count - 1, 1))).squareRoot(), runs: values.count)
            }
        }

        var text: String {
            "\(classifier): accuracy \(rounded(Float(mean * 100), 2)) % +- \(rounded(Float(deviation * 100), 2)) "
                + "over \(runs) seeds"
        }
    }

    /// Trains, indexes and evaluates. Without `keeping`, what comes out goes to a temporary folder.
    func run(_ recipe: Recipe, _ images: PreparedImages, keeping: Bool, resume: Bool) throws -> Result {
        let folder =
            keeping ? folder : FileManager.default.temporaryDirectory.path + "/akin-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/report", withIntermediateDirectories: true)
        } catch { throw CommandError.unwritableFolder(folder + "/report") }
        defer { if !keeping { try? FileManager.default.removeItem(atPath: folder) } }

        let files = TrainingFiles(checkpoint: folder + "/" + recipe.name + ".safetensors")
        let trained = try train(recipe, images, files: files, resume: resume)
        guard trained.finished else { throw CommandError.runInterrupted }
        say(trained.text)

        let checkpoint = try Checkpoint(contentsOf: files.checkpoint)
        let index = try build(folder + "/index", recipe, checkpoint: checkpoint)
        let stats = try index.stats()
        say("\(folder)/index: \(counted(stats.items, "item")) of \(stats.labels.count) classes")

        let held = try heldOut(recipe, checkpoint)
        let evaluations =
            try held.map { try evaluate(recipe, index, checkpoint, $0) } ?? leaveOneOut(recipe, images, index)
        let pictures = SourcePictures()
        for evaluation in evaluations {
            let path = "\(folder)/report/\(evaluation.classifier)"
            try encodedJSON(evaluation).write(to: URL(fileURLWithPath: path + ".json"), options: .atomic)
            if let text = evaluation.episodes?.text ?? evaluation.pairs?.text {
                say("\(evaluation.classifier): " + text.trimmingCharacters(in: .newlines))
                continue
            }
            if let report = evaluation.leaveOneOut {
                say(report.text().trimmingCharacters(in: .newlines))
                try Sheet(
                    mistakesOf: report, title: "\(recipe.name): leave-one-out", picture: pictures.picture(of:)
                ).write(
                    to: path + ".html")
            } else if let report = evaluation.test {
                say("\(evaluation.classifier): " + report.text(limit: 0).trimmingCharacters(in: .newlines))
                try Sheet(
                    mistakesOf: report, title: "\(recipe.name): test set", limit: 60,
                    picture: pictures.picture(of:)
                )
                .write(to: path + ".html")
            }
            if keeping { say("sheet: \(path).html") }
        }
        return Result(
            seed: recipe.training.seed, train: trained, index: stats, evaluation: evaluations,
            skipped: held?.skipped ?? [])
    }

    /// Refuses to replace an index in which somebody has worked since: relabelled, added a class.
    func checkIndex() throws {
        let path = folder + "/index"
        guard EmbeddingIndex.exists(at: path),
            let changes = try? EmbeddingIndex(opening: path, readOnly: true).history().count, changes > 1
        else { return }
        throw CommandError.changedIndex(path, changes: changes - 1)
    }

    private func say(_ line: String) { if !printing.json { print(line) } }

    /// A fresh index of the pictures trained on, put in the place of an older one when it is complete.
    private func build(_ path: String, _ recipe: Recipe, checkpoint: Checkpoint) throws -> EmbeddingIndex {
        let files = FileManager.default
        if files.fileExists(atPath: path) && !EmbeddingIndex.exists(at: path) {
            throw CommandError.inTheWay(path)
        }
        let part = path + ".part"
        try? files.removeItem(atPath: part)
        do {
            let index = try EmbeddingIndex.create(
                at: part, backbone: checkpoint, metric: try recipe.metric())
            _ = try interruptibly(title: "indexing") { isCancelled, progress in
                try index.add(
                    try recipe.trainingData(folder: data), embedder: Embedder(checkpoint),
                    isCancelled: isCancelled,
                    progress: progress)
            }
        } catch CommandError.interrupted {
            try? files.removeItem(atPath: part)
            throw CommandError.runInterruptedIndexing
        }
        if !files.fileExists(atPath: path) {
            try files.moveItem(atPath: part, toPath: path)
        } else if akin_exchange(part, path) == 0 {
            try? files.removeItem(atPath: part)
        } else {
            // A file system that can't exchange two folders.
            try files.removeItem(atPath: path)
            try files.moveItem(atPath: part, toPath: path)
        }
        return try EmbeddingIndex(opening: path, readOnly: true)
    }

    /// The pictures that the protocol asks about, if it asks about such.
    private func heldOut(_ recipe: Recipe, _ checkpoint: Checkpoint) throws -> HeldOutImages? {
        guard let test = try recipe.picturesToAskAbout(folder: data) else { return nil }
        return HeldOutImages(test, for: checkpoint)
    }

    private func evaluate(
        _ recipe: Recipe, _ index: EmbeddingIndex, _ checkpoint: Checkpoint, _ held: HeldOutImages
    ) throws -> [Evaluation] {
        switch recipe.evaluation.procedure {
        case .leaveOneOut, nil: return []
        case .pairs: return try pairs(recipe, checkpoint, held)
        case .episodes:
            let report = try held.episodes(
                recipe.episodes, metric: try checkpoint.metric(recipe.trainedMetric))
            return [Evaluation(classifier: "episodes", episodes: report)]
        case .test:
            return try recipe.evaluation.classifiers.map { name in
                let outcomes =
                    name == Recipe.head
                    ? try held.outcomes(byHeadOf: checkpoint)
                    : try held.outcomes(
                        in: index, classifier: Classifier(named: name, k: recipe.evaluation.k)
                    ).outcomes
                return Evaluation(classifier: name, test: HoldOutReport(outcomes))
            }
        }
    }

    /// Nothing where the recipe asks for no evaluation.
    private func leaveOneOut(
        _ recipe: Recipe, _ images: PreparedImages, _ index: EmbeddingIndex
    ) throws -> [Evaluation] {
        guard recipe.evaluation.procedure == .leaveOneOut else { return [] }
        if recipe.evaluation.retrain {
            return try recipe.classifiers().map {
                Evaluation(
                    classifier: $0.name,
                    leaveOneOut: try AkinCommands.leaveOneOut(recipe, images, classifier: $0))
            }
        }
        return try recipe.classifiers().map {
            Evaluation(
                classifier: $0.name,
                leaveOneOut: LeaveOneOutReport(try LeaveOneOut.outcomes(in: index, classifier: $0)))
        }
    }

    /// Same or different, on held-out pictures of the classes trained on, of the others and of all (seeds 002 and 004).
    private func pairs(_ recipe: Recipe, _ checkpoint: Checkpoint, _ held: HeldOutImages) throws
        -> [Evaluation]
    {
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
                return Evaluation(classifier: name, pairs: report)
            } catch {
                // One class, say, is too little for pairs of new classes; the other two can be had.
                guard case .fewShot = error, name != "pairs-of-all" else { throw error }
                printError("akin: note: \(name) were left out: \(error)")
                return nil
            }
        }
    }
}
