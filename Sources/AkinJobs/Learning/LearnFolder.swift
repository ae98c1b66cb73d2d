import AkinBasics
import AkinClassification
import AkinDatasets
import AkinDescriptors
import AkinEmbedding
import AkinEvaluation
import AkinImages
import AkinIndexing
import AkinItems
import AkinNetworks
import AkinONNX
import AkinReporting
import AkinStorage
import Foundation

/// Makes the index of a folder of labelled pictures that answers best: tries backbones, alone and side by side, and
/// classifiers on the pictures themselves, says what to expect of what it takes, and builds the index.
///
/// ```swift
/// let result = try LearnFolder("seals", into: "seals-index").run(Monitor())
/// print(result.chosen, result.expectation?.accuracy)
/// ```
public struct LearnFolder: Job {
    /// A folder whose sub-folders are the labels, or a manifest.
    public var folder: String
    /// The folder of the index, which does not exist or is empty.
    public var output: String
    /// How long it may take.
    public var time: Duration
    /// What is tried; nil: all that can be called by a name.
    public var backbones: [BackboneName]?
    /// Whether one of them is tried trained on the pictures as well, where there is time.
    public var trains = true
    /// Which one; nil: `shapes` where the pictures are drawn, else a published network that is among those chosen.
    public var trainedOn: BackboneName?
    /// How the folder is read.
    public var reading: FolderReading
    /// By which pictures are drawn and divided.
    public var seed: UInt64
    /// Where the result will be written, as a page or a recipe. Before the work it is looked whether files can be written there, and
    /// whether they would take the place of what is learned from; writing them is up to whoever asked for the work.
    public var files: [OutputFile] = []

    /// What is to be learned from.
    public init(
        _ folder: String, into output: String, time: Duration = .seconds(300),
        backbones: [BackboneName]? = nil,
        _ reading: FolderReading = FolderReading(), seed: UInt64 = 1
    ) {
        (self.folder, self.output, self.time) = (folder, output, time)
        (self.backbones, self.reading, self.seed) = (backbones, reading, seed)
    }

