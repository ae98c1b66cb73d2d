/// Why no episodes or pairs can be drawn from a set of images.
public enum FewShotError: Error, Hashable, Sendable {
    /// `images`: how many a class needs; `group`: whether the classes have to be of one group.
    case tooFewClasses(found: Int, images: Int, withinGroup: Bool)
    /// Episodes within groups are asked for, and no label has a group.
    case noGroups
    case noPairs(images: Int, classes: Int)
}

extension FewShotError: CustomStringConvertible {
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
        }
    }
}
