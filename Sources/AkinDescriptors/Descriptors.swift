import AkinEmbedding
import AkinImages

/// The backbones that need no training, by their names.
public enum Descriptors {
    /// `pixels`, `pixels-grey`, `hog` and `hog-grey`, which are the names of their identities too.
    public static let all: [any Backbone] = [
        PixelDescriptor(), PixelDescriptor(.grey), HOGDescriptor(), HOGDescriptor(.grey),
    ]

    /// That of a name; nil where there is none.
    public static func named(_ name: String) -> (any Backbone)? { all.first { $0.identity.name == name } }
}
