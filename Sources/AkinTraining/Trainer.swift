import AkinImages
import AkinNetworks
import AkinTensors
import AkinVectorSearch
import Foundation

/// Trains a backbone as a recipe says.
///
/// The same recipe, data and seed give the same bits, whatever the number of threads, and whether the run went
/// through or was taken up again: everything random follows from the seed, the epoch and the step.
public final class Trainer {
    /// What it follows.
    public let recipe: Recipe
    /// What it trains on: without the classes that are held back for validation.
    public let data: PreparedImages
    /// The pictures of the classes held back; nil without validation.
    public let validationData: PreparedImages?
    /// Epochs finished.
    public var epoch: Int { position.epoch }
    /// Whether there is nothing left to do: all epochs are done, or validation has not become better for too long.
    public var isFinished: Bool {
        position.epoch >= recipe.training.epochs || position.measurementsSinceBest >= patience
    }

    package let network: Network
    let optimizer: Optimizer
    let loss: LossFunction
    /// Where the run stands.
    var position = Position()
    /// Values and statistics of the network when validation was best.
    let best: (values: FloatBuffer, statistics: FloatBuffer)?
    package let pass: TrainingPass
    let sampler: BatchSampler
    let miner: Miner?
    let inputs: BatchInputs
    let mixer: BatchMixer?
    let validator: Validator?
    let embedding: EmbeddingPass?
    /// What measures held-out pictures: of classes that are trained on, and of others.
    let heldOut: (trained: HeldOutMeasure?, others: HeldOutMeasure?)
    let pool: ThreadPool

    /// Where a run stands, besides the numbers of its network.
    struct Position: Codable, Equatable {
        /// Epochs finished.
        var epoch = 0
        /// Batches done of the one that is going on.
        var step = 0
        /// What they came to.
        var sums = EpochSums()
        /// Of the loss, what tells whether it is out of hand; nil in states from before this was kept.
        var watch: LossWatch?
        /// What validation was at its best.
        var best: ValidationResult?
        /// After which epoch.
        var bestEpoch = 0
        var measurementsSinceBest = 0
    }

    /// What `run` tells after each step.
    public struct Progress: Sendable {
        /// The epoch that is going on, from 1.
        public var epoch: Int
        /// How many the recipe asks for.
        public var epochs: Int
        /// Batches done in this epoch.
        public var step: Int
        /// Batches of an epoch.
        public var steps: Int
        /// Images seen in this epoch.
        public var images: Int
        /// The mean loss since the beginning of the epoch.
        public var loss: Float
        /// Share of the pairs or triplets since then that are right, as `EpochRecord.pairAccuracy`.
        public var pairAccuracy: Float
        /// Set with the last step of an epoch.
        public var finished: EpochRecord?
    }

    /// Refuses data that cannot be trained on and layers that do not fit. Where the recipe has a frozen part and `data`
    /// are pictures, that is run over them first, which can take longer than the training.
    ///
    /// - Parameter heldOut: Pictures whose loss and accuracy are measured after each epoch beside those of training, of
    ///   classes that are trained on and of others. They change nothing else.
    public init(
        _ recipe: Recipe, data: PreparedImages, heldOut: PreparedImages? = nil, pool: ThreadPool = .shared
    ) throws(TrainingError) {
        self.recipe = recipe
        self.pool = pool
        let settings = recipe.training
        try Self.check(recipe)
        (self.data, validationData) = try Self.split(recipe, data.ready(for: recipe, pool: pool))
        let classes = try Self.classes(recipe, self.data)
        let classCount = Int(classes.ofImages.max()! + 1)
        network = try Self.network(recipe, classes: classCount)
        network.initialize(seed: settings.seed)
        sampler = BatchSampler(classes: classes.ofImages, classGroups: classes.groups, settings: settings)
        let bytes = 4 * Double(sampler.largestBatch) * Double(network.activationCount)
        let machine = Double(ProcessInfo.processInfo.physicalMemory)
        guard bytes < machine else {
            throw .tooMuchMemory(
                recipe: recipe.path, batch: sampler.largestBatch, bytes: bytes, machine: machine)
        }
        if let start = settings.start { try Self.load(start, recipe, into: network) }
        pass = TrainingPass(network, capacity: sampler.largestBatch, pool: pool)
        inputs = BatchInputs(recipe, data: self.data, capacity: sampler.largestBatch, pool: pool)
        mixer = BatchMixer(recipe, capacity: sampler.largestBatch, pool: pool)
        loss = LossFunction(
            settings.loss, dimension: network.dimension, classes: classCount, capacity: sampler.largestBatch,
            maximumPairs: sampler.mostPairs, maximumTriplets: sampler.mostTriplets, pool: pool)
        miner =
            settings.mining == .random
            ? nil
            : Miner(
                settings.mining, capacity: sampler.largestBatch, dimension: network.dimension, pool: pool)
        optimizer = Optimizer(settings.optimizer, count: network.values.count)
        validator = try Self.validator(recipe, validationData)
        self.heldOut = try HeldOutMeasure.both(
            of: heldOut?.ready(for: recipe, pool: pool), recipe, network, trained: self.data.labels,
            classes: classCount, pool: pool)
        if let validationData {
            embedding = EmbeddingPass(network, capacity: min(validationData.count, 128), pool: pool)
            best = (FloatBuffer(count: network.values.count), FloatBuffer(count: network.statistics.count))
        } else {
            embedding = nil
            best = nil
        }
    }

