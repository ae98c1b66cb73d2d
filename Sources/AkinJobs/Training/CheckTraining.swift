import AkinBasics
import AkinNetworks
import AkinTraining
import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Looks whether a training can be done and what it takes, as far as that can be told without doing it: reads its recipe and
/// its pictures, and does some steps, of which nothing is kept. Nothing is written. What the recipe evaluates is looked at, too.
///
/// ```swift
/// let training = TrainBackbone(try Recipe(contentsOf: "recipe.yaml"), pictures: "pictures")
/// let check = try CheckTraining(of: training).run(Monitor())
/// print(check.problems, check.time?.epoch ?? 0)
/// ```
public struct CheckTraining: Job {
    /// Which.
    public var training: TrainBackbone
    /// What is known to be wrong with its recipe: of such a training no step is done.
    public var known: [RecipeError]

    /// So long steps are done for the time that they take; two at least.
    private static let seconds = 2.0
    private static let mostSteps = 20

    /// What is to be looked at.
    public init(of training: TrainBackbone, known: [RecipeError] = []) {
        self.training = training
        self.known = known
    }

    /// Looks. What the training would stop at is in the result (`problems`), all of it that can be told; an error is what keeps
    /// one from looking.
    @discardableResult
    public func run(_ monitor: Monitor) throws -> Result {
        let recipe = training.recipe
        var result = Result(recipe)
        result.problems = known
        // What the program takes by itself.
        result.peak = Self.peak
        let program = result.peak
        func look<R>(_ work: () throws -> R) throws -> R? {
            do { return try work() } catch let error as JobError {
                if case .interrupted = error { throw error }
                result.problems.append(error)
            } catch { result.problems.append(error) }
            return nil
        }
        let makesSense = try look { try recipe.check() } != nil && known.isEmpty
        try monitor.checkMachine()
        let files = TrainingFiles(checkpoint: training.output, replacing: training.replaces)
        let isWritable = try look { try training.check(files) } != nil
        // A backbone that is ready has none here, and what is wrong is told with the pictures.
        let layers = recipe.ready == nil ? try look { try self.layers(of: recipe) } : nil
        if let layers { result.layers = layers }
        let clock = ContinuousClock()
        let began = clock.now
        let images = try look { try recipe.prepared(folder: training.pictures, monitor) }
        let heldOut = try look { try recipe.preparedToMeasure(folder: training.pictures, monitor) }
        let reading = began.duration(to: clock.now) / .seconds(1)
        // A training does not evaluate; who runs the recipe would be told before it.
        if recipe.ready == nil { _ = try look { try recipe.checkClassifiers() } }
        // What else is wrong with the pictures has been told.
        if images != nil {
            _ = try look { try recipe.checkHeldOut(folder: training.pictures, monitor.withoutNotes) }
            _ = try look {
                try OutputFile.check(files.outputs.map { OutputFile($0, replacing: true) }) {
                    try recipe.inputs(folder: training.pictures)
                }
            }
        }
        if let measured = heldOut.flatMap({ $0 }), !measured.skipped.isEmpty {
            monitor.note(.skipped(measured.skipped))
        }
        guard let images, let heldOut, makesSense else { return result }
        result.skipped = images.skipped + (heldOut?.skipped ?? [])
        guard layers != nil else {
            _ = try look { try Trainer.check(recipe, images) }
            return result
        }
        guard let trainer = try look({ try Trainer(recipe, data: images, heldOut: heldOut) }) else {
            return result
        }
        // What it would go on from.
        if training.resumes, isWritable, try look({ try trainer.begin(files, resume: true) }) == nil {
            return result
        }
        result.describe(trainer, images, heldOut)
        _ = try look { try tryOut(trainer, reading: reading, &result, monitor) }
        result.describeMemory(trainer, [images, heldOut].compactMap(\.self), program: program)
        result.peak = Self.peak
        return result
    }

    private func layers(of recipe: Recipe) throws(TrainingError) -> [Result.Layer] {
        do throws(NetworkError) {
            var layers: [Result.Layer] = []
            if let frozen = recipe.frozen {
                let sizes = try Network.layers(
                    of: frozen.checkpoint.layers, input: .init(frozen.checkpoint.preprocessing))
                layers.append(Result.Layer(frozen, sizes))
            }
            // Throws also where the last one puts out no vector.
            _ = try Network(recipe.backbone, input: recipe.networkInput)
            return layers
                + (try Network.layers(of: recipe.backbone, input: recipe.networkInput)).map(
                    Result.Layer.init)
        } catch { throw .network(recipe: recipe.path, error) }
    }

    /// Does some steps, and what is measured after an epoch.
    private func tryOut(
        _ trainer: Trainer, reading: Double, _ result: inout Result, _ monitor: Monitor
    ) throws {
        let (clock, started) = (ContinuousClock(), ContinuousClock.now)
        var seconds: [Double] = []
        repeat {
            let step = try trainer.tryStep()
            if seconds.isEmpty {
                result.step = Result.Step(
                    loss: step.loss, gradientNorm: step.gradientNorm, seconds: step.seconds)
            }
            seconds.append(step.seconds)
            if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
        } while seconds.count < Self.mostSteps
            && (seconds.count < 2 || started.duration(to: clock.now) < .seconds(Self.seconds))
        // The first one also brings weights and memory into the caches.
        let later = seconds.dropFirst().sorted()
        let measuring = trainer.tryMeasuring()
        let every = Double(training.recipe.training.validation?.every ?? 1)
        let epoch =
            Double(trainer.steps) * later[later.count / 2] + measuring.validation / every + measuring.heldOut
        result.time = Result.Time(
            reading: reading, step: later[later.count / 2], epoch: epoch,
            training: epoch * Double(training.recipe.training.epochs))
    }

    /// The most memory that the program has had so far, in bytes.
    private static var peak: Int {
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss * 1024
        #else
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss
        #endif
    }
}
