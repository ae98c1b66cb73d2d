import AkinImages
import AkinNetworks
import Yams

extension Recipe.Training {
    /// All keys of the group.
    package static let keys = Recipe.keys { (reader) throws(RecipeError) in
        var training = Self()
        try training.read(&reader)
    }

    mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        try loss.read(&reader)
        try batches.read(&reader)
        try reader.integer("steps-per-epoch", in: 1...1_000_000, into: &stepsPerEpoch)
        try pairs.read(&reader)
        try reader.integer("triplets-per-image", in: 1...1000, into: &tripletsPerImage)
        try reader.choice("mining", into: &mining)
        try reader.integer("epochs", in: 1...1_000_000, into: &epochs)
        try optimizer.read(&reader)
        if reader.has("optimizer") { learningRate = optimizer.usualLearningRate }
        try reader.number("learning-rate", "a number above 0", into: &learningRate) { $0 > 0 }
        try schedule.read(&reader)
        try reader.number("clip-norm", "a number above 0", into: &clipNorm) { $0 > 0 }
        var group = try reader.group("augmentation")
        try augmentation.read(&group)
        try reader.number("mixup", in: 0...0.5, into: &mixup)
        try reader.boolean("class-rotations", into: &classRotations)
        group = try reader.group("validation")
        if reader.has("validation") || validation != nil {
            var validation = validation ?? Validation()
            try validation.read(&group)
            self.validation = validation
        }
        try reader.integer("held-out-pictures", in: 2...1_000_000, into: &heldOutPictures)
        try reader.string("start", into: &start)
        try reader.read("seed", into: &seed, expected: "a whole number, 0 or more") {
            ($0.scalar?.string).flatMap { UInt64($0) }
        }
        try reader.finish()
        try refuseWhatTheLossDoesNotUse(reader)
        try checkSampling(reader)
    }

    /// The constants of losses, and the losses that use them.
    static let constants:
        [(
            key: String, value: @Sendable (LossSpecification) -> Float?,
            isUsed: @Sendable (LossSpecification) -> Bool
        )] = [
            (
                "margin", { $0.margin },
                {
                    switch $0.kind {
                    case .contrastive, .contrastiveSquared, .halfContrastive, .triplet, .externalMemory,
                        .multiSimilarity, .normalisedSoftmax:
                        true
                    default: false
                    }
                }
            ),
            ("classification", { $0.classification }, { $0.kind != .crossEntropy }),
            ("temperature", { $0.temperature }, { $0.kind == .supervisedContrastive }),
            ("scale", { $0.scale }, { $0.kind == .normalisedSoftmax }),
            ("alpha", { $0.alpha }, { $0.kind == .multiSimilarity }),
            ("beta", { $0.beta }, { $0.kind == .multiSimilarity }),
            ("base", { $0.base }, { $0.kind == .multiSimilarity }),
            ("memory", { $0.memory }, { $0.kind == .externalMemory }),
            (
                "label-smoothing", { $0.labelSmoothing },
                {
                    [.crossEntropy, .prototypical, .normalisedSoftmax].contains($0.kind)
                        || $0.classification > 0
                }
            ),
        ]

    /// What a file says is refused even where it is the default.
    private func refuseWhatTheLossDoesNotUse(_ reader: RecipeReader) throws(RecipeError) {
        func refuse(
            _ key: String, ifOtherThanUsual isOther: Bool, unless isUsed: (LossSpecification) -> Bool
        ) throws(RecipeError) {
            guard reader.has(key) || isOther, !isUsed(loss) else { return }
            let users = LossSpecification.Kind.allCases.filter { isUsed(LossSpecification($0)) }
            throw .otherLoss(
                at: reader.place(key), key: reader.prefix + key, loss: loss.kind.rawValue,
                losses: users.map(\.rawValue))
        }
        let usual = Self(loss: .usual(loss.kind))
        for (key, value, isUsed) in Self.constants {
            try refuse(key, ifOtherThanUsual: value(loss) != value(usual.loss), unless: isUsed)
        }
        try refuse("pairs", ifOtherThanUsual: pairs != usual.pairs) { $0.kind.compares == .pairs }
        try refuse(
            "triplets-per-image", ifOtherThanUsual: tripletsPerImage != usual.tripletsPerImage
        ) { $0.kind.compares == .triplets }
        try refuse("mining", ifOtherThanUsual: mining != usual.mining) { $0.kind.compares != .batch }
        try refuse("mixup", ifOtherThanUsual: mixup != usual.mixup) { $0.kind == .crossEntropy }
    }

    /// Batches, losses and mining that do not go together.
    private func checkSampling(_ reader: RecipeReader) throws(RecipeError) {
        func wrongBatches(_ expected: String) -> RecipeError {
            reader.wrong("batch", batches, expected: expected)
        }
        switch batches {
        case .pairs:
            guard loss.kind.compares == .pairs else {
                throw wrongBatches(
                    "how many images, or classes and images: loss \(loss.kind.rawValue) compares no pairs")
            }
            guard !reader.has("pairs") && pairs == .proportion() && mining == .random else {
                throw wrongBatches(
                    "how many images, or leave out pairs and mining: the batch says which pairs there are")
            }
        case .episodes:
            guard loss.kind == .prototypical else {
                throw wrongBatches(
                    "how many images, or classes and images, or take loss prototypical: only that learns from episodes"
                )
            }
        case .shuffled, .classes:
            guard loss.kind != .prototypical else {
                throw wrongBatches(
                    "episodes, such as {ways: 20, shots: 1, queries: 5}: loss prototypical learns from them")
            }
            if pairs == .all && mining != .random {
                throw reader.wrong(
                    "mining", mining, expected: "random, or other pairs than all: mining chooses among them")
            }
        }
    }
}

