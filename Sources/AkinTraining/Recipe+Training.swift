import AkinImages
import AkinNetworks
import Yams

extension Recipe.Training {
    /// All keys of the group.
    static let keys =
        ["loss"] + constants.map(\.key) + [
            "batch", "steps-per-epoch", "pairs", "triplets-per-image", "mining", "epochs", "optimizer",
            "learning-rate", "schedule", "clip-norm", "augmentation", "mixup", "class-rotations",
            "validation", "start", "seed",
        ]

    init(_ reader: inout RecipeReader) throws(RecipeError) {
        loss = try LossSpecification(&reader)
        batches = try Batches(&reader)
        stepsPerEpoch = try reader.integer("steps-per-epoch", in: 1...1_000_000)
        pairs = try Pairs(&reader)
        tripletsPerImage = try reader.integer("triplets-per-image", in: 1...1000) ?? 1
        mining = try reader.choice("mining") ?? .random
        epochs = try reader.integer("epochs", in: 1...1_000_000) ?? 50
        optimizer = try OptimizerSpecification(&reader)
        learningRate =
            try reader.number("learning-rate", "a number above 0") { $0 > 0 } ?? optimizer.usualLearningRate
        schedule = try Schedule(&reader)
        clipNorm = try reader.number("clip-norm", "a number above 0") { $0 > 0 }
        augmentation = try reader.group("augmentation", Augmentation.init) ?? Augmentation()
        mixup = try reader.number("mixup", in: 0...0.5) ?? 0
        classRotations = try reader.boolean("class-rotations") ?? false
        validation = try reader.group("validation", Validation.init)
        start = try reader.string("start")
        seed = UInt64(try reader.integer("seed", in: 0...Int.max) ?? 1)
        try reader.finish()
        try refuseWhatTheLossDoesNotUse(reader)
        try checkSampling(reader)
    }

    /// The constants of losses, and the losses that use them.
    private static let constants: [(key: String, isUsed: @Sendable (LossSpecification) -> Bool)] = [
        (
            "margin",
            {
                switch $0.kind {
                case .contrastive, .contrastiveSquared, .halfContrastive, .triplet, .externalMemory,
                    .multiSimilarity, .normalisedSoftmax:
                    true
                default: false
                }
            }
        ),
        ("classification", { $0.kind != .crossEntropy }),
        ("temperature", { $0.kind == .supervisedContrastive }), ("scale", { $0.kind == .normalisedSoftmax }),
        ("alpha", { $0.kind == .multiSimilarity }), ("beta", { $0.kind == .multiSimilarity }),
        ("base", { $0.kind == .multiSimilarity }),
        ("memory", { $0.kind == .externalMemory }),
        (
            "label-smoothing",
            {
                [.crossEntropy, .prototypical, .normalisedSoftmax].contains($0.kind) || $0.classification > 0
            }
        ),
    ]

    private func refuseWhatTheLossDoesNotUse(_ reader: RecipeReader) throws(RecipeError) {
        func refuse(_ key: String, unless isUsed: (LossSpecification) -> Bool) throws(RecipeError) {
            guard reader.has(key), !isUsed(loss) else { return }
            let users = LossSpecification.Kind.allCases.filter { isUsed(LossSpecification($0)) }
            throw .otherLoss(
                at: reader.place(key), key: reader.prefix + key, loss: loss.kind.rawValue,
                losses: users.map(\.rawValue))
        }
        for constant in Self.constants { try refuse(constant.key, unless: constant.isUsed) }
        try refuse("pairs") { $0.kind.compares == .pairs }
        try refuse("triplets-per-image") { $0.kind.compares == .triplets }
        try refuse("mining") { $0.kind.compares != .batch }
        try refuse("mixup") { $0.kind == .crossEntropy }
    }

    /// Batches, losses and mining that do not go together.
    private func checkSampling(_ reader: RecipeReader) throws(RecipeError) {
        switch batches {
        case .pairs:
            guard loss.kind.compares == .pairs else {
                throw reader.wrong(
                    "batch",
                    expected:
                        "how many images, or classes and images: loss \(loss.kind.rawValue) compares no pairs"
                )
            }
            guard !reader.has("pairs") && mining == .random else {
                throw reader.wrong(
                    "batch",
                    expected:
                        "how many images, or leave out pairs and mining: the batch says which pairs there are"
                )
            }
        case .episodes:
            guard loss.kind == .prototypical else {
                throw reader.wrong(
                    "batch",
                    expected:
                        "how many images, or classes and images, or take loss prototypical: only that learns from episodes"
                )
            }
        case .shuffled, .classes:
            guard loss.kind != .prototypical else {
                throw reader.wrong(
                    "batch",
                    expected:
                        "episodes, such as {ways: 20, shots: 1, queries: 5}: loss prototypical learns from them"
                )
            }
            if pairs == .all && mining != .random {
                throw reader.wrong(
                    "mining", expected: "random, or other pairs than all: mining chooses among them")
            }
        }
    }
}