    private var patience: Int { recipe.training.validation?.patience ?? .max }

    /// Trains from where it stands to the recipe's last epoch, or until validation has not become better for as long as
    /// the recipe's patience. After each step `progress` is told how it goes; where it returns false, training ends
    /// there. Returns whether it is finished.
    ///
    /// Throws a `TrainingError`, and whatever `progress` throws; after an error the trainer is not to be used any more.
    @discardableResult
    public func run(progress: (Progress) throws -> Bool = { _ in true }) throws -> Bool {
        let clock = ContinuousClock()
        let epochs = recipe.training.epochs
        while !isFinished {
            sampler.begin(epoch: position.epoch)
            var last = clock.now
            while true {
                try step()
                let now = clock.now
                position.sums.seconds += last.duration(to: now) / .seconds(1)
                last = now
                var report = Progress(
                    epoch: position.epoch + 1, epochs: epochs, step: position.step, steps: sampler.steps,
                    images: position.sums.images, loss: position.sums.loss,
                    pairAccuracy: position.sums.pairAccuracy)
                if position.step == sampler.steps { report.finished = try finishEpoch() }
                if try !progress(report) { return isFinished }
                if report.finished != nil { break }
            }
        }
        return true
    }

    /// One step on one batch.
    private func step() throws(TrainingError) {
        let (loss, penalty) = try evaluate(step: position.step)
        try watch(loss.total)
        let rate = self.rate
        changeWeights(rate: rate)
        position.sums.add(loss, penalty: penalty, rate: rate, images: sampler.images.count)
        position.step += 1
    }

    /// The loss of the epoch's batch at `step`, its total with the penalty of the weights, and that penalty; the
    /// gradient of the total is in `pass.gradient` then.
    package func evaluate(step: Int) throws(TrainingError) -> (loss: StepLoss, penalty: Float) {
        let epoch = position.epoch
        sampler.compose(step: step)
        inputs.gather(sampler.images.elements, epoch: epoch, step: step)
        mixer?.mix(inputs.buffer.base, classes: sampler.classes.elements, epoch: epoch, step: step)
        var generator = SeededGenerator(seed: recipe.training.seed, .step(epoch: epoch, step: step))
        let embeddings = pass.forward(
            inputs.buffer.base, count: sampler.images.count,
            seed: UInt32(truncatingIfNeeded: generator.next()))
        if let miner { mine(with: miner, embeddings, &generator) }
        // Only now: mining has filled the sampler's lists, of which the batch holds how many there are.
        var batch = sampler.batch
        if let mixer { batch.mixtures = mixer.mixtures.elements }
        var result = loss.evaluate(
            embeddings, batch, head: UnsafePointer(network.headValues),
            gradient: pass.embeddingGradient, headGradient: pass.gradient.base + network.backboneCount)
        guard result.total.isFinite, (result.positiveDistance + result.negativeDistance).isFinite else {
            throw notANumber("the losses and distances")
        }
        pass.backward()
        let penalty = network.addPenalty(to: pass.gradient.base, pool: pool)
        guard penalty.isFinite else { throw notANumber("the penalties of the weights (L1, L2)") }
        result.total += penalty
        guard result.total.isFinite else { throw notANumber("the loss and the penalties together") }
        return (result, penalty)
    }

