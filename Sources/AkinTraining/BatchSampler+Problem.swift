import AkinNetworks

extension BatchSampler {
    /// Why batches cannot be composed as `settings` ask from images of these `classes`, and what to do; nil if they can.
    /// `classGroups` has the group of every class, or is nil if they have none.
    package static func problem(
        classes: [Int32], classGroups: [Int32]? = nil, settings: Recipe.Training
    ) -> String? {
        if let steps = settings.stepsPerEpoch, steps < 1 {
            return "an epoch of \(steps) steps has none; give at least 1"
        }
        let given = GivenClasses(classes, groups: classGroups)
        let kind = settings.loss.kind
        var comparing = kind.comparesImages
        let problem: String?
        switch settings.batches {
        case .shuffled(let size): problem = Self.problem(ofShuffled: size, settings)
        case .pairs(let count, let positive, let withinGroup):
            problem = given.problem(ofPairs: count, positive: positive, withinGroup: withinGroup)
            if kind.compares == .pairs && settings.mining == .random { comparing = false }
        case .classes(let drawn, let images):
            problem = given.problem(ofClasses: drawn, images: images, comparing: comparing)
        case .episodes(let ways, let shots, let queries):
            problem = given.problem(ofEpisodes: ways, shots: shots, queries: queries)
        }
        if let problem { return problem }
        if kind == .prototypical {
            guard case .episodes = settings.batches else {
                return
                    "the prototypical loss compares queries with their classes' means; ask for batches of episodes"
            }
        }
        if comparing && needsPositives(settings) && given.largest < 2 {
            return
                "no class has two images, so that there are no positives; give at least one class two images"
        }
        if comparing && given.sizes.count < 2 {
            return "there is only one class, so that there are no negatives; add images of another class"
        }
        return nil
    }

    private static func problem(ofShuffled size: Int, _ settings: Recipe.Training) -> String? {
        let kind = settings.loss.kind
        if size < 1 { return "a batch of \(size) images is empty; give at least 1" }
        if kind.comparesImages && size < 2 {
            return "a batch of one image has nothing to compare it with; give at least 2"
        }
        if kind.compares == .triplets && size < 3 {
            return "a batch of two images has no triplet; give at least 3"
        }
        return nil
    }

    /// Whether nothing is learned without two images of a class.
    static func needsPositives(_ settings: Recipe.Training) -> Bool {
        if settings.loss.kind.compares == .pairs, case .proportion(0, _) = settings.pairs { return false }
        return true
    }
}

extension LossSpecification.Kind {
    /// Whether the images of a batch are compared with each other, by pairs, triplets or all at once, so that some have to
    /// be of one class.
    var comparesImages: Bool {
        compares != .batch || self == .supervisedContrastive || self == .multiSimilarity
    }
}

/// What there is to make batches of.
private struct GivenClasses {
    /// How many images each class has.
    let sizes: [Int32: Int]
    let largest: Int
    /// The group of every class, if they have one.
    private let groups: [Int32]?

    init(_ classes: [Int32], groups: [Int32]?) {
        sizes = classes.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        largest = sizes.values.max() ?? 0
        self.groups = groups
    }

    func problem(ofPairs count: Int, positive: Float, withinGroup: Bool) -> String? {
        if count < 1 { return "a batch of \(count) pairs is empty; give at least 1" }
        guard (0...1).contains(positive) else {
            return "\(positive) is no share of positive pairs; give a number from 0 to 1"
        }
        let positives = Int((Float(count) * positive).rounded())
        if positives > 0 && largest < 2 {
            return
                "no class has two images, as a positive pair needs; give at least one class two images, or ask for no positive pairs"
        }
        if positives < count && sizes.count < 2 {
            return
                "there is only one class, and a negative pair needs two; add images of another class, or ask for positive pairs only"
        }
        guard withinGroup else { return nil }
        guard let groups else {
            return
                "pairs within a group are asked for, and no label has one; leave out within-group, or give labels a group, as in Greek/alpha"
        }
        let members = Dictionary(grouping: sizes.keys) { groups[Int($0)] }.values.map(\.count)
        if positives < count && members.allSatisfy({ $0 < 2 }) {
            return
                "no group has two classes, as a negative pair within one needs; leave out within-group, or add classes"
        }
        return nil
    }

    func problem(ofClasses drawn: Int, images: Int, comparing: Bool) -> String? {
        if drawn < 1 || images < 1 {
            return "a batch of \(drawn) classes with \(images) images each is empty; give at least 1 of each"
        }
        if drawn > sizes.count {
            return
                "batches of \(drawn) classes are asked for, and there are only \(sizes.count); ask for at most \(sizes.count)"
        }
        if comparing && drawn < 2 {
            return "a batch of one class has no negatives; ask for at least 2 classes"
        }
        if comparing && images < 2 {
            return "a batch with one image of each class has no positives; ask for at least 2 images"
        }
        return nil
    }

    func problem(ofEpisodes ways: Int, shots: Int, queries: Int) -> String? {
        if ways < 2 || shots < 1 || queries < 1 {
            return
                "an episode of \(ways) classes, \(shots) shots and \(queries) queries tells nothing apart; give at least 2, 1 and 1"
        }
        let fit = sizes.values.count { $0 > shots }
        if fit < ways {
            return
                "episodes of \(ways) classes with \(shots) shots are asked for, and of the \(sizes.count) classes only \(fit) have the \(shots + 1) images that it takes; ask for fewer ways or shots, or add images"
        }
        return nil
    }
}
