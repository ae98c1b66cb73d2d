import AkinNetworks
import AkinTensors
import Foundation

/// Trains a backbone as a recipe says.
///
/// The same recipe, data and seed give the same bits, whatever the number of threads, and whether the run went
/// through or was taken up again: everything random follows from the seed and the epoch.
public final class Trainer {
    public let recipe: Recipe
    public let data: PreparedImages
    /// Epochs finished.
    public private(set) var epoch = 0

    let network: Network
    let optimizer: Adam
    private let sampler: PairSampler
    private let pass: TrainingPass
    private let loss: PairLoss
    private let batchInputs: FloatBuffer
    private let pool: ThreadPool

    /// What `run` tells after each step.
    public struct Progress: Sendable {
        public var epoch: Int
        public var epochs: Int
        /// Batches done in this epoch, and all of it.
        public var step: Int
        public var steps: Int
        /// Since the beginning of the epoch.
        public var loss: Float
        public var pairAccuracy: Float
        /// Set with the last step of an epoch.
        public var finished: EpochRecord?
    }

    /// Refuses data that cannot be trained on and layers that do not fit.
    public init(_ recipe: Recipe, data: PreparedImages, pool: ThreadPool = .shared) throws(TrainingError) {
        self.recipe = recipe
        self.data = data
        guard data.count >= 2 else { throw .tooFewImages(found: data.count) }
        guard data.labels.count >= 2 else { throw .oneClass(data.labels[0]) }
        guard data.labels.count < data.count else { throw .noPositivePairs(classes: data.labels.count) }
        let settings = recipe.training
        do {
            network = try Network(
                recipe.backbone, input: Shape(recipe.preprocessing),
                classes: settings.classification > 0 ? data.labels.count : 0)
        } catch { throw .network(recipe: recipe.path, error) }
        network.initialize(seed: settings.seed)
        sampler = PairSampler(classes: data.classes, pairs: settings.pairs, batch: settings.batch, seed: settings.seed)
        let bytes = 4 * Double(sampler.largestBatch) * Double(network.activationCount)
        let machine = Double(ProcessInfo.processInfo.physicalMemory)
        guard bytes < machine else {
            throw .tooMuchMemory(recipe: recipe.path, batch: sampler.largestBatch, bytes: bytes, machine: machine)
        }
        self.pool = pool
        pass = TrainingPass(network, capacity: sampler.largestBatch, pool: pool)
        loss = PairLoss(
            network, margin: settings.margin, contribution: settings.classification, capacity: sampler.largestBatch,
            maximumPairs: sampler.mostPairs, pool: pool)
        optimizer = Adam(count: network.values.count, rate: settings.learningRate)
        batchInputs = FloatBuffer(count: sampler.largestBatch * data.inputCount)
    }

    /// Memory of the run's buffers in bytes, the pictures left out.
    package var bytes: Int { pass.bytes + (optimizer.first.count * 2 + batchInputs.count) * 4 }

    /// Trains from where it stands to the recipe's last epoch. After each step `progress` is told how it goes; where
    /// it returns false, training ends after the epoch. Returns whether all epochs are done.
    @discardableResult
    public func run(progress: (Progress) throws -> Bool = { _ in true }) throws -> Bool {
        let clock = ContinuousClock()
        let epochs = recipe.training.epochs
        while epoch < epochs {
            let epochStart = clock.now
            var sums = EpochSums()
            let batches = sampler.epoch(epoch)
            var goOn = true
            for (step, images) in batches.enumerated() {
                let result = try self.step(images, step: step)
                sums.add(result.loss, pairs: result.pairs, images: images.count)
                var report = Progress(
                    epoch: epoch + 1, epochs: epochs, step: step + 1, steps: batches.count, loss: sums.loss,
                    pairAccuracy: sums.pairAccuracy)
                if step + 1 == batches.count {
                    // A ReLU makes zeros of what is not a number: the loss alone does not tell.
                    guard network.values.values.allSatisfy(\.isFinite) else { throw notANumber(step: step) }
                    epoch += 1
                    report.finished = sums.record(epoch: epoch, seconds: Float(epochStart.duration(to: clock.now) / .seconds(1)))
                }
                goOn = try progress(report) && goOn
            }
            if !goOn { break }
        }
        return epoch == epochs
    }

    /// One step on the images of one batch.
    private func step(_ images: [Int], step: Int) throws(TrainingError) -> (loss: StepLoss, pairs: Int) {
        let size = data.inputCount
        for (position, image) in images.enumerated() {
            (batchInputs.base + position * size).update(from: data.inputs.base + image * size, count: size)
        }
        let pairs = sampler.pairs(of: images, epoch: epoch, step: step)
        let seed = SeededGenerator.number(recipe.training.seed, UInt64(epoch), UInt64(step))
        let embeddings = pass.forward(batchInputs.base, count: images.count, seed: seed)
        let result = loss.evaluate(
            embeddings, classes: images.map { data.classes[$0] }, pairs: pairs, gradient: pass.embeddingGradient,
            parameterGradient: pass.gradient.base)
        guard result.total.isFinite else {
            throw notANumber(step: step)
        }
        pass.backward()
        optimizer.step(network.values, gradient: pass.gradient, pool: pool)
        return (result, pairs.count)
    }

    private func notANumber(step: Int) -> TrainingError {
        .notANumber(epoch: epoch + 1, step: step + 1, rate: recipe.training.learningRate)
    }

    /// The backbone as it is now.
    public var checkpoint: Checkpoint {
        Checkpoint(
            network, preprocessing: recipe.preprocessing,
            details: .init(
                name: recipe.name, seed: recipe.training.seed, epochs: epoch,
                data: "\(data.count) images of \(data.labels.count) classes", labels: data.labels))
    }

    /// Takes the run up where a saved state left it.
    func restore(epoch: Int, steps: Int) {
        self.epoch = epoch
        optimizer.steps = steps
    }

    private struct EpochSums {
        var total: Double = 0
        var contrastive: Double = 0
        var crossEntropy: Double = 0
        var images = 0
        var pairs = 0
        var correctPairs = 0

        mutating func add(_ loss: StepLoss, pairs: Int, images: Int) {
            total += Double(loss.total) * Double(images)
            contrastive += Double(loss.contrastive) * Double(images)
            crossEntropy += Double(loss.crossEntropy) * Double(images)
            self.images += images
            self.pairs += pairs
            correctPairs += loss.correctPairs
        }

        var loss: Float { Float(total / Double(images)) }
        var pairAccuracy: Float { Float(correctPairs) / Float(max(pairs, 1)) }

        func record(epoch: Int, seconds: Float) -> EpochRecord {
            EpochRecord(
                epoch: epoch, loss: loss, contrastive: Float(contrastive / Double(images)),
                crossEntropy: Float(crossEntropy / Double(images)), pairAccuracy: pairAccuracy,
                imagesPerSecond: Float(images) / max(seconds, 1e-9), seconds: seconds)
        }
    }
}

extension SeededGenerator {
    /// One number for a purpose.
    fileprivate static func number(_ seed: UInt64, _ epoch: UInt64, _ step: UInt64) -> UInt32 {
        var generator = SeededGenerator(seed: seed, 0xD209, epoch, step)
        return UInt32(truncatingIfNeeded: generator.next())
    }
}
