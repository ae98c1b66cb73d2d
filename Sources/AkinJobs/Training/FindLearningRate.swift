import AkinBasics
import AkinDatasets
import AkinReporting
import AkinTraining

/// Looks for a learning rate by a range test: some hundred steps of a training whose rate grows from one that changes nothing to
/// one that is much too large. Nothing is kept of the training.
public struct FindLearningRate: Job {
    /// Of which training.
    public var recipe: Recipe
    /// The folder of the pictures, instead of the recipe's.
    public var pictures: String?
    /// The SVG file for the loss over the rates; nil for none.
    public var output: OutputFile?

    /// What was found.
    public struct Result: Encodable, Sendable {
        /// The recipe's path.
        public let recipe: String
        /// The rate that the recipe has.
        public let rate: Float
        /// Step by step, and what follows from that.
        public let test: RateTest
        /// Pictures that could not be read, and why.
        public let skipped: [Skipped]

        enum CodingKeys: String, CodingKey {
            case recipe, skipped
            case rate = "learning_rate"
        }

        /// The keys of the test among its own.
        public func encode(to encoder: any Encoder) throws {
            try test.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(recipe, forKey: .recipe)
            try container.encode(rate, forKey: .rate)
            try container.encode(skipped, forKey: .skipped)
        }
    }

    /// What is to be looked for.
    public init(_ recipe: Recipe, pictures: String? = nil, to output: OutputFile? = nil) {
        self.recipe = recipe
        self.pictures = pictures
        self.output = output
    }

    /// Does the steps. Cancelled, nothing is written.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        try recipe.check()
        try monitor.checkMachine()
        try OutputFile.check([output]) { try recipe.inputs(folder: pictures) }
        let images = try recipe.prepared(folder: pictures, monitor)
        let trainer = try Trainer(recipe, data: images)
        let test = try monitor.during("trying rates", unit: "steps") { work in
            try trainer.testRates { done, total in
                work.update(WorkProgress(done: done, total: total))
                if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
            }
        }
        if let output {
            try RateCurve(test, title: "\(recipe.name): loss by learning rate").write(to: output)
        }
        return Result(
            recipe: recipe.path, rate: recipe.training.learningRate, test: test, skipped: images.skipped)
    }
}
