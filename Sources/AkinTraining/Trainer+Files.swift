import AkinBasics
import AkinImages
import AkinNetworks
import AkinTensors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a run of training came to; what `akin train --json` prints.
public struct TrainingReport: Codable, Sendable {
    /// Path of the checkpoint; of a run that was interrupted, of that after the last step.
    public var checkpoint: String
    /// Epochs done.
    public var epochs: Int
    /// The epoch after which validation was best; nil where nothing was held back. Of a finished run the checkpoint is the
    /// backbone of that epoch.
    public var bestEpoch: Int?
    /// Whether the recipe's patience ended it before its last epoch.
    public var stoppedEarly: Bool
    /// Images trained on in a second, from the first step to the last file written.
    public var imagesPerSecond: Float
    /// The mean loss of the last epoch.
    public var finalLoss: Float
    /// On classes that training does not see, at its best; nil where the recipe holds none back.
    public var validation: ValidationResult?
    /// How long it took, without what an earlier run did.
    public var seconds: Double
    /// How many images were trained on.
    public var images: Int
    /// Their labels, sorted.
    public var labels: [String]
    /// Whether all epochs of the recipe are done. If not, `--resume` goes on.
    public var finished: Bool
    /// How a finished run has come to nothing, as its checkpoint says too; nil where it has not.
    public var collapsed: Collapse?

    enum CodingKeys: String, CodingKey {
        case checkpoint, epochs, validation, seconds, images, labels, finished, collapsed
        case bestEpoch = "best_epoch"
        case stoppedEarly = "stopped_early"
        case imagesPerSecond = "images_per_second"
        case finalLoss = "final_loss"
    }

    /// `validation`, `bestEpoch` and `collapsed` are there even without a value: scripts read them.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(checkpoint, forKey: .checkpoint)
        try container.encode(epochs, forKey: .epochs)
        try container.encode(bestEpoch, forKey: .bestEpoch)
        try container.encode(stoppedEarly, forKey: .stoppedEarly)
        try container.encode(imagesPerSecond, forKey: .imagesPerSecond)
        try container.encode(finalLoss, forKey: .finalLoss)
        try container.encode(validation, forKey: .validation)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(images, forKey: .images)
        try container.encode(labels, forKey: .labels)
        try container.encode(finished, forKey: .finished)
        try container.encode(collapsed, forKey: .collapsed)
    }
}

/// The files of a run, beside its checkpoint.
public struct TrainingFiles: Sendable {
    /// The backbone; with validation, as it was when that was best.
    public let checkpoint: String
    /// The backbone after the last step, where that is not the checkpoint: with validation, and of a run that was
    /// interrupted, which leaves the checkpoint of an earlier one alone.
    public let last: String
    /// One `EpochRecord` a line.
    public let history: String
    /// The history as curves.
    public let curves: String
    /// What an interrupted run goes on from; gone once the run is through.
    public let state: String
    /// What a run that is through can be prolonged from.
    public let finished: String
    /// Whether a run may replace what an earlier one, or somebody else, has left.
    public let replaces: Bool
    /// Whether a run goes on from one that was through, and so replaces its checkpoint.
    let prolongs: Bool

    /// The files beside a checkpoint that is to be written to the given path.
    ///
    /// - Parameter replacing: Whether those that are there already may be replaced.
    public init(checkpoint: String, replacing: Bool = false) {
        self.init(checkpoint: checkpoint, replacing: replacing, prolonging: false)
    }

    init(checkpoint: String, replacing: Bool, prolonging: Bool) {
        let suffix = ".safetensors"
        let base = checkpoint.hasSuffix(suffix) ? String(checkpoint.dropLast(suffix.count)) : checkpoint
        self.checkpoint = checkpoint
        last = base + ".last" + suffix
        history = base + ".history.jsonl"
        curves = base + ".history.svg"
        state = base + ".resume" + suffix
        finished = base + ".finished" + suffix
        (replaces, prolongs) = (replacing, prolonging)
    }

    /// What a run leaves that is through.
    package var outputs: [String] { [checkpoint, last, history, curves, finished] }

    /// What a run leaves that was interrupted, but for the state.
    package var unfinishedOutputs: [String] { [last, history, curves] }

    /// Looks, before there is anything to write, whether all can be written. A run that goes on replaces its own files, as is seen when it
    /// is known which they are; the checkpoint is none of them yet, unless the run was through.
    package func check(resuming: Bool) throws(TrainingError) {
        if !resuming && hasState { throw .interruptedRun(path: state) }
        if resuming && !hasState && !canBeProlonged { throw .nothingToResume(path: state) }
        let replaces = replacesOthers(resuming: resuming)
        do throws(WriteError) {
            try OutputFile(checkpoint, replacing: replaces || resuming && isProlonged).check()
            for path in unfinishedOutputs + [finished] {
                try OutputFile(path, replacing: replaces || resuming).check()
            }
        } catch { throw .unwritable(error) }
    }

    /// Whether files may be replaced that the run has not written. What an interrupted one was allowed in the beginning, it is still.
    package func replacesOthers(resuming: Bool) -> Bool {
        replaces || resuming && hasState && TrainingState.says("replaces", in: state)
    }

