import Akin
import AkinBasics
import ArgumentParser

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The kinds of failures that scripts can tell apart. Their names stay as they are, as those of JSON fields do.
enum FailureKind: String, Encodable, CaseIterable {
    /// The command line is wrong.
    case usage
    /// Something that was named is not there: a file, an index, a label, a backbone.
    case notFound = "not-found"
    /// It is there, and may not be read, is damaged, or is not what it should be.
    case unreadable
    /// It can be read and does not serve: too few items, another backbone, a setting that cannot be.
    case unsuitable
    /// What was to be written is there already.
    case exists
    /// It cannot be written: for lack of permission, or of the folder.
    case unwritable
    /// A disk, a quota or the memory is full.
    case full
    /// Somebody else needs it, or the command itself.
    case inUse = "in-use"
    /// This machine lacks something, or the network.
    case unavailable
    /// Pictures were skipped, and `--strict` was given.
    case skipped
    /// What was looked for faults has some.
    case faulty
    /// Ctrl-C, or another signal that asks to end.
    case interrupted
    /// None of these.
    case other

    init(of error: any Error) {
        self =
            switch error {
            case let error as CommandError: Self(of: error)
            case let error as JobError: Self(of: error)
            case let error as IndexError: Self(of: error)
            case let error as StorageError: Self(of: error)
            case let error as GalleryError: Self(of: error)
            case let error as DatasetError: Self(of: error)
            case let error as ImageError: Self(of: error)
            case let error as ExchangeError: Self(of: error)
            case let error as EmbeddingError: Self(of: error)
            case let error as CheckpointError: Self(of: error)
            case let error as TrainingError: Self(of: error)
            case let error as RecipeError: Self(of: error)
            case let error as EvaluationError: Self(of: error)
            case let error as ONNXError: Self(of: error)
            case let error as PostgreSQLError: Self(of: error)
            case let error as FileError: Self(of: error)
            case let error as WriteError: Self(of: error)
            case ClassificationError.unknownClassifier: .notFound
            case ClassificationError.lacksMemory: .full
            case is CancellationError: .interrupted
            case is SafetensorsError, is ZipError, is TorchFileError, is PublishedBackboneError,
                is DescriptorError,
                is DecodingError:
                .unreadable
            case is any ExplainedError: .unsuitable
            default: AkinCommand.exitCode(for: error) == .validationFailure ? .usage : .other
            }
    }
}

extension FailureKind {
    private init(of error: CommandError) {
        self =
            switch error {
            case .skipped: .skipped
            case .unwritableOutput: .unwritable
            case .trainingInterrupted: .interrupted
            case .faulty, .tellsNothingApart, .missedNeighbours: .faulty
            default: .unsuitable
            }
    }

    private init(of error: JobError) {
        self =
            switch error {
            case .interrupted: .interrupted
            case .stopped(_, let error): Self(of: error)
            case .unwritableFolder: .unwritable
            case .noBLAS, .notFetched, .noDownloader: .unavailable
            case .noItem, .unknownLabel, .unknownGroup, .noCluster, .noChange: .notFound
            case .noUsablePicture(_, let first):
                access(PathText.system(first.source.path), F_OK) == 0 ? .unreadable : .notFound
            case .wrongPackage: .unreadable
            case .unreadable(_, let error): Self(of: error)
            case .unreadablePackage(_, let error): Self(of: error)
            case .otherBackbone, .builtBeside, .inTheWay, .otherIndex: .exists
            case .fileInUse: .inUse
            case .recipe(_, .noPictures(_, let error)), .recipe(_, .unusableData(let error)): Self(of: error)
            case .recipe(_, .tooManyPictures), .recipe(_, .tooManyVectors): .full
            default: .unsuitable
            }
    }

    private init(of error: IndexError) {
        self =
            switch error {
            case .notAnIndex: .notFound
            case .alreadyAnIndex, .folderNotEmpty: .exists
            case .folderUnusable, .openForReading: .unwritable
            case .unreadable, .newerFormat, .damagedSettings, .damagedBackbone, .damagedBlock, .damagedItem,
                .damagedChange,
                .damagedGraph,
                .unreadableSources:
                .unreadable
            case .rebuilt: .inUse
            case .storage(let error): Self(of: error)
            case .unusableBackbone: .unavailable
            default: .unsuitable
            }
    }

    private init(of error: StorageError) {
        self =
            switch error {
            case .failed(let code, _, _):
                switch code {
                case .mapFull, .diskFull, .quotaExceeded, .fileTooLarge, .outOfMemory: .full
                case .readersFull: .inUse
                case .accessDenied, .readOnlyFileSystem: .unwritable
                case .noSuchFile: .notFound
                case .invalid, .versionMismatch, .corrupted, .pageNotFound: .unreadable
                default: .other
                }
            case .malformed, .damaged: .unreadable
            case .openForReading, .notExchangeable: .unwritable
            case .changedWhileRead: .inUse
            }
    }

