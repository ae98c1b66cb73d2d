import AkinDatasets
import AkinImages
import AkinNetworks
import AkinTensors
import AkinTraining
import Foundation

extension CheckTraining {
    /// What there is to be told of a training before it begins. What could not be found out, because of a problem, is nil or
    /// empty.
    public struct Result: Encodable, Sendable {
        /// The recipe's path.
        public let recipe: String
        /// What the backbone is called.
        public let name: String
        /// Height, width and channels of a picture as the network sees it.
        public let input: [Int]
        /// In order, those of a residual block behind it.
        public internal(set) var layers: [Layer] = []
        /// Numbers that training sets, with those of the loss (its head).
        public internal(set) var parameters: Int?
        /// Those of the loss, which the backbone can do without.
        public internal(set) var headParameters: Int?
        /// What it is trained on.
        public internal(set) var pictures: Pictures?
        /// How it goes on.
        public internal(set) var batches: Batches?
        /// What it needs.
        public internal(set) var memory: Memory?
        /// What the first step came to.
        public internal(set) var step: Step?
        /// What it takes.
        public internal(set) var time: Time?
        /// The most memory that the program had while it looked, in bytes.
        public internal(set) var peak = 0
        /// Why the training would stop; in the order in which it would find that out.
        public internal(set) var problems: [any Error] = []
        /// Pictures that could not be read, and why.
        public internal(set) var skipped: [Skipped] = []

        /// One that nothing is known of yet.
        init(_ recipe: Recipe) {
            self.recipe = recipe.path
            name = recipe.name
            input = [
                recipe.preprocessing.height, recipe.preprocessing.width, recipe.preprocessing.channels.count,
            ]
        }

        /// Multiplications of a weight with a value, for one picture on its way forward.
        public var multiplications: Int { layers.reduce(0) { $0 + $1.multiplications } }

        enum CodingKeys: String, CodingKey {
            case recipe, name, input, layers, parameters, multiplications, pictures, batches, memory, step,
                time
            case peak, problems, skipped
            case headParameters = "head_parameters"
        }

        /// Problems as texts.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(recipe, forKey: .recipe)
            try container.encode(name, forKey: .name)
            try container.encode(input, forKey: .input)
            try container.encode(layers, forKey: .layers)
            try container.encode(parameters, forKey: .parameters)
            try container.encode(headParameters, forKey: .headParameters)
            try container.encode(multiplications, forKey: .multiplications)
            try container.encode(pictures, forKey: .pictures)
            try container.encode(batches, forKey: .batches)
            try container.encode(memory, forKey: .memory)
            try container.encode(step, forKey: .step)
            try container.encode(time, forKey: .time)
            try container.encode(peak, forKey: .peak)
            try container.encode(problems.map { "\($0)" }, forKey: .problems)
            try container.encode(skipped, forKey: .skipped)
        }
    }
}

extension CheckTraining.Result {
    /// A layer.
    public struct Layer: Encodable, Sendable, Hashable {
        /// `conv2d_1`, as its parameters are called in the checkpoint.
        public let name: String
        /// In how many residual blocks it lies.
        public let depth: Int
        /// Height, width and channels; of a vector its length alone.
        public let output: [Int]
        /// Numbers that it has; those of layers within it are theirs.
        public let parameters: Int
        /// Of a weight with a value, for one picture on its way forward.
        public let multiplications: Int
        /// Whether training changes it.
        public let trained: Bool

        init(_ size: LayerSize) {
            name = size.name
            depth = size.depth
            let shape = size.output
            output = shape.isVector ? [shape.count] : [shape.height, shape.width, shape.channels]
            parameters = size.parameters
            multiplications = size.multiplications
            trained = true
        }

        /// The frozen part as one.
        init(_ frozen: Recipe.Frozen, _ sizes: [LayerSize]) {
            let checkpoint = frozen.checkpoint
            // As the recipe calls it.
            name = "frozen \(frozen.name ?? checkpoint.name)"
            depth = 0
            output = [checkpoint.dimension]
            parameters = checkpoint.parameterCount
            multiplications = sizes.reduce(0) { $0 + $1.multiplications }
            trained = false
        }
    }