    /// Learns. Cancelled, it takes the best that it has found so far.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let began = ContinuousClock.now
        try monitor.checkMachine()
        try checkOutput()
        let adding = AddPictures([folder], to: .folder(output), reading)
        let dataset = try adding.dataset()
        try OutputFile.check(files, of: .folder(output)) {
            [folder] + (backbones ?? []).flatMap(\.files) + dataset.files
        }
        monitor.note(dataset)
        guard dataset.labels.count > 1 else {
            if dataset.count == 0, let first = dataset.skipped.first {
                throw JobError.noUsablePicture(count: dataset.skipped.count, first: first)
            }
            throw JobError.oneClass(folder, label: dataset.labels.first)
        }
        let found = try learn(dataset, until: began + time, monitor)
        let (added, calibration) = try build(found, dataset, monitor)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        return Result(
            tried: found.tried, stopped: found.stopped, chosen: found.chosen, expectation: found.expectation,
            silence: found.silence, look: found.look, pictures: found.pictures, classes: dataset.labels.count,
            index: output, added: added, calibration: calibration, seconds: seconds, answers: found.answers,
            page: page(found, dataset, added, calibration, seconds: seconds), samples: dataset.samples)
    }

    /// What was found, before the index is built.
    struct Found {
        var tried: [Result.Trial] = []
        var stopped: [Result.StoppedBackbone] = []
        var chosen: Result.Choice
        var backbone: any Backbone
        var expectation: ExpectedAccuracy?
        var silence: String?
        let look: PictureLook
        let pictures: Int
        var answers: [Result.Answer] = []
        /// What the backbone has made of pictures already.
        var made: [ContentHash: Embedder.Made] = [:]
        /// What embedded pictures, and how long that took.
        var embedded: [LearnedFolder.Embedding] = []
        var wasInterrupted = false

        /// What was tried with training, and the best of it if that is chosen and its last training is not interrupted.
        mutating func take(_ trials: TrainedTrials, training: (Result.Choice) throws -> Checkpoint?) throws {
            let backbone = trials.isChosen ? try training(trials.tried[0].choice) : nil
            if let backbone {
                (self.backbone, made) = (backbone, [:])
                (chosen, expectation) = (trials.tried[0].choice, trials.expectation)
                answers = trials.answers
            }
            let others = (tried + trials.tried).filter { $0.choice != chosen }
            tried = (tried + trials.tried).filter { $0.choice == chosen }
            tried += others.sorted { $0.accuracy > $1.accuracy }
            if let stop = trials.stopped { stopped.append(stop) }
        }
    }

    private func learn(
        _ dataset: Dataset, until deadline: ContinuousClock.Instant, _ monitor: Monitor
    ) throws -> Found {
        let looked = monitor.during("looking at the pictures", endsInOrder: true) { work in
            LearningPictures(dataset, seed: seed, isCancelled: { monitor.isCancelled }) { work.update($0) }
        }
        guard let pictures = looked else { throw JobError.interrupted(.wroteNothing) }
        let labels = pictures.labels(first: pictures.samples.count)
        guard labels.names.count > 1 else {
            if labels.count == 0, let first = pictures.skipped.first {
                throw JobError.noUsablePicture(count: pictures.skipped.count, first: first)
            }
            throw JobError.oneClass(folder, label: labels.names.first)
        }
        let parts = try candidates(for: pictures.look, monitor)
        guard !pictures.answerable(first: labels.count).isEmpty else { return try byLook(pictures, parts) }
        var trials = LearningTrials(
            pictures, parts, total: dataset.count, until: deadline, isCancelled: { monitor.isCancelled })
        monitor.during("trying backbones", endsInOrder: true) { work in
            trials.run { work.update($0, note: $1) }
        }
        guard !trials.tried.isEmpty else { throw JobError.interrupted(.wroteNothing) }
        let choice = try monitor.during("trying classifiers", unit: "classifiers", endsInOrder: true) {
            work in
            try LearningChoice(trials, seed: seed) { work.update($0) }
        }
        let stopped = trials.parts.indices.filter { !choice.parts.contains($0) }.compactMap { position in
            trials.parts[position].stopped.map {
                Result.StoppedBackbone(backbone: trials.parts[position].name, reason: $0)
            }
        }
        var found = Found(
            tried: choice.tried, stopped: stopped,
            chosen: .init(backbone: trials.name(of: choice.parts), classifier: choice.classifier),
            backbone: try trials.backbone(of: choice.parts), expectation: choice.expectation,
            silence: nil,
            look: pictures.look, pictures: trials.tried[0].count,
            answers: Result.Answer.list(choice.answers, pictures, count: trials.tried[0].count),
            made: trials.made(by: choice.parts),
            embedded: trials.parts.filter { $0.count > 0 }.map {
                LearnedFolder.Embedding(
                    backbone: $0.name, dimension: $0.backbone.dimension, pictures: $0.count,
                    seconds: $0.seconds)
            }, wasInterrupted: false)
        if let trained = try train(
            on: pictures, trials, choice, total: dataset.count, until: deadline, monitor)
        {
            try found.take(trained) { try self.trained($0, on: dataset, monitor) }
        }
        found.wasInterrupted = monitor.isCancelled
        return found
    }
}

/// What is tried, and what is taken where nothing can be.
extension LearnFolder {
    /// The backbones, the cheap ones first.
    private func candidates(for look: PictureLook, _ monitor: Monitor) throws -> [LearningPart] {
        if let backbones {
            // Those that are to stand side by side are tried alone, too.
            var names: [BackboneName] = []
            for name in backbones.flatMap(\.parts) where !names.contains(name) { names.append(name) }
            return try names.map { LearningPart($0.text, try $0.backbone()) }
        }
        let descriptors: [any Backbone] =
            look.haveColour
            ? [PixelDescriptor(), HOGDescriptor()] : [PixelDescriptor(.grey), HOGDescriptor(.grey)]
        var parts = descriptors.map { LearningPart($0.identity.name, $0) }
        let files = BackboneFolders.standard.files.filter { Descriptors.named($0.key) == nil }
        let order = ["shapes"] + PublishedBackbone.all.map(\.name)
        for (name, path) in files.sorted(by: { Self.precedes($0.key, $1.key, order) }) {
            do {
                let backbone = try BackboneName(path).backbone()
                let isCollapsed = (backbone as? Checkpoint)?.details.collapsed != nil
                if !isCollapsed { parts.append(LearningPart(name, backbone)) }
            } catch  where error is CheckpointError || error is ONNXError {
                monitor.note(.unusableBackbone(error))
            }
        }
        if !parts.contains(where: { part in PublishedBackbone.all.contains { $0.name == part.name } }) {
            monitor.note(.noPublishedBackbone)
        }
        return parts
    }