    private init(of error: GalleryError) {
        self =
            switch error {
            case .unknownItem, .unknownLabel, .unknownSource: .notFound
            case .nothingReadable: .unreadable
            case .noNumbersLeft: .full
            case .dataset(let error): Self(of: error)
            default: .unsuitable
            }
    }

    private init(of error: DatasetError) {
        self =
            switch error {
            case .file(_, let error): Self(of: error)
            case .image(_, let error): Self(of: error)
            case .unknownLabel, .unknownSplit, .unknownGroup: .notFound
            case .notAFolder, .noImages, .partsOfADataSet, .emptyLabel, .countsDiffer, .labelWithoutName,
                .noDrawings, .noRuns:
                .unsuitable
            default: .unreadable
            }
    }

    private init(of error: ImageError) {
        self =
            switch error {
            case .file(_, let error): Self(of: error)
            case .unavailable: .unavailable
            case .tooLarge, .fileTooLarge, .outOfMemory: .full
            case .noPage: .notFound
            default: .unreadable
            }
    }

    private init(of error: ExchangeError) {
        self =
            switch error {
            case .file(_, let error): Self(of: error)
            case .unwritable(let error): Self(of: error)
            case .badOption(let error): Self(of: error)
            case .changedMeanwhile: .inUse
            case .sameFileTwice, .unknownFormat, .tooManyFiles, .itemsTwice, .unsupportedDimension,
                .wrongDimension,
                .countsDiffer, .unnamedBackbone, .backbonesDiffer, .inexpressible, .otherBackbone:
                .unsuitable
            default: .unreadable
            }
    }

    private init(of error: EmbeddingError) {
        self =
            switch error {
            case .unknownName: .notFound
            case .unknownFormat: .unreadable
            default: .unsuitable
            }
    }

    private init(of error: CheckpointError) {
        self =
            switch error {
            case .unreadable(_, let error): Self(of: error)
            case .unwritable(let error): Self(of: error)
            case .foreign: .unsuitable
            default: .unreadable
            }
    }

    private init(of error: TrainingError) {
        self =
            switch error {
            case .recipe(let error): Self(of: error)
            case .start(let error): Self(of: error)
            case .unknownStart(_, let error): Self(of: error)
            case .unwritable(let error): Self(of: error)
            case .tooMuchMemory: .full
            case .nothingToResume: .notFound
            case .interruptedRun: .exists
            case .unreadableState: .unreadable
            default: .unsuitable
            }
    }

    private init(of error: RecipeError) {
        self =
            switch error {
            case .noStart(_, let error), .noFrozenPart(_, let error): Self(of: error)
            case .unknownBackbone(_, let error): Self(of: error)
            case .malformedSetting, .settingLeadsNowhere, .nothingToTakeAway, .noLearnedMetric,
                .readyBackbone:
                .unsuitable
            default: .unreadable
            }
    }

    private init(of error: EvaluationError) {
        self =
            switch error {
            case .classification(let error): Self(of: error)
            case .head(let error): Self(of: error)
            case .fewShot(let error): Self(of: error)
            default: .unsuitable
            }
    }

    private init(of error: ONNXError) {
        self =
            switch error {
            case .noRuntime, .unusableRuntime, .oldRuntime: .unavailable
            case .unreadable(_, let error): Self(of: error)
            case .unwritable(let error): Self(of: error)
            case .noOutput: .notFound
            case .notONNX, .otherFile, .tooLarge, .refused, .unreadablePreprocessor: .unreadable
            default: .unsuitable
            }
    }

    private init(of error: PostgreSQLError) {
        self =
            switch error {
            case .noIndex, .nothingToUndo: .notFound
            case .alreadyAnIndex: .exists
            case .noLibrary, .noConnection, .noPgvector, .oldPgvector, .linkBroken: .unavailable
            case .foreignTables, .newerSchema, .damaged: .unreadable
            case .noPassword, .notPermitted: .unwritable
            case .diskFull: .full
            case .changedSince: .inUse
            case .badAddress, .passwordInAddress, .wrongEncoding, .unsupportedDimension, .noBackbone,
                .unusableBackbone:
                .unsuitable
            case .failed: .other
            }
    }

    private init(of error: FileError) {
        self =
            switch error {
            case .missing, .danglingLink: .notFound
            default: .unreadable
            }
    }

    private init(of error: WriteError) {
        self =
            switch error.code {
            case ENOSPC, EDQUOT, EFBIG: .full
            case EEXIST: .exists
            default: .unwritable
            }
    }
}