    /// What a training has to learn from.
    public struct Pictures: Encodable, Sendable, Hashable {
        /// How many are trained on.
        public let trained: Int
        /// Of each class how many.
        public let classes: [String: Int]
        /// Of the classes held back for validation how many.
        public let validation: [String: Int]
        /// Held-out ones that are measured after each epoch.
        public let heldOut: Int

        enum CodingKeys: String, CodingKey {
            case trained, classes, validation
            case heldOut = "held_out"
        }
    }

    /// How a training goes on.
    public struct Batches: Encodable, Sendable, Hashable {
        /// Steps of an epoch: one a batch.
        public let epoch: Int
        /// The most pictures that a batch has.
        public let largest: Int
        /// How many epochs there are, at most.
        public let epochs: Int
    }

    /// What a training needs of the memory, in bytes.
    public struct Memory: Encodable, Sendable, Hashable {
        /// All pictures as the network sees them, those held back too.
        public let pictures: Int
        /// All that training changes, and what is kept of it from where validation was best.
        public let weights: Int
        /// One for each weight.
        public let gradient: Int
        /// What the optimizer remembers of each weight.
        public let moments: Int
        /// What layers have put out for a batch, kept for the way back.
        public let activations: Int
        /// A batch itself, gradients on their way back, and what the threads work in.
        public let work: Int
        /// What saving it takes besides, for a moment.
        public let saving: Int
        /// Before there was anything of the training.
        public let program: Int
        /// What this machine has.
        public let machine: Int

        /// All of it.
        public var total: Int {
            pictures + weights + gradient + moments + activations + work + saving + program
        }

        enum CodingKeys: CodingKey {
            case pictures, weights, gradient, moments, activations, work, saving, program, machine, total
        }

        /// With the total.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(pictures, forKey: .pictures)
            try container.encode(weights, forKey: .weights)
            try container.encode(gradient, forKey: .gradient)
            try container.encode(moments, forKey: .moments)
            try container.encode(activations, forKey: .activations)
            try container.encode(work, forKey: .work)
            try container.encode(saving, forKey: .saving)
            try container.encode(program, forKey: .program)
            try container.encode(machine, forKey: .machine)
            try container.encode(total, forKey: .total)
        }
    }

    /// What the first step came to.
    public struct Step: Encodable, Sendable, Hashable {
        /// All that is minimised.
        public let loss: Float
        /// Length of the gradient of all parameters, before it is shortened.
        public let gradientNorm: Float
        /// How long it took.
        public let seconds: Double

        enum CodingKeys: String, CodingKey {
            case loss, seconds
            case gradientNorm = "gradient_norm"
        }
    }

    /// What a training takes, in seconds.
    public struct Time: Encodable, Sendable, Hashable {
        /// Until all pictures were ready: with a frozen part, with what that made of them.
        public let reading: Double
        /// A step, once it has got going: the middle one of some.
        public let step: Double
        /// An epoch, with what is measured after it.
        public let epoch: Double
        /// All epochs.
        public let training: Double
    }

    mutating func describe(_ trainer: Trainer, _ images: PreparedImages, _ heldOut: PreparedImages?) {
        func counts(_ images: PreparedImages?) -> [String: Int] {
            guard let images else { return [:] }
            return (0..<images.count).reduce(into: [:]) { $0[images.label(at: $1), default: 0] += 1 }
        }
        pictures = Pictures(
            trained: trainer.data.count, classes: counts(trainer.data),
            validation: counts(trainer.validationData), heldOut: heldOut?.count ?? 0)
        batches = Batches(
            epoch: trainer.steps, largest: trainer.largestBatch, epochs: trainer.recipe.training.epochs)
        parameters = trainer.network.values.count
        headParameters = trainer.network.values.count - trainer.network.backboneCount
    }

    mutating func describeMemory(_ trainer: Trainer, _ images: [PreparedImages], program: Int) {
        let memory = trainer.memory
        self.memory = Memory(
            pictures: images.reduce(memory.pictures) { $0 + $1.bytes }, weights: memory.weights,
            gradient: memory.gradient, moments: memory.moments, activations: memory.activations,
            work: memory.work, saving: memory.saving, program: program,
            machine: Int(clamping: ProcessInfo.processInfo.physicalMemory))
    }
}
