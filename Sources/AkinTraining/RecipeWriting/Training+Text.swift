import AkinBasics
import AkinImages
import AkinNetworks
import Yams

extension Recipe.Data {
    var node: Node {
        .keys(
            [
                ("format", .word(format.rawValue)), ("folder", .text(absolutePath(folder))),
                ("manifest", manifest.map(Node.text)), ("images", .texts(images)),
                ("label-depth", labelDepth.map { .number($0) }), ("ignore", .texts(ignore)),
                ("labels", .texts(labels)), ("names", names.flatMap(Node.texts)),
                ("only", only.flatMap(Node.texts)),
                ("images-per-class", imagesPerClass.map { .number($0) }),
                ("selection", .word(selection.rawValue)), ("test", test?.node),
            ], style: .block)
    }
}

extension Recipe.Data.Test {
    fileprivate var node: Node {
        .keys([
            ("images", .texts(images)), ("labels", .texts(labels)), ("split", split.map(Node.text)),
            ("share", share.map { .number($0) }),
        ])
    }
}

extension Preprocessing {
    /// In the words of a recipe.
    var node: Node {
        func numbers(_ values: [Float]?) -> Node? { values.map { .list($0.map { .number($0) }) } }
        return .keys(
            [
                ("size", .list([.number(height), .number(width)])), ("channels", .word(channels.rawValue)),
                ("placement", .word(placement.rawValue)),
                ("shorter-side", shorterSide.map { .number($0) }),
                ("interpolation", .word(interpolation.rawValue)),
                ("background", .number(background)), ("invert", .flag(invert)),
                ("ground", .word(ground.rawValue)), ("scaling", .word(scaling.rawValue)),
                ("mean", numbers(normalisation?.mean)), ("deviation", numbers(normalisation?.deviation)),
                ("decoding", .word(decoding.rawValue)),
            ], style: .block)
    }
}

extension Recipe.Evaluation {
    var node: Node {
        .keys(
            [
                ("protocol", procedure.map { .word($0.rawValue) }), ("classifiers", .texts(classifiers)),
                ("k", .number(k)), ("retrain", .flag(retrain)), ("ways", .number(ways)),
                ("shots", .number(shots)), ("episodes", .number(episodes)),
                ("within-group", .flag(withinGroup)), ("pairs", .number(pairs)),
                ("training", .flag(training)),
            ], style: .block)
    }
}

extension Recipe.Training.Batches {
    var node: Node {
        switch self {
        case .shuffled(let size): .number(size)
        case .pairs(let count, let positive, let withinGroup):
            .keys([
                ("pairs", .number(count)), ("positive", .number(positive)),
                ("within-group", .flag(withinGroup)),
            ])
        case .classes(let classes, let images):
            .keys([("classes", .number(classes)), ("images", .number(images))])
        case .episodes(let ways, let shots, let queries):
            .keys([
                ("ways", .number(ways)), ("shots", .number(shots)), ("queries", .number(queries)),
            ])
        }
    }
}

extension Recipe.Training.Pairs {
    var node: Node {
        switch self {
        case .all: .word("all")
        case .proportion(let positive, let negative):
            .keys([("positive", .number(positive)), ("negative", .number(negative))])
        }
    }
}

extension Recipe.Training.Validation {
    var node: Node {
        .keys([
            ("labels", .texts(labels)), ("share", labels.isEmpty ? .number(share) : nil),
            ("ways", .number(ways)), ("episodes", .number(episodes)), ("within-group", .flag(withinGroup)),
            ("every", .number(every)), ("patience", patience.map { .number($0) }),
        ])
    }
}

extension OptimizerSpecification {
    /// In the words of a recipe.
    var node: Node {
        func moments(
            _ beta1: Float, _ beta2: Float, _ epsilon: Float, _ more: [(String, Node?)] = []
        ) -> [(String, Node?)] {
            [("beta1", .number(beta1)), ("beta2", .number(beta2)), ("epsilon", .number(epsilon))] + more
        }
        switch self {
        case .sgd(let momentum, let nesterov):
            return .variant("sgd", [("momentum", .number(momentum)), ("nesterov", .flag(nesterov))])
        case .rmsprop(let rho, let epsilon):
            return .variant("rmsprop", [("rho", .number(rho)), ("epsilon", .number(epsilon))])
        case .adadelta(let rho, let epsilon):
            return .variant("adadelta", [("rho", .number(rho)), ("epsilon", .number(epsilon))])
        case .adam(let beta1, let beta2, let epsilon):
            return .variant("adam", moments(beta1, beta2, epsilon))
        case .nadam(let beta1, let beta2, let epsilon):
            return .variant("nadam", moments(beta1, beta2, epsilon))
        case .adamw(let beta1, let beta2, let epsilon, let weightDecay):
            return .variant(
                "adamw", moments(beta1, beta2, epsilon, [("weight-decay", .number(weightDecay))]))
        }
    }
}

extension Schedule {
    /// In the words of a recipe.
    var node: Node {
        switch self {
        case .constant: .word("constant")
        case .exponentialDecay(let decay, let steps, let staircase):
            .variant(
                "exponential-decay",
                [("decay", .number(decay)), ("steps", .number(steps)), ("staircase", .flag(staircase))])
        case .step(let factor, let epochs):
            .variant("step", [("factor", .number(factor)), ("epochs", .number(epochs))])
        case .cosine(let warmUp, let floor):
            .variant("cosine", [("warm-up", .number(warmUp)), ("floor", .number(floor))])
        }
    }
}

extension Augmentation {
    /// In the words of a recipe.
    var node: Node {
        .keys([
            ("rotation", .number(rotation)), ("scale", .list([.number(scale.low), .number(scale.high)])),
            ("shear", .number(shear)), ("shift", .number(shift)),
            ("flip-horizontal", .flag(flipHorizontal)), ("flip-vertical", .flag(flipVertical)),
            ("brightness", .number(brightness)), ("contrast", .number(contrast)),
            ("noise", .number(noise)), ("erasing", .number(erasing)), ("elastic", .number(elastic)),
        ])
    }
}
