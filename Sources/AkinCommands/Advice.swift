import Akin

/// What a failed command says: what happened, as the library tells it, and what to do about it at the command line.
func explanation(of error: any Error) -> String {
    // What was set at the command line is called as it was written there.
    let option = if case .setting = (error as? RecipeError)?.place { "--set " } else { "" }
    return "\(option)\(error)\(advice(on: error))"
}

/// What stands behind the library's own words where the command line has more to say: it goes on with their last
/// sentence. Empty where it has not.
func advice(on error: any Error) -> String {
    switch error {
    case let error as WriteError: advice(on: error)
    case let error as IndexError: advice(on: error)
    case let error as DatasetError: advice(on: error)
    case let error as GalleryError: advice(on: error)
    case let error as ExchangeError: advice(on: error)
    case let error as ClassificationError: advice(on: error)
    case let error as EvaluationError: advice(on: error)
    case EmbeddingError.unknownName: backbones
    case let error as TrainingError: advice(on: error)
    case let error as JobError: advice(on: error)
    case let error as ONNXError: advice(on: error)
    case CheckpointError.unwritable(let error): advice(on: error)
    default: ""
    }
}

/// As for an error.
func advice(on notice: Notice) -> String {
    switch notice {
    case .searchNotMeasured(let error), .leftOut(_, let error): advice(on: error)
    case .pictures(.picturesInSubfolders):
        "; --label-depth 2 (label-depth in a recipe's data) takes them in, after 'akin index undo' of what was "
            + "added; --label-depth 1 leaves them out without a word"
    case .pictures(.morePages): "; 'scan.tif#2' names a second one, --pages all adds all"
    case .pictures(.omniglot): "; --label-depth 1 takes the alphabets for labels"
    case .noPublishedBackbone: ": 'akin backbone fetch' brings one (17 MB)"
    case .betterClassifier: "; 'akin index calibrate' takes what is best"
    case .notCalibrated: "; 'akin index calibrate' finds it out"
    case .calibratedBefore, .calibratedWithOtherLabels, .calibratedByOtherRules, .calibrationForgotten:
        "; 'akin index calibrate' does it again"
    case .noReceipt: " ('akin evaluate leave-one-out')"
    case .nearCopies: "; 'akin check' shows them"
    case .excludedGroup(_, nil): "; 'akin index list --json' shows all"
    case .graphNotBuilt: ": make it by 'akin index build'"
    case .graphLeftBehind: "; then make it by 'akin index build'"
    default: ""
    }
}

private let list = "; 'akin index list' shows all"
private let backbones = "; 'akin backbone list' says more"
private let statistics = "; 'akin index stats' shows all"

private func advice(on error: WriteError) -> String { error.isInTheWay ? ", or give --force" : "" }

private func indexMaking(insteadOf path: String) -> String {
    // As 'akin learn' calls what it makes of a folder.
    let learned = (path.hasSuffix("/") ? String(path.dropLast()) : path) + "-index"
    return " with 'akin learn' or 'akin index create'"
        + (EmbeddingIndex.exists(at: learned) ? "; or did you mean \(shellWord(learned))?" : "")
}

private func advice(on error: IndexError) -> String {
    switch error {
    case .notAnIndex(let path, _):
        indexMaking(insteadOf: path)
    case .address: " ('akin index pull', 'akin index push')"
    case .damagedBackbone: " ('akin index rebuild')"
    case .damagedBlock: " by 'akin index verify --repair'"
    case .damagedGraph: "; 'akin index verify --repair' makes it again from the vectors"
    case .unreadableSources: " (--drop-unreadable)"
    case .noBackbone: " ('akin query --vectors', 'akin index import')"
    case .rebuilt: " (that is: give the command once more)"
    case .nothingToRedo: "; 'akin index history' lists what can be"
    case .wouldBeEmpty: " with --empty"
    default: ""
    }
}