    private static func precedes(_ a: String, _ b: String, _ order: [String]) -> Bool {
        let (first, second) = (order.firstIndex(of: a) ?? order.count, order.firstIndex(of: b) ?? order.count)
        return (first, a) < (second, b)
    }

    /// Of one picture a class no other is left to ask about. What was best on other people's pictures, drawn and
    /// photographed ones, is taken then (`Learning.md` has the figures).
    private func byLook(_ pictures: LearningPictures, _ parts: [LearningPart]) throws -> Found {
        let published = parts.filter { part in PublishedBackbone.all.contains { $0.name == part.name } }
        let shapes = parts.filter { $0.name == "shapes" }
        let hog = parts.filter { $0.backbone is HOGDescriptor }
        let wanted = pictures.look.areDrawn ? shapes + published.prefix(1) : hog + published
        let taken = wanted.isEmpty ? Array(parts.prefix(1)) : wanted
        return Found(
            chosen: .init(backbone: taken.map(\.name).joined(separator: "+"), classifier: .ridge),
            backbone: taken.count > 1
                ? try CombinedBackbone(taken.map(\.backbone)) : taken[0].backbone,
            silence: "there are not two different pictures of any class, so that one could be asked about",
            look: pictures.look,
            pictures: pictures.samples.count)
    }
}

/// The index.
extension LearnFolder {
    private func checkOutput() throws {
        if Folder.isThere(output), !Folder.isFolder(output) { throw JobError.inTheWay(output) }
        if EmbeddingIndex.exists(at: output) { throw IndexError.alreadyAnIndex(path: output) }
        if let entries = try? Folder.entries(output), !entries.isEmpty {
            throw IndexError.folderNotEmpty(path: output)
        }
        // It is built beside its place; of the folders on the way the first that is missing is made first.
        var first = place
        while case let parent = (first as NSString).deletingLastPathComponent, !parent.isEmpty,
            !Folder.isThere(parent)
        {
            first = parent
        }
        _ = try PendingFile(first)
    }

    /// The folder for the index, which may have been written with a slash at its end.
    private var place: String { String(output.reversed().drop { $0 == "/" }.reversed()) }

    /// Built beside its place, and moved there when it is complete. An interruption does not end it: it is what was learned.
    private func build(
        _ found: Found, _ dataset: Dataset, _ monitor: Monitor
    ) throws -> (AddReport, Calibration?) {
        let part = PendingFile.nameBeside(place)
        let report: AddReport
        var calibration: Calibration?
        do {
            let index = try EmbeddingIndex.create(at: part, backbone: found.backbone)
            report = try monitor.during("indexing", endsInOrder: true) { work in
                try index.add(
                    dataset, embedder: Embedder(found.backbone, made: found.made),
                    progress: { work.update($0) })
            }
            try index.setClassifier(found.chosen.classifier)
            calibration = try calibrated(index, found.chosen.classifier, monitor)
            try monitor.maintain(index)
            try monitor.noteWhatTellsNothing(report.blank, in: index)
        } catch {
            // On a full disk it would take the room that is needed.
            try? Folder.remove(part)
            if case IndexError.storage(.failed(let code, let doing, part)) = error {
                throw IndexError.storage(.failed(code, doing: doing, path: output))
            }
            throw error
        }
        monitor.noteContradictions(among: report.copies)
        // In the place of an empty folder; a full one, which somebody has made meanwhile, stays as it is.
        do { try Folder.move(part, to: place) } catch { throw JobError.builtBeside(part, wanted: output) }
        return (report, calibration)
    }

    /// Nil where that was interrupted, or one class is left: the index is good without it.
    private func calibrated(
        _ index: EmbeddingIndex, _ classifier: Classifier, _ monitor: Monitor
    ) throws -> Calibration? {
        do {
            if monitor.isCancelled { throw JobError.interrupted(.changedNothing) }
            return try CalibrateIndex(.open(index), classifier: classifier, seed: seed).run(monitor)
                .calibration
        } catch JobError.interrupted {
            monitor.note(.notCalibrated)
        } catch JobError.indexOfOneClass {}
        return nil
    }
}
