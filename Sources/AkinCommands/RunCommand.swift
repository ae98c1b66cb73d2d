import Akin
import ArgumentParser
import Foundation

/// `akin run`
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Do everything that a recipe says: train, index, evaluate, report.",
        discussion: """
            Beside the recipe (or in the folder given with --output) come to lie: the checkpoint, the index of the \
            pictures trained on, and report/ with the evaluation as JSON and its mistakes as an HTML sheet. \
            Running it again replaces them.

            With --repeats, all of it is done that often with seeds one higher each time, and the mean and the \
            standard deviation of the accuracies are printed; the files are those of the first.

            For example:

              akin run Indexes/hispamus
              akin run Indexes/mnist --repeats 3
            """)

    @OptionGroup var options: RecipeOptions

    @Option(help: ArgumentHelp("Where the results go. (default: beside the recipe)", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("How often, with a new seed each time.", valueName: "n"))
    var repeats = 1

    @OptionGroup var batch: BatchOptions
    @OptionGroup var printing: OutputOptions

    mutating func validate() throws {
        guard 1...100 ~= repeats else { throw ValidationError("--repeats is \(repeats); give 1 to 100") }
    }

    func run() throws {
        var recipe = try options.recipe()
        // What would fail after the training is better said before it.
        _ = try (recipe.metric(), recipe.classifiers())
        printing.describeMachine()
        let runner = RecipeRunner(folder: output ?? recipe.folder, data: options.data, printing: printing)
        let images = try prepared(recipe, folder: options.data)
        var results: [RecipeRunner.Result] = []
        for turn in 0..<repeats {
            if repeats > 1 && !printing.json { print("seed \(recipe.training.seed)") }
            results.append(try runner.run(recipe, images, keeping: turn == 0))
            recipe.training.seed &+= 1
        }
        let summary = repeats > 1 ? RecipeRunner.Summary.all(of: results) : []
        if printing.json {
            struct Document: Encodable {
                let runs: [RecipeRunner.Result]
                let summary: [RecipeRunner.Summary]
            }
            if repeats > 1 { printJSON(Document(runs: results, summary: summary)) } else { printJSON(results[0]) }
        } else {
            for line in summary { print(line.text) }
        }
        try batch.report(images.skipped)
    }
}

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
        let folder = keeping ? folder : FileManager.default.temporaryDirectory.path + "/akin-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/report", withIntermediateDirectories: true)
        defer { if !keeping { try? FileManager.default.removeItem(atPath: folder) } }

        let files = TrainingFiles(checkpoint: folder + "/" + recipe.name + ".safetensors")
        let trained = try train(recipe, images, files: files, resume: false)
        guard trained.finished else {
            throw CommandError.trainingInterrupted(epoch: trained.epochs, of: recipe.training.epochs)
        }
        say(trained.text)

        let index = try build(folder + "/index", recipe, checkpoint: try Checkpoint(contentsOf: files.checkpoint))
        let stats = try index.stats()
        say("\(folder)/index: \(count(stats.items, "item")) of \(stats.labels.count) classes")

        let evaluations = try evaluate(recipe, images, index)
        for evaluation in evaluations {
            let path = "\(folder)/report/\(evaluation.classifier)"
            try encodedJSON(evaluation).write(to: URL(fileURLWithPath: path + ".json"), options: .atomic)
            let picture = pictures(recipe)
            if let report = evaluation.leaveOneOut {
                say(report.text().trimmingCharacters(in: .newlines))
                try Sheet(mistakesOf: report, title: "\(recipe.name): leave-one-out", picture: picture).write(to: path + ".html")
            } else if let report = evaluation.test {
                say("\(evaluation.classifier): " + report.text(limit: 0).trimmingCharacters(in: .newlines))
                try Sheet(mistakesOf: report, title: "\(recipe.name): test set", limit: 60, picture: picture)
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
                    try recipe.trainingData(folder: data), embedder: Embedder(checkpoint), isCancelled: isCancelled,
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
            guard let test = try recipe.testData(folder: data) else { throw CommandError.recipeHasNoTest(recipe.path) }
            let held = HeldOutImages(test, for: index.checkpoint)
            return try classifiers.map {
                Evaluation(
                    classifier: $0.name, leaveOneOut: nil, test: try held.report(on: index, classifier: $0).report)
            }
        case .leaveOneOut where recipe.evaluation.retrain:
            return try classifiers.map {
                Evaluation(
                    classifier: $0.name, leaveOneOut: try leaveOneOut(recipe, images, classifier: $0), test: nil)
            }
        case .leaveOneOut:
            let (items, embeddings) = try index.labelled()
            return try classifiers.map {
                let evaluation = try LeaveOneOut(
                    sources: items.map(\.source), labels: items.map(\.label), classifier: $0, metric: index.metric)
                return Evaluation(
                    classifier: $0.name, leaveOneOut: try evaluation.report(embeddings: embeddings), test: nil)
            }
        }
    }

    /// The pictures of a recipe by their sources, whatever they are stored in.
    private func pictures(_ recipe: Recipe) -> (String) -> Image? {
        var places: [String: (Dataset, Int)] = [:]
        for dataset in [try? recipe.trainingData(folder: data), (try? recipe.testData(folder: data)) ?? nil] {
            guard let dataset else { continue }
            for (position, sample) in dataset.samples.enumerated() { places[sample.source] = (dataset, position) }
        }
        return { source in places[source].flatMap { try? $0.0.image(at: $0.1) } }
    }
}

extension Recipe {
    func metric() throws(CommandError) -> Metric {
        guard let metric = Metric(rawValue: index.metric) else {
            throw .unknownMetric(recipe: path, metric: index.metric)
        }
        return metric
    }

    func classifiers() throws(ClassificationError) -> [Classifier] {
        var classifiers: [Classifier] = []
        for name in evaluation.classifiers { classifiers.append(try Classifier(named: name, k: evaluation.k)) }
        return classifiers
    }
}

/// Leave-one-out with retraining, with a progress line.
func leaveOneOut(
    _ recipe: Recipe, _ images: PreparedImages, classifier: Classifier, byGroup: Bool = false
) throws -> LeaveOneOutReport {
    let evaluation = try LeaveOneOut(
        sources: images.sources, labels: (0..<images.count).map(images.label(at:)),
        groups: byGroup ? images.groups : nil, classifier: classifier, metric: try recipe.metric())
    if let note = classifier.note(items: images.count - 1) { printError("akin: note: \(note)") }
    Interruption.catchSignals()
    let line = ProgressLine("retraining", unit: "folds")
    defer { line.finish() }
    do {
        return try evaluation.report(
            retraining: recipe, images: images, isCancelled: { Interruption.isRequested },
            progress: { line.update($0.foldsDone, of: $0.folds, note: "\(count($0.errors, "error")) so far") })
    } catch is CancellationError {
        throw CommandError.evaluationInterrupted
    }
}
