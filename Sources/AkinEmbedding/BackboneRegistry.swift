/// The kinds of backbones that can be revived from their bytes.
public struct BackboneRegistry: Sendable {
    private let types: [any Backbone.Type]

    /// Of these types; each has a format of its own.
    public init(_ types: [any Backbone.Type]) { self.types = types }

    /// Revives a backbone that was kept as these bytes under this format.
    ///
    /// - Throws: `EmbeddingError.unknownFormat`, or what the backbone's type says of the bytes.
    public func backbone(format: String, bytes: [UInt8]) throws -> any Backbone {
        guard let type = types.first(where: { $0.format == format }) else {
            throw EmbeddingError.unknownFormat(format, known: types.map { $0.format })
        }
        return try type.init(bytes: bytes, kinds: self)
    }
}
