/// Why no episodes or pairs can be drawn from a set of images.
public enum FewShotError: Error, Hashable, Sendable {
    /// `images`: how many a class needs; `group`: whether the classes have to be of one group.
    case tooFewClasses(found: Int, images: Int, withinGroup: Bool)
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
        case .noPairs(let images, let classes):
            "\(images) images of \(classes) classes make no pair of one class and of different ones; "
                + "give at least 2 classes, and 2 images of one of them"
        }
    }
}
