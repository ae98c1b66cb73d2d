import AkinTensors

/// A network on top of another one whose weights stay as they are.
extension Network {
    /// `lower` and then `upper`, which takes the embeddings of that: one network with the weights of both, but for the
    /// heads.
    ///
    /// - Throws: `NetworkError.tooLarge` where they are so together.
    package convenience init(_ lower: Network, followedBy upper: Network) throws(NetworkError) {
        precondition(upper.input == Shape(vector: lower.dimension), "networks that do not fit together")
        try self.init(lower.specification + upper.specification, input: lower.input)
        // Both lie in the order of the layers.
        for (whole, low, high, count) in [
            (values.base, lower.values.base, upper.values.base, (lower.backboneCount, upper.backboneCount)),
            (
                statistics.base, lower.statistics.base, upper.statistics.base,
                (lower.statistics.count, upper.statistics.count)
            ),
        ] {
            whole.update(from: low, count: count.0)
            (whole + count.0).update(from: high, count: count.1)
        }
    }
}

extension Checkpoint {
    /// The layers on top of those of `lower`, with their weights: a network that takes its embeddings.
    package func network(above lower: Checkpoint) -> Network {
        precondition(layers.starts(with: lower.layers), "a checkpoint that does not begin with those layers")
        // They are part of a network that has been built.
        let network = try! Network(
            Array(layers.dropFirst(lower.layers.count)), input: Shape(vector: lower.dimension))
        for (position, value) in values.dropFirst(lower.values.count).enumerated() {
            network.values.base[position] = value
        }
        for (position, value) in statistics.dropFirst(lower.statistics.count).enumerated() {
            network.statistics.base[position] = value
        }
        return network
    }
}