extension LossSpecification {
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        let kind: Kind = try reader.choice("loss") ?? .contrastive
        let margin = try reader.number("margin", "a number above 0") { $0 > 0 }
        let classification = try reader.number("classification", "0 or more") { $0 >= 0 }
        self.init(kind, margin: margin, classification: classification ?? (kind == .contrastive ? 0.125 : 0))
        temperature = try reader.number("temperature", "a number above 0") { $0 > 0 } ?? temperature
        scale = try reader.number("scale", "a number above 0") { $0 > 0 } ?? scale
        alpha = try reader.number("alpha", "a number above 0") { $0 > 0 } ?? alpha
        beta = try reader.number("beta", "a number above 0") { $0 > 0 } ?? beta
        base = try reader.number("base", in: -1...1) ?? base
        memory = try reader.number("memory", "0 or more") { $0 >= 0 } ?? memory
        labelSmoothing =
            try reader.number("label-smoothing", "at least 0 and less than 1") { $0 >= 0 && $0 < 1 } ?? 0
    }
}

extension Recipe.Training.Batches {
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        guard reader.node("batch")?.mapping != nil, var batch = try reader.mapping("batch") else {
            guard reader.node("batch")?.sequence == nil else {
                throw reader.wrong("batch", expected: Self.forms)
            }
            self = .shuffled(size: try reader.integer("batch", in: 2...8192) ?? 256)
            return
        }
        let pairs = try batch.integer("pairs", in: 1...16384)
        let positive = try batch.number("positive", in: 0...1)
        let withinGroup = try batch.boolean("within-group")
        let classes = try batch.integer("classes", in: 2...4096)
        let images = try batch.integer("images", in: 2...4096)
        let ways = try batch.integer("ways", in: 2...4096)
        let shots = try batch.integer("shots", in: 1...4096)
        let queries = try batch.integer("queries", in: 1...4096)
        try batch.finish()
        let ofPairs = positive != nil || withinGroup != nil
        switch (pairs, ofPairs, classes, images, ways, shots, queries) {
        case (let count?, _, nil, nil, nil, nil, nil):
            self = .pairs(count: count, positive: positive ?? 0.5, withinGroup: withinGroup ?? false)
        case (nil, false, let classes?, let images?, nil, nil, nil) where classes * images <= 8192:
            self = .classes(classes, images: images)
        case (nil, false, nil, nil, let ways?, let shots?, let queries?)
        where ways * (shots + queries) <= 8192:
            self = .episodes(ways: ways, shots: shots, queries: queries)
        default: throw reader.wrong("batch", expected: Self.forms)
        }
    }

    private static let forms =
        "a whole number, 2 to 8192, or {pairs: 128, positive: 0.5} or {classes: 16, images: 4} or "
        + "{ways: 20, shots: 1, queries: 5}, with at most 8192 images"
}

extension Recipe.Training.Pairs {
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        let node = reader.node("pairs")
        if node?.scalar?.string == "all" {
            self = .all
            return
        }
        guard node == nil || node?.mapping != nil else {
            throw reader.wrong("pairs", expected: "all, or how many: {positive: 1, negative: 4}")
        }
        var proportion = try reader.mapping("pairs")
        self = .proportion(
            positive: try proportion?.integer("positive", in: 0...1000) ?? 1,
            negative: try proportion?.integer("negative", in: 0...1000) ?? 4)
        if self == .proportion(positive: 0, negative: 0) {
            throw reader.wrong("pairs", expected: "at least one positive or negative, or all")
        }
        try proportion?.finish()
    }
}

