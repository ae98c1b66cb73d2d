/// What one image is between two layers: `[height, width, channels]`, row-major. A vector is `[1, 1, n]`.
public struct Shape: Sendable, Hashable, CustomStringConvertible {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Values at each place.
    public let channels: Int

    /// An image of that size.
    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    package init(vector count: Int) { self.init(height: 1, width: 1, channels: count) }

    /// What windows of that side at that distance leave of it, those that would reach beyond it left out.
    package func pooled(window: Int, stride: Int) -> Shape {
        Shape(
            height: (height - window) / stride + 1, width: (width - window) / stride + 1, channels: channels)
    }

    /// How many values that are.
    public var count: Int { height * width * channels }
    package var isVector: Bool { height == 1 && width == 1 }
    /// `28 x 28 x 1`
    public var description: String { "\(height) x \(width) x \(channels)" }
}
