import AkinBasics

/// Which items of a gallery are of which content, as it was at one moment.
package struct Contents: Sendable {
    private struct Entry: Sendable {
        let hash: ContentHash
        let id: UInt64
    }

    /// In the order of the hashes, equal ones by id.
    private var entries: [Entry] = []

    /// O(items), without their labels and sources.
    package init(_ reader: some GalleryReader) throws {
        entries.reserveCapacity(try reader.count)
        try reader.forEachContent { id, hash in entries.append(Entry(hash: hash, id: id)) }
        entries.sort {
            ($0.hash.high, $0.hash.low, $0.id) < ($1.hash.high, $1.hash.low, $1.id)
        }
    }

    /// The items of a content, by ascending id; O(log items).
    package func ids(of hash: ContentHash) -> [UInt64] {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            let other = entries[middle].hash
            if (other.high, other.low) < (hash.high, hash.low) { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix { $0.hash == hash }.map(\.id)
    }

    /// The items of which there are several of one content, by the first's id.
    ///
    /// - Parameter isWanted: Whether a content counts.
    package func copies(_ isWanted: (ContentHash) -> Bool) -> [[UInt64]] {
        var groups: [[UInt64]] = []
        var first = 0
        while first < entries.count {
            var end = first + 1
            while end < entries.count, entries[end].hash == entries[first].hash { end += 1 }
            if end > first + 1, isWanted(entries[first].hash) {
                groups.append(entries[first..<end].map(\.id))
            }
            first = end
        }
        return groups.sorted { $0[0] < $1[0] }
    }
}

/// Items of one content: one picture that lies in several places.
public struct Copies: Sendable, Hashable, Codable {
    /// One of the items.
    public struct Copy: Sendable, Hashable, Codable {
        /// Where it comes from.
        public let source: Source
        /// Its class.
        public let label: String
    }

    /// In the order of their ids; at least two.
    public let items: [Copy]

    package init(_ items: [Item]) { self.items = items.map { Copy(source: $0.source, label: $0.label) } }

    /// Whether they are of more than one class, of which one at most can be right.
    public var isContradictory: Bool { items.contains { $0.label != items[0].label } }
}

extension GalleryReader {
    /// The items of which there are several of one content, by the first one's id. O(items).
    public func copies() throws -> [Copies] { try copies({ _ in true }, { _ in true }) }

    /// As the above; only those of one of `contents` of which one comes from `sources`.
    package func copies(of contents: Set<ContentHash>, from sources: Set<Source>) throws -> [Copies] {
        try copies({ contents.contains($0) }, { $0.contains { sources.contains($0.source) } })
    }

    private func copies(
        _ isWanted: (ContentHash) -> Bool, _ isIncluded: ([Item]) -> Bool
    ) throws -> [Copies] {
        try Contents(self).copies(isWanted).compactMap { ids in
            let items = try ids.compactMap { try item($0) }
            return items.count > 1 && isIncluded(items) ? Copies(items) : nil
        }
    }
}
