import AkinBasics
import AkinNetworks

/// Which backbone made an embedding: two with the same hash embed alike.
public struct BackboneIdentity: Sendable, Equatable, CustomStringConvertible {
    /// For people.
    public var name: String
    /// Of architecture, weights and preprocessing.
    public var hash: ContentHash

    /// A backbone known by its hash.
    public init(name: String, hash: ContentHash) {
        self.name = name
        self.hash = hash
    }

    /// The backbone of a checkpoint.
    public init(_ checkpoint: Checkpoint) { self.init(name: checkpoint.name, hash: checkpoint.identity) }

    /// The name, and the beginning of the hash.
    public var description: String { "'\(name)' (\(String(hash.description.prefix(12))))" }
}
