/// How a foreign network is used as a backbone.
public struct ONNXUse: Codable, Sendable, Hashable {
    /// In which order a picture's values lie.
    public enum Order: String, Codable, Sendable, CaseIterable {
        /// `[n, channels, height, width]`, as PyTorch has them.
        case channelsFirst = "channels-first"
        /// `[n, height, width, channels]`, as TensorFlow has them.
        case channelsLast = "channels-last"
    }

    /// Of the input, and of an output that is a map.
    public var order: Order
    /// The name of the output that is taken.
    public var output: String
    /// How an embedding is made of it.
    public var pooling: ONNXPooling
    /// Length of an embedding.
    public var dimension: Int
    /// How many numbers training has set, as far as the model says.
    public var parameters: Int
}
