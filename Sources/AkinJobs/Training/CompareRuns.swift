import AkinBasics
import AkinExchange
import AkinNetworks
import AkinReporting
import AkinTraining
import Foundation

/// Puts runs side by side: in which keys of their recipes they differ, and what came of them.
///
/// ```swift
/// let comparison = try CompareRuns(["margin-1", "margin-2"]).run(Monitor())
/// print(comparison.text())
/// ```
public struct CompareRuns: Job {
    /// Each the folder of a run of a recipe, a checkpoint, or the history of a training.
    public var runs: [String]
    /// A page with the curves of all is written there.
    public var page: OutputFile?
    /// The histories are written there, as a table with a row for each epoch of each run.
    public var table: OutputFile?

    /// What is to be compared: one run at least.
    public init(_ runs: [String], page: OutputFile? = nil, table: OutputFile? = nil) {
        (self.runs, self.page, self.table) = (runs, page, table)
    }

    /// Reads them.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> RunComparison {
        guard !runs.isEmpty else { throw JobError.nothingToCompare }
        let kept = try runs.map(KeptRun.init)
        try OutputFile.check([page, table]) { kept.flatMap(\.files) }
        let comparison = RunComparison(kept.flatMap(\.runs))
        if let page { try comparison.write(to: page) }
        if let table { try table.write(SpreadsheetTable(ofHistories: comparison.runs).bytes) }
        return comparison
    }
}

/// What is kept at a path: one run, or the repetitions of one.
private struct KeptRun {
    var runs: [ComparedRun] = []
    /// What it was read from.
    var files: [String] = []

    init(_ path: String) throws {
        if Folder.isFolder(path) {
            try read(results: RunRecord(folder: path).results, of: path)
        } else if path.hasSuffix(".jsonl") {
            let checkpoint = String(path.dropLast(".jsonl".count))
            let base =
                checkpoint.hasSuffix(".history") ? String(checkpoint.dropLast(".history".count)) : checkpoint
            var run = ComparedRun(path: path)
            files = [path]
            let beside = base + ".safetensors"
            if let checkpoint = try? Checkpoint(contentsOf: beside) {
                take(checkpoint, into: &run)
                files.append(beside)
            }
            let history = try history(path)
            guard !history.records.isEmpty || history.stop != nil else { throw JobError.notARun(path) }
            run.take(history.records, history.stop)
            runs = [run]
        } else {
            var run = ComparedRun(path: path)
            take(try Checkpoint(contentsOf: path), into: &run)
            let beside = TrainingFiles(checkpoint: path.replacing(".last.safetensors", with: ".safetensors"))
                .history
            files = [path]
            if Folder.isThere(beside) {
                let history = try history(beside)
                run.take(history.records, history.stop)
                files.append(beside)
            }
            runs = [run]
        }
    }

    private func take(_ checkpoint: Checkpoint, into run: inout ComparedRun) {
        let details = checkpoint.details
        (run.seed, run.recipe, run.pictures) = (details.seed, details.recipe, details.pictures)
        run.backbone = checkpoint.hash.description
        run.collapsed = details.collapsed
    }

    private func history(_ path: String) throws -> History {
        let bytes: [UInt8]
        do { bytes = try FileBytes.read(path, limit: 1 << 30) } catch {
            throw JobError.unreadable(path, error)
        }
        return History(text: String(decoding: bytes, as: UTF8.self))
    }

    private mutating func read(results file: String, of folder: String) throws {
        guard let bytes = try? FileBytes.read(file, limit: 1 << 30) else { throw JobError.notARun(folder) }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        guard let kept = try? decoder.decode(KeptResults.self, from: Data(bytes)), !kept.runs.isEmpty,
            kept.format == KeptResults.format
        else { throw JobError.notARun(folder) }
        files = [file]
        runs = kept.runs.map { one in
            var run = ComparedRun(path: folder)
            (run.seed, run.recipe, run.backbone) = (one.seed, one.recipe, one.backbone)
            (run.pictures, run.evaluation) = (one.pictures, one.evaluation)
            if let train = one.train {
                (run.epochs, run.bestEpoch, run.finalLoss) = (train.epochs, train.bestEpoch, train.finalLoss)
                (run.validation, run.collapsed) = (train.validation, train.collapsed)
            }
            run.take(one.history)
            return run
        }
    }
}

extension SpreadsheetTable {
    /// Of each epoch of each run what its history has.
    fileprivate init(ofHistories runs: [ComparedRun]) {
        let columns: [(name: String, value: (EpochRecord) -> Float?)] = [
            ("epoch", { Float($0.epoch) }), ("loss", { $0.loss }), ("embedding", { $0.embedding }),
            ("cross_entropy", { $0.crossEntropy }), ("penalty", { $0.penalty }),
            ("pair_accuracy", { $0.pairAccuracy }),
            ("active", { $0.active }), ("positive_distance", { $0.positiveDistance }),
            ("negative_distance", { $0.negativeDistance }), ("class_accuracy", { $0.classAccuracy }),
            ("held_out_loss", { $0.heldOut?.loss }), ("held_out_pair_accuracy", { $0.heldOut?.pairAccuracy }),
            ("held_out_class_accuracy", { $0.heldOut?.classAccuracy }),
            ("new_classes_loss", { $0.newClasses?.loss }),
            ("new_classes_pair_accuracy", { $0.newClasses?.pairAccuracy }),
            ("learning_rate", { $0.learningRate }), ("one_shot", { $0.oneShot }),
            ("verification", { $0.verification }),
            ("images_per_second", { $0.imagesPerSecond }), ("seconds", { $0.seconds }),
        ]
        self.init(columns: ["run"] + columns.map(\.name))
        for run in runs {
            for record in run.history {
                append(
                    [.text(run.name)]
                        + columns.map { column in column.value(record).map { .exact($0) } ?? .empty })
            }
        }
    }
}
