import AkinBasics

/// Why no episodes or pairs can be drawn from a set of images.
public enum FewShotError: ExplainedError, Hashable, Sendable {
    /// `images`: how many a class needs; `group`: whether the classes have to be of one group.
    case tooFewClasses(found: Int, images: Int, withinGroup: Bool)
    /// Episodes within groups are asked for, and no label has a group.
    case noGroups
    case noPairs(images: Int, classes: Int)
    /// So many pairs are asked for.
    case tooFewPairs(Int)
    /// Distances of pairs of one class, and of different ones, of which there are so many.
    case oneKind(same: Int, different: Int)
    /// An episode cannot have so many classes or pictures of each, or so many cannot be drawn.
    case badEpisodes(ways: Int, shots: Int, count: Int)
}

extension FewShotError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .tooFewClasses(let found, let images, let withinGroup):
            "an episode needs 2 classes\(withinGroup ? " of one group" : "") with at least \(images) images each, "
                + "found \(found); give more images, or fewer shots"
                + (withinGroup ? ", or take classes of all groups" : "")
        case .noGroups:
            "episodes of classes of one group are asked for, and no label has a group, as Greek/alpha has; "
                + "leave out within-group, or give labels groups"
        case .noPairs(let images, let classes):
            "\(images) images of \(classes) classes make no pair of one class and of different ones; "
                + "give at least 2 classes, and 2 images of one of them"
        case .tooFewPairs(let count):
            "\(count) pairs are asked for; give 2 or more, one of one class and one of different ones"
        case .oneKind(let same, let different):
            "\(counted(same, "pair")) of one class and \(different) of different ones cannot be told apart; give some of both"
        case .badEpisodes(let ways, let shots, let count):
            "\(counted(count, "episode")) of \(ways) classes with \(shots) images each are asked for; give 1 or more, 2 classes or "
                + "more, and 1 image or more"
        }
    }
}