private func advice(on error: DatasetError) -> String {
    switch error {
    case .partsOfADataSet(_, _, classes: []): ", or take these folders for labels with --label-depth 1"
    case .partsOfADataSet: " with --label-depth 2; --label-depth 1 takes the parts themselves for labels"
    default: ""
    }
}

private func advice(on error: GalleryError) -> String {
    switch error {
    case .dataset(let error): advice(on: error)
    case .unknownItem, .unknownSource: list
    case .unknownLabel: statistics
    case .noNumbersLeft: " ('akin index import --new-ids')"
    default: ""
    }
}

private func advice(on error: ExchangeError) -> String {
    switch error {
    case .unwritable(let error): advice(on: error)
    case .badID, .idTooLarge, .idsDescend: " (--new-ids)"
    case .unnamedBackbone: " with --same-backbone"
    case .badOption(let error): advice(on: error)
    default: ""
    }
}

private func advice(on error: ClassificationError) -> String {
    switch error {
    case .nothingToCompareWith: " with 'akin index add'"
    default: ""
    }
}

private func advice(on error: EvaluationError) -> String {
    switch error {
    case .tooFewItems: " with 'akin index add'"
    case .allCopies: " (--keep-copies)"
    case .classification(let error): advice(on: error)
    default: ""
    }
}

private func advice(on error: TrainingError) -> String {
    switch error {
    case .nothingToResume: "; leave out --resume to train from the beginning"
    case .interruptedRun: " (--resume goes on)"
    case .nothingToProlong(_, _, stoppedEarly: false): " (--set epochs=...)"
    case .anothersFile: ", or give --force"
    case .unknownStart: backbones
    case .unwritable(let error): advice(on: error)
    default: ""
    }
}

private func advice(on error: JobError) -> String {
    switch error {
    case .interrupted(let interruption), .stopped(let interruption, _): advice(on: interruption)
    case .indexOfOneClass: " with 'akin index add'"
    case .noItem: "; 'akin index list' shows where they come from"
    case .unknownLabel(_, nil): statistics
    case .unknownGroup(_, nil): "; 'akin index list --json' shows all"
    case .noChange: "; 'akin index history' lists them"
    case .noItems: " with 'akin index add'"
    case .onlyCopies: " (--keep-copies)"
    case .otherMetric: "; leave out --metric, or import into a new index"
    case .unwritableFolder, .inTheWay: " with --output"
    case .otherIndex: " with --output, or give --force"
    case .notFetched, .noDownloader, .wrongPackage: " with --from"
    case .recipe(_, .noPictures(_, .partsOfADataSet)):
        " with --set data.label-depth=2; with 1, the parts themselves are labels"
    case .recipe(_, .noPictures): "; give their folder with --data, or get them with Tools/fetch-datasets"
    default: ""
    }
}

private func advice(on error: ONNXError) -> String {
    switch error {
    case .unwritable(let error): advice(on: error)
    case .noRuntime, .unusableRuntime, .oldRuntime: ", or for 'akin backbone import' --onnx-runtime"
    case .noSize, .failed: " (--size)"
    case .otherSize: ", without --size"
    case .noOutput: " with --output-name"
    case .unusableOutput(_, _, _, let others) where !others.isEmpty: " with --output-name"
    case .unreadablePreprocessor, .unknownPreprocessing: " (--size, --crop, --interpolation, --mean, --std)"
    default: ""
    }
}

private func advice(on interruption: JobError.Interruption) -> String {
    switch interruption {
    case .added(_, _?, _): "; to go on, run the same command again"
    case .imported(_, _?): "; to go on, run the same command again with --same-backbone"
    case .training, .retraining: "; to go on, give the same command with --resume"
    case .indexing:
        ", and 'akin index create' and 'akin index add' make an index with it: the same command would train it again"
    case .repetition(let seed, let left):
        "; to do the rest, give the same command with --seed \(seed), --repeats \(left) and another --output"
    default: ""
    }
}
