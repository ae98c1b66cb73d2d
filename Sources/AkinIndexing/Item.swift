import AkinTensors

/// One indexed image, or one imported vector.
public struct Item: Sendable, Equatable {
    /// Given by the index when the item is added, ascending, never given twice.
    public let id: UInt64
    public var label: String
    /// Where the item comes from; one item a source.
    public var source: String
    /// The page, manuscript or writer that it was taken from, where known.
    public var group: String?
    /// The hash of the file (or the vector) it was made from: tells changed from unchanged.
    public var contentHash: ContentHash

    public init(id: UInt64, label: String, source: String, group: String? = nil, contentHash: ContentHash) {
        self.id = id
        self.label = label
        self.source = source
        self.group = group
        self.contentHash = contentHash
    }
}
