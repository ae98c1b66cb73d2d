import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinNetworks
import AkinTensors

extension Trainer {
    /// The images to train on, and those of the classes that validation asks to hold back.
    static func split(
        _ recipe: Recipe, _ data: PreparedImages
    ) throws(TrainingError) -> (training: PreparedImages, validation: PreparedImages?) {
        guard let validation = recipe.training.validation else { return (data, nil) }
        var held: Set<Int32> = []
        if validation.labels.isEmpty {
            var generator = SeededGenerator(seed: recipe.training.seed, .heldOutClasses)
            let count = max(2, Int((Float(data.labels.count) * validation.share).rounded()))
            held = Set(data.labels.indices.shuffled(using: &generator).prefix(count).map { Int32($0) })
        } else {
            for pattern in validation.labels {
                let found = data.labels.indices.filter { LabelPattern(pattern).matches(data.labels[$0]) }
                guard !found.isEmpty else { throw .noClassToValidate(recipe: recipe.path, pattern: pattern) }
                held.formUnion(found.map { Int32($0) })
            }
        }
        let training = data.only(data.classes.indices.filter { !held.contains(data.classes[$0]) })
        let validating = data.only(data.classes.indices.filter { held.contains(data.classes[$0]) })
        guard validating.labels.count >= 2, validating.labels.count < validating.count else {
            throw .tooLittleToValidate(recipe: recipe.path, classes: validating.labels.count)
        }
        guard training.labels.count >= 2 else {
            throw .tooLittleLeft(recipe: recipe.path, held: held.count, classes: data.labels.count)
        }
        return (training, validating)
    }

    /// Refuses data that cannot be trained on as `recipe` says. What its layers need is not looked at.
    package static func check(_ recipe: Recipe, _ data: PreparedImages) throws(TrainingError) {
        try check(recipe)
        let (training, validating) = try split(recipe, data)
        _ = try classes(recipe, training)
        _ = try validator(recipe, validating)
    }

    /// Refuses a recipe that makes no sense, whatever the data.
    static func check(_ recipe: Recipe) throws(TrainingError) {
        do { try recipe.check() } catch { throw .recipe(error) }
    }

    /// What measures the classes held back; nil where there are none.
    static func validator(
        _ recipe: Recipe, _ images: PreparedImages?
    ) throws(TrainingError) -> Validator? {
        guard let images, let settings = recipe.training.validation else { return nil }
        do throws(FewShotError) {
            return try Validator(images: images, settings: settings, seed: recipe.training.seed)
        } catch { throw .settings(recipe: recipe.path, reason: "validation: \(error)") }
    }

    /// The class of each image as the sampler and the loss see them, turned images behind those that are not; and the
    /// group of each class, if labels have groups.
    static func classes(
        _ recipe: Recipe, _ data: PreparedImages
    ) throws(TrainingError) -> (ofImages: [Int32], groups: [Int32]?) {
        guard data.count >= 2 else { throw .tooFewImages(found: data.count) }
        guard data.labels.count >= 2 else { throw .oneClass(data.labels[0]) }
        var classes = data.classes
        let (names, labelGroups) = PreparedImages.classes(of: data.labels.map { Episodes.group(ofLabel: $0) })
        var groups: [Int32]? = names == [""] ? nil : labelGroups
        if recipe.training.classRotations {
            guard recipe.preprocessing.height == recipe.preprocessing.width else {
                throw .settings(
                    recipe: recipe.path, reason: "class-rotations needs an input as high as it is wide")
            }
            for quarter in 1...3 {
                classes += data.classes.map { $0 + Int32(quarter * data.labels.count) }
                groups? += labelGroups.map { $0 + Int32(quarter * names.count) }
            }
        }
        if let problem = BatchSampler.problem(
            classes: classes, classGroups: groups, settings: recipe.training)
        {
            throw .settings(recipe: recipe.path, reason: problem)
        }
        return (classes, groups)
    }

    /// What is trained: the recipe's layers, with what the loss needs on top.
    static func network(_ recipe: Recipe, classes: Int) throws(TrainingError) -> Network {
        do throws(NetworkError) {
            let dimension = try Network.dimension(of: recipe.backbone, input: recipe.networkInput)
            let network = try Network(
                recipe.backbone, input: recipe.networkInput,
                head: recipe.training.loss.headParameters(dimension: dimension, classes: classes))
            if let frozen = recipe.frozen {
                // They may be too large together.
                _ = try Network.valueCount(
                    frozen.checkpoint.layers + recipe.backbone, input: Shape(recipe.preprocessing))
            }
            return network
        } catch { throw .network(recipe: recipe.path, error) }
    }

    /// Fills a network with the weights of a checkpoint that has the same ones: a path, or a backbone's name.
    static func load(_ path: String, _ recipe: Recipe, into network: Network) throws(TrainingError) {
        let resolved: String
        do { resolved = try recipe.path(ofBackbone: path) } catch {
            throw .unknownStart(recipe: recipe.path, error)
        }
        let start: Network
        do { start = try Checkpoint(contentsOf: resolved).network() } catch { throw .start(error) }
        let wanted = network.parameters.filter { $0.offset < network.backboneCount }
        for (mine, theirs) in zip(wanted, start.parameters)
        where mine.name != theirs.name || mine.parameter.dimensions != theirs.parameter.dimensions {
            throw .otherLayers(
                path: resolved, expected: "\(mine.name) \(mine.parameter.dimensions)",
                found: "\(theirs.name) \(theirs.parameter.dimensions)")
        }
        guard wanted.count == start.parameters.count, start.statistics.count == network.statistics.count
        else {
            throw .otherLayers(
                path: resolved, expected: "\(wanted.count) tensors", found: "\(start.parameters.count)")
        }
        network.values.base.update(from: start.values.base, count: network.backboneCount)
        network.statistics.base.update(from: start.statistics.base, count: network.statistics.count)
    }
}
