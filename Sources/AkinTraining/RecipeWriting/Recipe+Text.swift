import AkinBasics
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinVectorSearch
import Yams

extension Recipe {
    /// All of it as the text of a recipe: every key that has a meaning with the others, defaults among them, and the paths from the root.
    /// Read again, wherever it lies, it is the same recipe.
    public var text: String {
        // Texts, lists and groups always encode.
        (try? Yams.serialize(node: node, width: -1, allowUnicode: true)) ?? ""
    }

    private var node: Node {
        let bringsPreprocessing = ready != nil || frozen != nil
        return .keys(
            [
                ("name", .text(name)), ("data", data.node),
                ("preprocessing", bringsPreprocessing ? nil : preprocessing.node), ("backbone", network),
                // The seed draws for evaluations, too.
                (
                    "training",
                    ready == nil ? trainingKeys : .keys([("seed", .number(training.seed))])
                ),
                (
                    "index",
                    ready == nil
                        ? .keys([("metric", .word(index.metric.rawValue))], style: .block) : nil
                ),
                ("evaluation", evaluation.node),
            ], style: .block)
    }

    private var network: Node {
        if let ready { return .text(rooted(ready)) }
        let layers = Node.list(backbone.map(\.node), style: .block)
        guard let frozen else { return layers }
        return .keys(
            [
                ("frozen", .text(frozen.name ?? frozen.file.map(absolutePath) ?? frozen.checkpoint.name)),
                ("layers", layers),
                ("views", training.augmentation.isNone ? nil : .number(frozen.views)),
            ], style: .block)
    }

    /// A backbone's name as it is; a path, which is relative to the recipe, from the root.
    private func rooted(_ backbone: String) -> String {
        guard BackboneFolders.isPath(backbone) else { return backbone }
        return absolutePath(backbone.hasPrefix("/") ? backbone : folder + "/" + backbone)
    }

    private var trainingKeys: Node {
        let training = training
        let loss = training.loss
        let constants = Training.constants.compactMap { constant -> (String, Node?)? in
            constant.isUsed(loss) ? constant.value(loss).map { (constant.key, .number($0)) } : nil
        }
        let comparesPairs = loss.kind.compares == .pairs
        let batchIsOfPairs = if case .pairs = training.batches { true } else { false }
        return .keys(
            [("loss", .word(loss.kind.rawValue))] + constants + [
                ("batch", training.batches.node),
                ("steps-per-epoch", training.stepsPerEpoch.map { .number($0) }),
                ("pairs", comparesPairs && !batchIsOfPairs ? training.pairs.node : nil),
                (
                    "triplets-per-image",
                    loss.kind.compares == .triplets ? .number(training.tripletsPerImage) : nil
                ),
                ("mining", loss.kind.compares == .batch ? nil : .word(training.mining.rawValue)),
                ("epochs", .number(training.epochs)), ("optimizer", training.optimizer.node),
                ("learning-rate", .number(training.learningRate)), ("schedule", training.schedule.node),
                ("clip-norm", training.clipNorm.map { .number($0) }),
                ("augmentation", training.augmentation.node),
                ("mixup", loss.kind == .crossEntropy ? .number(training.mixup) : nil),
                ("class-rotations", .flag(training.classRotations)),
                ("validation", training.validation?.node),
                ("held-out-pictures", training.heldOutPictures.map { .number($0) }),
                ("start", training.start.map { .text(rooted($0)) }), ("seed", .number(training.seed)),
            ], style: .block)
    }
}

/// What recipes are written of.
extension Node {
    /// A word of the language of recipes.
    static func word(_ word: String) -> Node { .scalar(Node.Scalar(word, .implicit, .plain)) }

    /// Whatever it says, it is a text.
    static func text(_ text: String) -> Node { .scalar(Node.Scalar(text, .implicit, .doubleQuoted)) }

    static func number(_ number: some Numeric & CustomStringConvertible) -> Node {
        .word(number.description)
    }

    static func flag(_ flag: Bool) -> Node { .word("\(flag)") }

    static func list(_ nodes: [Node], style: Node.Sequence.Style = .flow) -> Node {
        .sequence(Node.Sequence(nodes, .implicit, style))
    }

    static func texts(_ texts: [String]) -> Node? { texts.isEmpty ? nil : .list(texts.map(Node.text)) }

    /// Keys without a value are left out.
    static func keys(_ keys: [(String, Node?)], style: Node.Mapping.Style = .flow) -> Node {
        let pairs = keys.compactMap { key, value in value.map { (Node.word(key), $0) } }
        return .mapping(Node.Mapping(pairs, .implicit, style))
    }

    /// A name with its settings.
    static func variant(_ name: String, _ keys: [(String, Node?)]) -> Node {
        .keys([(name, .keys(keys))])
    }
}
