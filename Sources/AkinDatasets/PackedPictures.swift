import AkinImages

/// Many pictures in one file: its items have the sources `path#number`.
protocol PackedPictures: Sendable {
    /// The file, from the root.
    var path: String { get }
    var count: Int { get }
    /// A picture, its number below `count`.
    subscript(number: Int) -> Image { get }
}