extension LossSpecification {
    fileprivate mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        var kind = kind
        try reader.choice("loss", into: &kind)
        if reader.has("loss") { self = .usual(kind) }
        try reader.number("margin", "a number above 0", into: &margin) { $0 > 0 }
        try reader.number("classification", "0 or more", into: &classification) { $0 >= 0 }
        try reader.number("temperature", "a number above 0", into: &temperature) { $0 > 0 }
        try reader.number("scale", "a number above 0", into: &scale) { $0 > 0 }
        try reader.number("alpha", "a number above 0", into: &alpha) { $0 > 0 }
        try reader.number("beta", "a number above 0", into: &beta) { $0 > 0 }
        try reader.number("base", in: -1...1, into: &base)
        try reader.number("memory", "0 or more", into: &memory) { $0 >= 0 }
        try reader.number("label-smoothing", "at least 0 and less than 1", into: &labelSmoothing) {
            0..<1 ~= $0
        }
    }
}

extension Augmentation {
    fileprivate mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        try reader.number("rotation", in: 0...180, into: &rotation)
        try reader.bounds("scale", in: 0.1...10, into: &scale)
        try reader.number("shear", in: 0...60, into: &shear)
        try reader.number("shift", in: 0...1, into: &shift)
        try reader.boolean("flip-horizontal", into: &flipHorizontal)
        try reader.boolean("flip-vertical", into: &flipVertical)
        try reader.number("brightness", in: 0...1, into: &brightness)
        try reader.number("contrast", in: 0...1, into: &contrast)
        try reader.number("noise", in: 0...1, into: &noise)
        try reader.number("erasing", in: 0...1, into: &erasing)
        try reader.number("elastic", in: 0...100, into: &elastic)
        try reader.finish()
    }
}

extension Recipe.Training.Validation {
    fileprivate mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        try reader.strings("labels", into: &labels)
        try reader.number("share", "more than 0, less than 1", into: &share) { $0 > 0 && $0 < 1 }
        if reader.has("share") || share != Self().share, !labels.isEmpty {
            throw reader.wrong("share", share, expected: "either labels or a share")
        }
        try reader.integer("ways", in: 2...10_000, into: &ways)
        try reader.integer("episodes", in: 1...1_000_000, into: &episodes)
        try reader.boolean("within-group", into: &withinGroup)
        try reader.integer("every", in: 1...1_000_000, into: &every)
        try reader.integer("patience", in: 1...1_000_000, into: &patience)
        try reader.finish()
    }
}
