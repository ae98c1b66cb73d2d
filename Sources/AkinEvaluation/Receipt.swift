import AkinBasics
import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// What items that were added have changed: how well their classes are known, which are near, and which of the older items are
/// answered otherwise than before, each left out.
public struct Receipt: Encodable, Sendable, Equatable {
    /// What gave the answers.
    public let classifier: String
    /// The classes of the added items, by label.
    public let classes: [Class]
    /// How many older items were asked about, before and after.
    public let older: Int
    /// Those of them that were answered rightly and are not any more, or the other way round, by number.
    public let changed: [Change]

    /// A class to which items were added.
    public struct Class: Encodable, Sendable, Equatable {
        /// Its name.
        public let label: String
        /// How many items it has now.
        public let items: Int
        /// Whether it is new.
        public let isNew: Bool
        /// Of how many of its items it can be asked: none where it has but one.
        public let asked: Int
        /// How many of these are answered rightly.
        public let right: Int
        /// The classes that come next for its items, that which does most often first; at most three.
        public let nearest: [String]

        private enum CodingKeys: String, CodingKey {
            case label, items, asked, right, nearest
            case isNew = "new"
        }
    }

    /// An older item that is answered otherwise.
    public struct Change: Encodable, Sendable, Equatable {
        /// Its number.
        public let id: UInt64
        /// Where it comes from.
        public let source: Source
        /// Its class.
        public let label: String
        /// What it was taken for before.
        public let before: String
        /// What it is taken for now.
        public let after: String

        /// Whether it is right now.
        public var isRight: Bool { after == label }
    }

    /// Of a gallery's items as they are now.
    ///
    /// - Parameter added: The numbers of those that are new.
    package init(
        _ items: [Item], _ embeddings: Matrix, _ metric: Metric, adding added: Set<UInt64>,
        by classifier: Classifier
    ) throws {
        let old = items.indices.filter { !added.contains(items[$0].id) }
        let after = try Answers(items, embeddings, metric, classifier)
        let before = try Answers(old.map { items[$0] }, embeddings.rows(at: old), metric, classifier)
        let new = Set(items.lazy.filter { added.contains($0.id) }.map(\.label))
        self.classifier = classifier.description
        classes = new.sorted().map { label in
            let own = after.items.filter { $0.item.label == label }
            let asked = own.filter(\.isAnswerable)
            return Class(
                label: label, items: own.count, isNew: !before.items.contains { $0.item.label == label },
                asked: asked.count, right: asked.count { $0.predicted == label },
                nearest: Self.mostFrequent(own.compactMap(\.next)))
        }
        older = before.items.count { $0.predicted != nil }
        let now = Dictionary(uniqueKeysWithValues: after.items.map { ($0.item.id, $0.predicted) })
        changed = before.items.compactMap { old in
            guard let was = old.predicted, let found = now[old.item.id], let now = found else { return nil }
            let label = old.item.label
            guard (was == label) != (now == label) else { return nil }
            return Change(id: old.item.id, source: old.item.source, label: label, before: was, after: now)
        }
    }

    private static func mostFrequent(_ labels: [String]) -> [String] {
        let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map(\.key)
    }

    /// What the others say of each of some items.
    private struct Answers {
        struct Answer {
            var item: Item
            /// Nil where nothing could be said.
            var predicted: String?
            /// The most probable of the other classes.
            var next: String?
            /// Whether it could be right.
            var isAnswerable: Bool
        }

        var items: [Answer]

        init(_ items: [Item], _ embeddings: Matrix, _ metric: Metric, _ classifier: Classifier) throws {
            let left = LeftOutItems(items, embeddings, metric, limit: .max, seed: 1)
            let answers = left.items.isEmpty ? [] : try left.answers(by: classifier)
            self.items = zip(left.items, answers).map { item, answer in
                Answer(
                    item: item, predicted: answer.prediction?.label,
                    next: answer.prediction?.ranking.first { $0.label != item.label }?.label
                        ?? answer.nearestOther.map { left.items[Int($0.id)].label },
                    isAnswerable: answer.nearestSame != nil)
            }
        }
    }
}
