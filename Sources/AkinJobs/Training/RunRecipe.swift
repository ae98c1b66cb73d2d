import AkinBasics
import AkinDatasets
import AkinEvaluation
import AkinIndexing
import AkinTraining

/// Does everything that a recipe says: trains, makes an index, evaluates, reports.
public struct RunRecipe: Job {
    /// What says so.
    public var recipe: Recipe
    /// The folder of the pictures, instead of the recipe's.
    public var pictures: String?
    /// Where the results go: the checkpoint, the index and `report/`. What an earlier run left there, as `report/files.json` lists it, is
    /// replaced if nobody has changed it since; anything else that is there is an error.
    public var folder: String
    /// Whether files, and an index, that no run has left there so may be replaced too.
    public var replaces: Bool
    /// How often, with seeds one higher each time; the files are those of the first.
    public var repeats: Int
    /// Whether a training that was cancelled is gone on with, the first of several; or, after that, those without some of the
    /// pictures.
    public var resumes: Bool

    /// What came of it. Encoded, the only run; or else all of them, and their summary.
    public struct Result: Encodable, Sendable {
        /// One for each seed.
        public let runs: [RecipeRun]
        /// Of several runs: a classifier's accuracies over all seeds.
        public let summary: [RecipeSummary]
        /// Pictures that could not be read, and why.
        public let skipped: [Skipped]

        /// As said above.
        public func encode(to encoder: any Encoder) throws {
            guard runs.count > 1 else { return try runs[0].encode(to: encoder) }
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(runs, forKey: .runs)
            try container.encode(summary, forKey: .summary)
        }

        private enum CodingKeys: CodingKey { case runs, summary }
    }

    /// What there is to say while it goes on.
    public enum Step: Sendable {
        /// A run of several begins.
        case began(seed: UInt64)
        /// The backbone is trained.
        case trained(TrainingReport)
        /// The index is made; where.
        case indexed(String, IndexStats)
        /// An evaluation is done.
        case evaluated(RecipeEvaluation)
        /// A page with its mistakes is written; where.
        case wrote(sheet: String)
    }

    /// What is to be run.
    ///
    /// - Parameters:
    ///   - folder: By default that of the recipe; of a run that is repeated from its checkpoint, one beside that, called `NAME-again`.
    ///   - replacing: Whether files, and an index, that no run has left there so may be replaced.
    public init(
        _ recipe: Recipe, pictures: String? = nil, into folder: String? = nil, replacing: Bool = false,
        repeats: Int = 1, resuming: Bool = false
    ) {
        self.recipe = recipe
        self.pictures = pictures
        self.folder =
            folder ?? (recipe.isRepetition ? recipe.folder + "/" + recipe.resultsName : recipe.folder)
        self.repeats = repeats
        (replaces, resumes) = (replacing, resuming)
    }

    /// Runs it. Cancelled while training, it keeps where it stands.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result { try run(monitor) { _ in } }

    /// As the above; `each` is told of each step when it is done.
    @discardableResult
    public func run(_ monitor: Monitor, each: (Step) throws -> Void) throws -> Result {
        guard repeats > 0 else {
            throw JobError.unusableNumber(
                what: "how often the recipe is run", value: "\(repeats)", allowed: "1 or more")
        }
        var recipe = recipe
        recipe.data.folder = pictures ?? recipe.data.folder
        // What would fail after the training is better said before it.
        try recipe.check()
        try recipe.checkClassifiers()
        try recipe.checkHeldOut(folder: pictures, monitor)
        try monitor.checkMachine()
        try checkOutputs()
        var images = recipe.ready == nil ? try recipe.prepared(folder: pictures, monitor) : nil
        var runs: [RecipeRun] = []
        for turn in 0..<repeats {
            if repeats > 1 { try each(.began(seed: recipe.training.seed)) }
            do {
                // Where the seed draws what is trained on, what is held out or its views, each turn has its own.
                if turn > 0, let before = images,
                    recipe.data.test?.share != nil || recipe.data.selection == .random
                        || !before.isReady(for: recipe)
                {
                    images = try recipe.prepared(folder: pictures, monitor.withoutNotes)
                }
                runs.append(
                    try RecipeRunner(recipe, self, images, isFirst: turn == 0, monitor).run(each))
                try keep(runs)
            } catch JobError.interrupted(let interruption) where turn > 0 {
                guard [.training, .indexing, .wroteNothing, .retraining].contains(interruption) else {
                    throw JobError.interrupted(interruption)
                }
                throw JobError.interrupted(
                    .repetition(seed: recipe.training.seed, left: repeats - turn))
            }
            recipe.training.seed &+= 1
        }
        // Held-out pictures may lie in the same folders.
        let unread = images?.skipped ?? []
        let listed = Set(unread.map(\.source))
        let more = runs[0].skipped.filter { !listed.contains($0.source) }
        if !more.isEmpty { monitor.note(.skipped(more)) }
        return Result(
            runs: runs, summary: repeats > 1 ? RecipeSummary.all(of: runs) : [],
            skipped: unread + more)
    }

    /// What has come of the runs so far, and how: the rest may not come.
    private func keep(_ runs: [RecipeRun]) throws {
        let record = RunRecord(folder: folder)
        if runs.count == 1 {
            try record.output(record.recipe, replacing: replaces).write(runs[0].recipe.utf8)
        }
        try record.output(record.results, replacing: replaces).write(jsonLine(of: KeptResults(runs)))
        try record.note([record.recipe, record.results], replacing: replaces)
    }

    /// Refuses to replace what no run has made, or in which somebody has worked since.
    private func checkOutputs() throws {
        let record = RunRecord(folder: folder)
        if Folder.isThere(record.index) {
            guard EmbeddingIndex.exists(at: record.index) else { throw JobError.inTheWay(record.index) }
            guard replaces || record.owns(record.index) else { throw JobError.otherIndex(record.index) }
        }
        let folds = recipe.folds(in: folder)
        if recipe.evaluation.retrain, !resumes, Folder.isThere(folds.folder) {
            throw TrainingError.interruptedRun(path: folds.folder)
        }
        let reports = recipe.evaluations.map(record.report).flatMap { [$0.json, $0.page] }
        var files = reports.map { record.output($0, replacing: replaces) }
        if recipe.ready == nil {
            let trained = recipe.trainingFiles(in: folder, replacing: replaces)
            let own = resumes && trained.hasState ? [trained.checkpoint] : trained.outputs
            files += own.map { record.output($0, replacing: trained.replaces) }
        }
        files += [record.recipe, record.results].map { record.output($0, replacing: replaces) }
        files.append(record.own(replacing: replaces))
        // What is not there yet, its folder included, is in nobody's way.
        try OutputFile.check(files.filter(\.isThere)) { try recipe.inputs(folder: pictures) }
    }
}
