import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinEvaluation
import AkinImages
import AkinNetworks
import AkinTraining
import AkinVectorSearch
import Foundation

extension Recipe {
    /// The classifier that is the head which the backbone was trained with.
    static let head = "head"

    /// What is made by it is called so: a repetition does not come into the place of what it repeats.
    var resultsName: String {
        guard isRepetition, let file = path.split(separator: "/").last else { return name }
        return file.dropLast(BackboneFolders.ending.count) + "-again"
    }

    /// The pictures that it trains on, ready for its layers; `folder` stands for its own. `monitor` is told what is
    /// worth knowing of them before they are used: a whole class may be of a format that can't be read.
    func prepared(folder: String?, _ monitor: Monitor) throws -> PreparedImages {
        if let ready { throw problem(.readyBackbone(ready)) }
        let dataset = try pictures(from: folder) { () throws(DatasetError) in try trainingData(folder: folder)
        }
        monitor.note(dataset)
        let bytes = 4 * Double(dataset.count) * Double(floatsPerPicture)
        guard bytes < Double(ProcessInfo.processInfo.physicalMemory) else {
            let gigabytes = Int((bytes / 1e9).rounded(.up))
            throw problem(
                frozen == nil
                    ? .tooManyPictures(dataset.count, gigabytes: gigabytes)
                    : .tooManyVectors(dataset.count, gigabytes: gigabytes))
        }
        let images =
            try frozen.map { _ in try vectors(of: dataset, monitor) }
            ?? PreparedImages(dataset, preprocessing: preprocessing)
        if !images.skipped.isEmpty { monitor.note(.skipped(images.skipped)) }
        return images
    }

    /// The held-out pictures that are measured after each epoch, ready for its layers; nil where it asks for none.
    func preparedToMeasure(folder: String?, _ monitor: Monitor) throws -> PreparedImages? {
        let dataset = try pictures(from: folder) { () throws(DatasetError) in try measuredData(folder: folder)
        }
        guard let dataset else { return nil }
        return try frozen.map { _ in try vectors(of: dataset, monitor) }
            ?? PreparedImages(dataset, preprocessing: preprocessing)
    }

    /// What its frozen part makes of pictures.
    private func vectors(of dataset: Dataset, _ monitor: Monitor) throws -> PreparedImages {
        try monitor.during("embedding") { work in
            try PreparedImages(dataset, for: self) { progress in
                work.update(progress)
                if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
            }
        }
    }

    /// The held-out pictures that its protocol asks about; nil where it asks about none.
    func picturesToAskAbout(folder: String?) throws -> Dataset? {
        switch evaluation.procedure {
        case .leaveOneOut, nil: return nil
        case .test, .pairs, .episodes:
            let test = try pictures(from: folder) { () throws(DatasetError) in try testData(folder: folder) }
            guard let test else { throw problem(.noTest) }
            return test
        }
    }

    /// The backbone that it takes as it is; a path is relative to the recipe.
    var readyName: BackboneName? {
        ready.map { name in
            let isRelative = BackboneFolders.isPath(name) && !name.hasPrefix("/")
            return BackboneName(isRelative ? folder + "/" + name : name)
        }
    }

    /// The files that a run of it is done from.
    func inputs(folder: String?) throws -> [String] {
        let read = try pictures(from: folder) { () throws(DatasetError) in
            try [trainingData(folder: folder), testData(folder: folder)].compactMap(\.self)
        }
        let folder = folder ?? data.folder
        let tables =
            [data.manifest].compactMap(\.self) + data.images + data.labels + (data.test?.images ?? [])
            + (data.test?.labels ?? [])
        let started = training.start.flatMap { try? path(ofBackbone: $0) }
        let backbones = (readyName?.files ?? []) + [started, frozen?.file].compactMap(\.self)
        return [path] + backbones + read.flatMap(\.files)
            + tables.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
    }