    private func mine(
        with miner: Miner, _ embeddings: UnsafePointer<Float>, _ generator: inout SeededGenerator
    ) {
        let (count, classes) = (sampler.images.count, UnsafePointer(sampler.classes.base))
        switch recipe.training.loss.kind.compares {
        case .triplets:
            sampler.triplets.removeAll()
            miner.triplets(
                embeddings, count: count, classes: classes, perImage: recipe.training.tripletsPerImage,
                generator: &generator, into: sampler.triplets)
        case .pairs:
            guard case .proportion(let positive, let negative) = recipe.training.pairs else { return }
            sampler.pairs.removeAll()
            miner.pairs(
                embeddings, count: count, classes: classes, positive: positive, negative: negative,
                generator: &generator, into: sampler.pairs)
        case .batch: break
        }
    }

    private func finishEpoch() throws(TrainingError) -> EpochRecord {
        // A ReLU makes zeros of what is not a number: the loss alone does not tell.
        guard network.values.values.allSatisfy(\.isFinite), network.statistics.values.allSatisfy(\.isFinite)
        else { throw notANumber("the weights") }
        try watchEnd()
        loss.finishEpoch(position.epoch + 1)
        let sums = position.sums
        position.epoch += 1
        position.step = 0
        position.sums = EpochSums()
        let result = measured()
        return sums.record(
            epoch: position.epoch, validation: result,
            heldOut: heldOut.trained?.measure(network, memory: loss.state),
            newClasses: heldOut.others?.measure(network, memory: nil))
    }

    /// Validation, where it is due after this epoch; notes whether it was the best.
    private func measured() -> ValidationResult? {
        guard let validator, let embedding, let best, let validationData,
            let settings = recipe.training.validation,
            position.epoch % settings.every == 0 || position.epoch == recipe.training.epochs
        else { return nil }
        embedding.pack()
        let embeddings = embedding.embeddings(of: validationData.inputs.base, count: validationData.count)
        let result = validator.evaluate(embeddings, by: metric)
        if let before = position.best,
            (result.oneShot, result.verification) <= (before.oneShot, before.verification)
        {
            position.measurementsSinceBest += 1
        } else {
            position.best = result
            position.bestEpoch = position.epoch
            position.measurementsSinceBest = 0
            best.values.base.update(from: network.values.base, count: network.values.count)
            best.statistics.base.update(from: network.statistics.base, count: network.statistics.count)
        }
        return result
    }

    /// How validation compares, with what has been learned for it by now.
    var metric: Metric {
        // Where it is the learned one, the loss is learning it.
        Metric(recipe.trainedMetric, learned: network.learnedL1)!
    }

    /// Names the layer that did it, or `otherwise` where each layer's values are numbers still.
    func notANumber(_ otherwise: String) -> TrainingError {
        .notANumber(
            epoch: position.epoch + 1, step: min(position.step + 1, sampler.steps),
            what: pass.firstNotANumber().map { "the values of \($0)" } ?? otherwise,
            rate: recipe.training.learningRate, clipNorm: recipe.training.clipNorm,
            bestEpoch: position.best == nil ? nil : position.bestEpoch)
    }

    // MARK: Checkpoints

    /// The backbone as it was when validation was best; without validation, as it is now.
    public var checkpoint: Checkpoint {
        guard let best, position.best != nil else { return lastCheckpoint }
        let (values, statistics) = (Array(network.values.values), Array(network.statistics.values))
        network.values.base.update(from: best.values.base, count: values.count)
        network.statistics.base.update(from: best.statistics.base, count: statistics.count)
        defer {
            network.values.base.update(from: values, count: values.count)
            network.statistics.base.update(from: statistics, count: statistics.count)
        }
        return checkpoint(epochs: position.bestEpoch)
    }

    /// The backbone as it is now.
    public var lastCheckpoint: Checkpoint { checkpoint(epochs: position.epoch) }