    /// Whether a run that goes on was through once, and has written its checkpoint then.
    var isProlonged: Bool { !hasState || TrainingState.says("prolongs", in: state) }

    /// Whether the checkpoint may take the place of one that is there.
    fileprivate var replacesCheckpoint: Bool { replaces || prolongs }

    /// The epochs in the history file.
    public func records() throws(TrainingError) -> [EpochRecord] {
        do {
            let bytes = try FileBytes.read(history, limit: 1 << 30)
            return History(text: String(decoding: bytes, as: UTF8.self)).records
        } catch { throw .unreadableState(path: history, reason: "\(error)") }
    }

    /// Whether an interrupted run can be taken up.
    public var hasState: Bool { access(PathText.system(state), F_OK) == 0 }

    /// Whether there is a run that is through, and what it needs to go on for more epochs.
    public var canBeProlonged: Bool { access(PathText.system(finished), F_OK) == 0 }
}

extension Trainer {
    /// Trains and writes checkpoint and history at its end and, while it is not through, history and the state to go
    /// on from about every `interval` (more seldom where saving takes long), each file as a whole. With `resume`, first
    /// takes up the state that is there; without, a state that is there is not written over.
    ///
    /// Where the embeddings have come to tell nothing apart, the checkpoint is marked, and the report says so.
    ///
    /// Interrupted, it writes `last` in the checkpoint's place. Where the loss is not a number or has exploded, the checkpoint is
    /// written if validation was measured before, the history ends with a line that says so, and no state is left: it would lead to
    /// the same end.
    ///
    /// With `resume`, a run that is through goes on too, where the recipe has more epochs now; none goes on in the place of another's
    /// files.
    ///
    /// Throws a `TrainingError` or `CheckpointError`, and whatever `progress` throws.
    @discardableResult
    public func run(
        files: TrainingFiles, resume: Bool = false, interval: Duration = .seconds(10),
        progress: (Progress) throws -> Bool = { _ in true }
    ) throws -> TrainingReport {
        var (files, history) = try begin(files, resume: resume)
        let clock = ContinuousClock()
        let start = clock.now
        var (due, images, seen) = (start.advanced(by: interval), 0, position.sums.images)
        let finished: Bool
        do {
            finished = try run { report in
                images += report.images - seen
                seen = report.images
                if let record = report.finished {
                    history.append(record)
                    seen = 0
                }
                if clock.now >= due {
                    let began = clock.now
                    // First, so that a kill between the two loses no line: what is past the state is cut off.
                    try write(history, to: files)
                    try TrainingState.save(self, history, to: files.state, of: files)
                    let longest = min(began.duration(to: clock.now) * 20, interval * 20)
                    due = clock.now.advanced(by: max(interval, longest))
                }
                return try progress(report)
            }
        } catch let error as TrainingError {
            guard let ruin = error.ruin else { throw error }
            history.stop = StopRecord(epoch: ruin.epoch, step: ruin.step, stopped: "\(error)")
            try write(history, to: files)
            if ruin.bestEpoch != nil {
                try judged(checkpoint).write(
                    to: OutputFile(files.checkpoint, replacing: files.replacesCheckpoint))
            }
            unlink(PathText.system(files.state))
            throw error
        }
        var collapsed: Collapse?
        if finished {
            collapsed = try writeCheckpoints(history, to: files)
            try write(history, to: files)
            // All that was wanted is there; on a disk that is nearly full this makes room.
            unlink(PathText.system(files.state))
            try TrainingState.save(self, history, to: files.finished, of: nil)
        } else {
            try write(history, to: files)
            try TrainingState.save(self, history, to: files.state, of: files)
            try lastCheckpoint.write(to: OutputFile(files.last, replacing: true))
        }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        return TrainingReport(
            checkpoint: finished ? files.checkpoint : files.last, epochs: epoch,
            bestEpoch: position.best == nil ? nil : position.bestEpoch,
            stoppedEarly: finished && epoch < recipe.training.epochs,
            imagesPerSecond: Float(Double(images) / seconds),
            finalLoss: history.records.last?.loss ?? position.sums.loss, validation: position.best,
            seconds: seconds,
            images: data.count, labels: data.labels, finished: finished, collapsed: collapsed)
    }

    /// Writes what a finished run leaves, marked where it has come to nothing; whether the checkpoint is.
    private func writeCheckpoints(_ history: History, to files: TrainingFiles) throws -> Collapse? {
        let checkpoint = judged(checkpoint)
        do {
            try checkpoint.write(to: OutputFile(files.checkpoint, replacing: files.replacesCheckpoint))
        } catch {
            // What was trained is not lost to a file that somebody has put there meanwhile.
            try? write(history, to: files)
            try? TrainingState.save(self, history, to: files.state, of: files)
            throw error
        }
        if validationData == nil {
            unlink(PathText.system(files.last))
        } else {
            try judged(lastCheckpoint).write(to: OutputFile(files.last, replacing: true))
        }
        return checkpoint.details.collapsed
    }

    /// What an earlier run left stays until this one has something to put in its place.
    private func write(_ history: History, to files: TrainingFiles) throws(TrainingError) {
        guard !history.isEmpty else { return }
        do { try OutputFile(files.history, replacing: true).write(history.text.utf8) } catch {
            throw .unwritable(error)
        }
    }
}