    /// Of a run of it whose results go into this folder: those that the run before has left so may be replaced.
    ///
    /// - Parameter replacing: Whether others may be as well.
    func trainingFiles(in folder: String, replacing: Bool) -> TrainingFiles {
        let files = TrainingFiles(checkpoint: folder + "/" + name + ".safetensors", replacing: replacing)
        let record = RunRecord(folder: folder)
        let there = files.outputs.filter { OutputFile($0).isThere }
        return !there.isEmpty && there.allSatisfy(record.owns)
            ? TrainingFiles(checkpoint: files.checkpoint, replacing: true) : files
    }

    /// What a run of it keeps that retrains, for as long as it is not through.
    func folds(in folder: String) -> RetrainedFolds { RetrainedFolds(in: folder + "/report/folds") }

    /// What its evaluations may be called, as in `RecipeEvaluation.classifier`.
    var evaluations: [String] {
        switch evaluation.procedure {
        case nil: []
        case .leaveOneOut, .test: Set(evaluation.classifiers).sorted()
        case .episodes: ["episodes", "episodes-of-training-pictures"]
        case .pairs:
            [
                "pairs-of-trained-classes", "pairs-of-new-classes", "pairs-of-all", "pairs-joint",
                "pairs-of-training-pictures",
            ]
        }
    }

    /// Of its protocol `episodes`.
    var episodes: Episodes.Settings {
        .init(
            ways: evaluation.ways, shots: evaluation.shots, count: evaluation.episodes,
            withinGroup: evaluation.withinGroup, seed: training.seed)
    }

    /// Those that an index answers by, as they are written and what they are; the softmax head answers by itself, and on a test set
    /// only.
    func classifiers() throws(ClassificationError) -> [(text: String, classifier: Classifier)] {
        var classifiers: [(text: String, classifier: Classifier)] = []
        for text in evaluation.classifiers where !(text == Self.head && evaluation.procedure == .test) {
            classifiers.append((text, try classifier(text)))
        }
        return classifiers
    }

    /// One as it is written.
    func classifier(_ text: String) throws(ClassificationError) -> Classifier {
        try Classifier(written: text, settings: ClassifierSettings(k: evaluation.k))
    }

    /// Refuses classifiers that could not answer after the training.
    func checkClassifiers() throws {
        let asksHead = evaluation.classifiers.contains(Self.head)
        guard !asksHead || evaluation.procedure == .test else { throw problem(.headWithoutTest) }
        guard !asksHead || training.loss.kind == .crossEntropy && !training.classRotations else {
            throw problem(.noHead)
        }
        let metric = try readyName?.backbone().metric ?? index.metric
        for (_, classifier) in try classifiers() { try classifier.check(metric: metric) }
    }

    /// Refuses pictures held out that could not be asked about after the training.
    func checkHeldOut(folder: String?, _ monitor: Monitor) throws {
        if let test = try picturesToAskAbout(folder: folder) {
            // Those in the folder of the pictures to train on are told with these.
            if data.test?.images.isEmpty == false { monitor.note(test) }
            guard test.count > 0 else { throw problem(.nothingHeldOut) }
            let labels = test.samples.map(\.label)
            if evaluation.procedure == .episodes {
                var one = episodes
                one.count = 1
                _ = try Episodes(labels: labels, settings: one)
            } else if evaluation.procedure == .pairs {
                _ = try VerificationPairs(labels: labels, count: 2, seed: training.seed)
            }
        }
    }

    private func problem(_ problem: RecipeProblem) -> JobError { .recipe(path, problem) }

    private func pictures<R>(
        from folder: String?, _ read: () throws(DatasetError) -> R
    ) throws(JobError) -> R {
        do throws(DatasetError) {
            return try read()
        } catch {
            switch error {
            case .unknownLabel, .unknownSplit: throw problem(.unusableData(error))
            default: throw problem(.noPictures(folder: folder ?? data.folder, error))
            }
        }
    }
}
