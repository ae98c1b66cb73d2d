import AkinBasics
import AkinClassification
import AkinItems

/// Items that are one picture.
public struct DuplicateGroup: Encodable, Sendable, Equatable {
    /// One of them.
    public struct Member: Encodable, Sendable, Equatable {
        /// Its number.
        public let id: UInt64
        /// Where it comes from.
        public let source: Source
        /// Its class.
        public let label: String
    }

    /// In the order of their numbers; at least two.
    public let items: [Member]
    /// What makes them differ; empty where the files are the very same.
    public let kinds: [NearDuplicate.Kind]
    /// Whether they are of more than one class, of which one at most can be right.
    public let isContradictory: Bool

    private enum CodingKeys: String, CodingKey {
        case items, kinds
        case isContradictory = "contradictory"
    }
}

extension DuplicateGroup {
    /// Items of one content, and those whose pictures are the same, put together; the contradictory ones first, then by their
    /// first items.
    ///
    /// - Parameter pairs: By positions in `items`.
    package static func groups(of items: [Item], _ pairs: [NearDuplicate]) -> [DuplicateGroup] {
        var sets = DisjointSets(count: items.count)
        for copies in Dictionary(grouping: items.indices, by: { items[$0].contentHash }).values {
            for copy in copies.dropFirst() { sets.join(copies[0], copy) }
        }
        for pair in pairs { sets.join(pair.first, pair.second) }
        let kinds = Dictionary(grouping: pairs) { sets.root($0.first) }.mapValues { Set($0.map(\.kind)) }
        return sets.members.filter { $0.count > 1 }
            .map { members in
                DuplicateGroup(
                    items: members.map {
                        Member(id: items[$0].id, source: items[$0].source, label: items[$0].label)
                    },
                    kinds: NearDuplicate.Kind.allCases.filter { kinds[members[0]]?.contains($0) ?? false },
                    isContradictory: Set(members.map { items[$0].label }).count > 1)
            }
            .enumerated()
            .sorted {
                ($0.element.isContradictory ? 0 : 1, $0.offset) < (
                    $1.element.isContradictory ? 0 : 1, $1.offset
                )
            }
            .map(\.element)
    }
}