extension OptimizerSpecification {
    private static let names = ["sgd", "rmsprop", "adadelta", "adam", "nadam", "adamw"]

    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        let expected = Self.names.joined(separator: " or ") + ", or one with settings: {sgd: {momentum: 0.9}}"
        guard let variant = try reader.variant("optimizer", expected: expected) else {
            self = .adam()
            return
        }
        guard Self.names.contains(variant.name) else { throw reader.wrong("optimizer", expected: expected) }
        var s = try variant.settings()
        func share(_ key: String, _ usual: Float) throws(RecipeError) -> Float {
            try s.number(key, "at least 0 and less than 1") { $0 >= 0 && $0 < 1 } ?? usual
        }
        func epsilon() throws(RecipeError) -> Float {
            try s.number("epsilon", "a number above 0") { $0 > 0 } ?? 1e-7
        }
        switch variant.name {
        case "sgd":
            self = .sgd(momentum: try share("momentum", 0), nesterov: try s.boolean("nesterov") ?? false)
        case "rmsprop": self = .rmsprop(rho: try share("rho", 0.9), epsilon: try epsilon())
        case "adadelta": self = .adadelta(rho: try share("rho", 0.95), epsilon: try epsilon())
        default:
            let (beta1, beta2) = (try share("beta1", 0.9), try share("beta2", 0.999))
            let epsilon = try epsilon()
            switch variant.name {
            case "adam": self = .adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
            case "nadam": self = .nadam(beta1: beta1, beta2: beta2, epsilon: epsilon)
            default:
                self = .adamw(
                    beta1: beta1, beta2: beta2, epsilon: epsilon,
                    weightDecay: try s.number("weight-decay", "0 or more") { $0 >= 0 } ?? 0.01)
            }
        }
        try s.finish()
    }

    /// Keras 2.2's, which the thesis used.
    fileprivate var usualLearningRate: Float {
        switch self {
        case .sgd: 0.01
        case .adadelta: 1
        case .nadam: 0.002
        case .rmsprop, .adam, .adamw: 0.001
        }
    }
}

extension Schedule {
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        let expected =
            "constant or {exponential-decay: {decay: 0.99, steps: 10000}} or {step: {factor: 0.1, epochs: 30}} or "
            + "{cosine: {warm-up: 5, floor: 0}}"
        guard let variant = try reader.variant("schedule", expected: expected) else {
            self = .constant
            return
        }
        var s = try variant.settings()
        switch variant.name {
        case "constant":
            try variant.refuseSettings()
            self = .constant
        case "exponential-decay":
            guard let decay = try s.number("decay", "more than 0, at most 1", { $0 > 0 && $0 <= 1 }) else {
                throw s.missing("decay")
            }
            guard let steps = try s.integer("steps", in: 1...1_000_000_000) else { throw s.missing("steps") }
            self = .exponentialDecay(
                decay: decay, steps: steps, staircase: try s.boolean("staircase") ?? false)
        case "step":
            guard let factor = try s.number("factor", "more than 0, at most 1", { $0 > 0 && $0 <= 1 }) else {
                throw s.missing("factor")
            }
            guard let epochs = try s.integer("epochs", in: 1...1_000_000) else { throw s.missing("epochs") }
            self = .step(factor: factor, epochs: epochs)
        case "cosine":
            let warmUp = try s.number("warm-up", "a number of epochs, 0 or more") { $0 >= 0 }
            self = .cosine(warmUp: warmUp ?? 0, floor: try s.number("floor", in: 0...1) ?? 0)
        default: throw reader.wrong("schedule", expected: expected)
        }
        try s.finish()
    }
}

extension Augmentation {
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        self.init()
        rotation = try reader.number("rotation", in: 0...180) ?? 0
        if let factors = try reader.bounds("scale", in: 0.1...10) {
            scale = Bounds(factors.low, factors.high)
        }
        shear = try reader.number("shear", in: 0...60) ?? 0
        shift = try reader.number("shift", in: 0...1) ?? 0
        flipHorizontal = try reader.boolean("flip-horizontal") ?? false
        flipVertical = try reader.boolean("flip-vertical") ?? false
        brightness = try reader.number("brightness", in: 0...1) ?? 0
        contrast = try reader.number("contrast", in: 0...1) ?? 0
        noise = try reader.number("noise", in: 0...1) ?? 0
        erasing = try reader.number("erasing", in: 0...1) ?? 0
        elastic = try reader.number("elastic", in: 0...100) ?? 0
        try reader.finish()
    }
}

extension Recipe.Training.Validation {
    fileprivate init(_ reader: inout RecipeReader) throws(RecipeError) {
        self.init()
        labels = try reader.strings("labels") ?? []
        let share = try reader.number("share", "more than 0, less than 1") { $0 > 0 && $0 < 1 }
        if share != nil && !labels.isEmpty {
            throw reader.wrong("share", expected: "either labels or a share")
        }
        self.share = share ?? self.share
        ways = try reader.integer("ways", in: 2...10_000) ?? ways
        episodes = try reader.integer("episodes", in: 1...1_000_000) ?? episodes
        withinGroup = try reader.boolean("within-group") ?? withinGroup
        every = try reader.integer("every", in: 1...1_000_000) ?? every
        patience = try reader.integer("patience", in: 1...1_000_000)
        try reader.finish()
    }
}
