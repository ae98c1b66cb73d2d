import AkinNetworks
import AkinTensors

/// What there is to be found out of a training without doing it. A trainer that has tried something is not to be trained
/// with any more.
extension Trainer {
    /// What a step has come to.
    package struct TrialStep: Sendable {
        /// All that is minimised, of the step's batch.
        package let loss: Float
        /// Length of the gradient of all parameters, before it is shortened.
        package let gradientNorm: Float
        /// How long it took.
        package let seconds: Double
    }

    /// The rate of the step that comes next.
    var rate: Float {
        recipe.training.learningRate
            * recipe.training.schedule.factor(
                step: position.epoch * sampler.steps + position.step, stepsPerEpoch: sampler.steps,
                epochs: recipe.training.epochs)
    }

    /// By the gradient that the batch has left.
    func changeWeights(rate: Float) {
        optimizer.step(
            network.values, gradient: pass.gradient, rate: rate, decayed: network.decayed,
            clipNorm: recipe.training.clipNorm, pool: pool)
    }

    /// Batches of an epoch.
    package var steps: Int { sampler.steps }
    /// The most images that a batch has.
    package var largestBatch: Int { sampler.largestBatch }

    /// Does the next step as training does it, but at the given rate, if one is given; the epochs go on without an end.
    package func tryStep(rate: Float? = nil) throws(TrainingError) -> TrialStep {
        let clock = ContinuousClock()
        let start = clock.now
        if position.step == 0 { sampler.begin(epoch: position.epoch) }
        let loss = try evaluate(step: position.step).loss.total
        changeWeights(rate: rate ?? self.rate)
        let seconds = start.duration(to: clock.now) / .seconds(1)
        let norm = Optimizer.norm(of: pass.gradient, pool: pool)
        position.step += 1
        guard norm.isFinite else { throw notANumber("the gradients") }
        if position.step == sampler.steps {
            guard network.values.values.allSatisfy(\.isFinite) else { throw notANumber("the weights") }
            self.loss.finishEpoch(position.epoch + 1)
            position.epoch += 1
            position.step = 0
        }
        return TrialStep(loss: loss, gradientNorm: norm, seconds: seconds)
    }

    /// How long that takes which is measured after an epoch, where it is due each time: on classes held back, and on pictures held
    /// out; 0 where nothing is.
    package func tryMeasuring() -> (validation: Double, heldOut: Double) {
        let clock = ContinuousClock()
        var (validation, heldOut) = (Duration.zero, Duration.zero)
        if let validator, let embedding, let validationData {
            validation = clock.measure {
                embedding.pack()
                let embeddings = embedding.embeddings(
                    of: validationData.inputs.base, count: validationData.count)
                _ = validator.evaluate(embeddings, by: metric)
            }
        }
        heldOut = clock.measure {
            _ = self.heldOut.trained?.measure(network, memory: loss.state)
            _ = self.heldOut.others?.measure(network, memory: nil)
        }
        return (validation / .seconds(1), heldOut / .seconds(1))
    }

    /// What it holds in memory, in bytes.
    package struct Memory: Sendable {
        /// Of pictures that it has copies of, because some of them are held back.
        package var pictures = 0
        /// All that training changes, and what is kept of it where validation was best.
        package var weights = 0
        /// Of the weights.
        package var gradient = 0
        /// What the optimizer remembers.
        package var moments = 0
        /// What layers have put out for a batch.
        package var activations = 0
        /// A batch, and what passes over it and the loss work in.
        package var work = 0
        /// Where it is saved: the state as tensors, and as a file's bytes.
        package var saving: Int { 2 * (weights + moments) }
    }

    /// See `Memory`.
    package var memory: Memory {
        var memory = Memory()
        if let validationData { memory.pictures = data.bytes + validationData.bytes }
        memory.pictures += (heldOut.trained?.images.bytes ?? 0) + (heldOut.others?.images.bytes ?? 0)
        memory.weights = 4 * (network.values.count + network.statistics.count)
        if let best { memory.weights += 4 * (best.values.count + best.statistics.count) }
        memory.gradient = 4 * pass.gradient.count
        memory.moments = 4 * optimizer.buffers.reduce(0) { $0 + $1.buffer.count }
        memory.activations = 4 * pass.activationCount
        let held = [heldOut.trained, heldOut.others].compactMap(\.self)
        let work = [
            pass.workCount, inputs.buffer.count, embedding?.workCount ?? 0, loss.workCount,
            miner?.workCount ?? 0, mixer?.workCount ?? 0,
        ]
        memory.work = 4 * (work + held.map(\.workCount)).reduce(0, +)
        memory.work += MemoryLayout<Pair>.stride * sampler.mostPairs
        memory.work += MemoryLayout<Triplet>.stride * sampler.mostTriplets
        return memory
    }
}

extension PreparedImages {
    /// That its numbers take in memory.
    package var bytes: Int { 4 * (inputs.count + (views?.values.count ?? 0)) }
}