    private func checkpoint(epochs: Int) -> Checkpoint {
        var head: [Safetensors.Tensor] = []
        // What later questions can be asked with; other heads are thrown away.
        if [.crossEntropy, .binaryCrossEntropy].contains(recipe.training.loss.kind) {
            for placed in network.parameters where placed.offset >= network.backboneCount {
                head.append(
                    .init(
                        name: placed.name, shape: placed.parameter.dimensions,
                        values: Array(network.values.values[placed.range])))
            }
        }
        let augmentation = recipe.training.augmentation
        let lower = recipe.frozen?.checkpoint
        // That they are not too large together was seen when the trainer was made.
        let whole = lower.map { try! Network($0.network(), followedBy: network) } ?? network
        return Checkpoint(
            whole, preprocessing: recipe.preprocessing,
            details: .init(
                name: recipe.name, seed: recipe.training.seed, epochs: epochs,
                data: "\(data.count) images of \(data.labels.count) classes"
                    + (lower.map { ", above a frozen \($0.name)" } ?? ""),
                labels: data.labels,
                loss: recipe.training.loss, augmentation: augmentation.isNone ? nil : augmentation,
                mixup: recipe.training.mixup > 0 ? recipe.training.mixup : nil,
                classRotations: recipe.training.classRotations ? true : nil,
                metric: recipe.index.metric == .l2 ? nil : recipe.index.metric,
                licence: lower?.details.licence, source: lower?.details.source, recipe: recipe.text,
                pictures: TrainingState.dataHash(self)),
            head: head)
    }
}

/// What the batches of an epoch came to so far.
struct EpochSums: Codable, Equatable {
    private var total: Double = 0
    private var embedding: Double = 0
    private var crossEntropy: Double = 0
    private var penalty: Double = 0
    private var comparisons = 0
    private var correct = 0
    private var scored = 0
    private var classified = 0
    private var active = 0
    private var positiveDistance: Double = 0
    private var negativeDistance: Double = 0
    private var positives = 0
    private var negatives = 0
    private var rate: Float = 0
    private(set) var images = 0
    var seconds: Double = 0

    mutating func add(_ loss: StepLoss, penalty: Float, rate: Float, images: Int) {
        let weight = Double(images)
        total += Double(loss.total) * weight
        embedding += Double(loss.embedding) * weight
        crossEntropy += Double(loss.crossEntropy) * weight
        self.penalty += Double(penalty) * weight
        comparisons += loss.comparisons
        correct += loss.correct
        scored += loss.scored
        classified += loss.classified
        active += loss.active
        positiveDistance += loss.positiveDistance
        negativeDistance += loss.negativeDistance
        positives += loss.positives
        negatives += loss.negatives
        self.rate = rate
        self.images += images
    }

    private func mean(_ sum: Double) -> Float { Float(sum / Double(max(images, 1))) }
    private func share(_ count: Int) -> Float { Float(count) / Float(max(comparisons, 1)) }
    var loss: Float { mean(total) }
    var pairAccuracy: Float { share(correct) }

    /// Of held-out pictures.
    var heldOutRecord: HeldOutRecord {
        HeldOutRecord(loss: loss, pairAccuracy: pairAccuracy, classAccuracy: classAccuracy)
    }

    private var classAccuracy: Float? { scored > 0 ? Float(classified) / Float(scored) : nil }

    func record(
        epoch: Int, validation: ValidationResult?, heldOut: HeldOutRecord?, newClasses: HeldOutRecord?
    ) -> EpochRecord {
        EpochRecord(
            epoch: epoch, loss: loss, embedding: mean(embedding), crossEntropy: mean(crossEntropy),
            penalty: mean(penalty), pairAccuracy: pairAccuracy, active: share(active),
            positiveDistance: Float(positiveDistance / Double(max(positives, 1))),
            negativeDistance: Float(negativeDistance / Double(max(negatives, 1))),
            classAccuracy: classAccuracy, heldOut: heldOut, newClasses: newClasses, learningRate: rate,
            oneShot: validation?.oneShot, verification: validation?.verification,
            imagesPerSecond: Float(images) / max(Float(seconds), 1e-9), seconds: Float(seconds))
    }
}
