import Akin
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
    }

    /// One classifier's result.
    struct Evaluation: Encodable {
        let classifier: String
        let leaveOneOut: LeaveOneOutReport?
        let test: HoldOutReport?
        var accuracy: Double { leaveOneOut?.accuracy ?? test!.accuracy }

        enum CodingKeys: String, CodingKey {
            case classifier, test
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

        static func all(of results: [Result]) -> [Summary] {
            results[0].evaluation.indices.map { i in
                let values = results.map { $0.evaluation[i].accuracy }
                let mean = values.reduce(0, +) / Double(values.count)
                let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                return Summary(
                    classifier: results[0].evaluation[i].classifier, mean: mean,
                    deviation: (squares / Double(max(values.count - 1, 1))).squareRoot(), runs: values.count)
            }
        }

        var text: String {
            "\(classifier): accuracy \(rounded(Float(mean * 100), 2)) % +- \(rounded(Float(deviation * 100), 2)) "
                + "over \(runs) seeds"
        }
    }

    /// Trains, indexes and evaluates. Without `keeping`, what comes out goes to a temporary folder.
    func run(_ recipe: Recipe, _ images: PreparedImages, keeping: Bool) throws -> Result {
        let folder =
            keeping ? folder : FileManager.default.temporaryDirectory.path + "/akin-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/report", withIntermediateDirectories: true)
        defer { if !keeping { try? FileManager.default.removeItem(atPath: folder) } }

        let files = TrainingFiles(checkpoint: folder + "/" + recipe.name + ".safetensors")
        let trained = try train(recipe, images, files: files, resume: false)
        guard trained.finished else { throw CommandError.runInterrupted }
        say(trained.text)

        let index = try build(
            folder + "/index", recipe, checkpoint: try Checkpoint(contentsOf: files.checkpoint))
        let stats = try index.stats()
        say("\(folder)/index: \(count(stats.items, "item")) of \(stats.labels.count) classes")

        let evaluations = try evaluate(recipe, images, index)
        let pictures = SourcePictures()
        for evaluation in evaluations {
            let path = "\(folder)/report/\(evaluation.classifier)"
            try encodedJSON(evaluation).write(to: URL(fileURLWithPath: path + ".json"), options: .atomic)
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
        return Result(seed: recipe.training.seed, train: trained, index: stats, evaluation: evaluations)
    }

    private func say(_ line: String) { if !printing.json { print(line) } }

    /// A fresh index of the pictures trained on, put in the place of an older one when it is complete.
    private func build(_ path: String, _ recipe: Recipe, checkpoint: Checkpoint) throws -> Index {
        let files = FileManager.default
        if files.fileExists(atPath: path) && !Index.exists(at: path) { throw CommandError.inTheWay(path) }
        let part = path + ".part"
        try? files.removeItem(atPath: part)
        do {
            let index = try Index.create(at: part, checkpoint: checkpoint, metric: try recipe.metric())
            _ = try interruptibly(title: "indexing") { isCancelled, progress in
                try index.add(
                    try recipe.trainingData(folder: data), embedder: Embedder(checkpoint),
                    isCancelled: isCancelled,
                    progress: progress)
            }
        }
        if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
        try files.moveItem(atPath: part, toPath: path)
        return try Index(opening: path, readOnly: true)
    }

    private func evaluate(_ recipe: Recipe, _ images: PreparedImages, _ index: Index) throws -> [Evaluation] {
        let classifiers = try recipe.classifiers()
        switch recipe.evaluation.procedure {
        case nil: return []
        case .test:
            guard let test = try recipe.testData(folder: data) else {
                throw CommandError.recipeHasNoTest(recipe.path)
            }
            let held = HeldOutImages(test, for: index.checkpoint)
            return try classifiers.map {
                Evaluation(
                    classifier: $0.name, leaveOneOut: nil,
                    test: try held.report(on: index, classifier: $0).report)
            }
        case .leaveOneOut where recipe.evaluation.retrain:
            return try classifiers.map {
                Evaluation(
                    classifier: $0.name, leaveOneOut: try leaveOneOut(recipe, images, classifier: $0),
                    test: nil)
            }
        case .leaveOneOut:
            let (items, embeddings) = try index.labelled()
            return try classifiers.map {
                let evaluation = try LeaveOneOut(
                    sources: items.map(\.source), labels: items.map(\.label), classifier: $0,
                    metric: index.metric)
                return Evaluation(
                    classifier: $0.name, leaveOneOut: try evaluation.report(embeddings: embeddings), test: nil
                )
            }
        }
    }
}
