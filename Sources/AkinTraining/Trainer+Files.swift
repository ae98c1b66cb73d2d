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
    /// Path of the checkpoint.
    public var checkpoint: String
    /// Epochs done.
    public var epochs: Int
    public var imagesPerSecond: Float
    public var finalLoss: Float
    /// Accuracy on classes that training does not see; not measured yet.
    public var validation: Float?
    public var seconds: Double
    public var images: Int
    public var labels: [String]
    /// Whether all epochs of the recipe are done. If not, `--resume` goes on.
    public var finished: Bool

    enum CodingKeys: String, CodingKey {
        case checkpoint, epochs, validation, seconds, images, labels, finished
        case imagesPerSecond = "images_per_second"
        case finalLoss = "final_loss"
    }

    /// `validation` is there even without a value: scripts read it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(checkpoint, forKey: .checkpoint)
        try container.encode(epochs, forKey: .epochs)
        try container.encode(imagesPerSecond, forKey: .imagesPerSecond)
        try container.encode(finalLoss, forKey: .finalLoss)
        try container.encode(validation, forKey: .validation)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(images, forKey: .images)
        try container.encode(labels, forKey: .labels)
        try container.encode(finished, forKey: .finished)
    }
}

/// The files of a run, beside its checkpoint.
public struct TrainingFiles: Sendable {
    public let checkpoint: String
    /// One `EpochRecord` a line.
    public let history: String
    /// What an interrupted run goes on from; gone once the run is through.
    public let state: String

    public init(checkpoint: String) {
        let suffix = ".safetensors"
        let base = checkpoint.hasSuffix(suffix) ? String(checkpoint.dropLast(suffix.count)) : checkpoint
        self.checkpoint = checkpoint
        history = base + ".history.jsonl"
        state = base + ".resume" + suffix
    }

    /// Whether an interrupted run can be taken up.
    public var hasState: Bool { access(state, F_OK) == 0 }
}

extension Trainer {
    /// Trains and writes checkpoint, history and, while it is not through, the state to go on from: at the end,
    /// and about every `interval` in between, each file as a whole. With `resume`, first takes up the state that is
    /// there.
    @discardableResult
    public func run(
        files: TrainingFiles, resume: Bool = false, interval: Duration = .seconds(10),
        progress: (Progress) throws -> Bool = { _ in true }
    ) throws -> TrainingReport {
        var history = History()
        if resume {
            guard files.hasState else { throw TrainingError.nothingToResume(path: files.state) }
            try TrainingState.restore(self, from: files.state)
            if let bytes = try? FileBytes.read(files.history, limit: 1 << 30) {
                history = History(text: String(decoding: bytes, as: UTF8.self), upTo: epoch)
            }
        }
        // Found out now rather than after an hour: whether the files can be written.
        var status = stat()
        if stat(files.checkpoint, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw TrainingError.unwritable(WriteError(path: files.checkpoint, code: EISDIR))
        }
        try write(history, to: files)

        let clock = ContinuousClock()
        let start = clock.now
        var saved = start
        var trained = 0
        let finished = try run { report in
            if let record = report.finished {
                history.append(record)
                trained += data.count
                if saved.duration(to: clock.now) >= interval {
                    // First, so that a kill between the two loses no line: what is past the state is cut off.
                    try write(history, to: files)
                    try TrainingState.save(self, to: files.state)
                    saved = clock.now
                }
            }
            return try progress(report)
        }
        try checkpoint.write(to: files.checkpoint)
        try write(history, to: files)
        if finished { unlink(files.state) } else { try TrainingState.save(self, to: files.state) }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        return TrainingReport(
            checkpoint: files.checkpoint, epochs: epoch, imagesPerSecond: Float(Double(trained) / seconds),
            finalLoss: history.records.last?.loss ?? 0, validation: nil, seconds: seconds, images: data.count,
            labels: data.labels, finished: finished)
    }

    private func write(_ history: History, to files: TrainingFiles) throws(TrainingError) {
        do { try AtomicFile.write(history.text.utf8, to: files.history) } catch { throw .unwritable(error) }
    }
}
