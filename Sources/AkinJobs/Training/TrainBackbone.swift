import AkinBasics
import AkinDatasets
import AkinTraining

/// Trains a backbone as a recipe says.
///
/// ```swift
/// let recipe = try Recipe(contentsOf: "recipe.yaml")
/// let job = TrainBackbone(recipe, pictures: "pictures", output: "seals.safetensors")
/// print(try job.run(Monitor()).report.finalLoss)
/// ```
public struct TrainBackbone: Job {
    /// How.
    public var recipe: Recipe
    /// The folder of the pictures, instead of the recipe's.
    public var pictures: String?
    /// The checkpoint to write. History, curves and, of a run that was cancelled, what to go on from lie beside it.
    public var output: String
    /// Whether what an earlier run has left there may be replaced.
    public var replaces: Bool
    /// Whether a run that was cancelled is gone on with.
    public var resumes: Bool

    /// What came of it; encoded, the report.
    public struct Result: Encodable, Sendable {
        /// Of the training; of one that was cancelled, of as far as it came, and not `finished`.
        public let report: TrainingReport
        /// Pictures that could not be read, and why.
        public let skipped: [Skipped]

        /// As the report.
        public func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }
    }

    /// What is to be trained.
    ///
    /// - Parameters:
    ///   - output: By default the recipe's name with `.safetensors`, beside the recipe; of a training that is repeated from its checkpoint,
    ///     with `-again` before that.
    ///   - replacing: Whether what an earlier run has left there may be replaced.
    ///   - resuming: Whether a run that was cancelled is gone on with.
    public init(
        _ recipe: Recipe, pictures: String? = nil, output: String? = nil, replacing: Bool = false,
        resuming: Bool = false
    ) {
        self.recipe = recipe
        self.pictures = pictures
        self.output = output ?? recipe.folder + "/" + recipe.resultsName + ".safetensors"
        (replaces, resumes) = (replacing, resuming)
    }

    /// Looks, before there is anything to write, whether all can be written.
    func check(_ files: TrainingFiles) throws {
        let isItself = absolutePath(output) == absolutePath(recipe.path)
        if resumes, recipe.isRepetition, !files.hasState, isItself || !files.canBeProlonged {
            throw JobError.recipe(recipe.path, .repetitionProlonged)
        }
        try files.check(resuming: resumes)
    }

    /// Trains. Cancelled, it ends after the step, and keeps where it stands.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        var recipe = recipe
        recipe.data.folder = pictures ?? recipe.data.folder
        try recipe.check()
        try monitor.checkMachine()
        let files = TrainingFiles(checkpoint: output, replacing: replaces)
        try check(files)
        try OutputFile.check(files.outputs.map { OutputFile($0, replacing: true) }) {
            try recipe.inputs(folder: pictures)
        }
        let images = try recipe.prepared(folder: pictures, monitor)
        let heldOut = try recipe.preparedToMeasure(folder: pictures, monitor)
        if let heldOut, !heldOut.skipped.isEmpty { monitor.note(.skipped(heldOut.skipped)) }
        let report = try monitor.train(
            recipe, images, heldOut: heldOut, files: files, resuming: resumes)
        return Result(report: report, skipped: images.skipped + (heldOut?.skipped ?? []))
    }
}
