import AkinBasics

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

    /// Something that is known by its name alone: two of the same name count as the same.
    public init(named name: String) {
        self.init(name: name, hash: ContentHash(of: Array("named backbone: \(name)".utf8)))
    }

    /// Something of which not even the name is known: it is the same as no other.
    public static func unnamed() -> BackboneIdentity {
        BackboneIdentity(
            name: "imported",
            hash: ContentHash(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)))
    }

    /// The name, and the beginning of the hash.
    public var description: String { "'\(name)' (\(String(hash.description.prefix(12))))" }
}
