import AkinBasics
import AkinDatasets

/// How the items of one class were answered.
public struct ClassResult: Codable, Sendable, Equatable {
    /// The class.
    public var label: String
    /// How many items of the class were tested (n).
    public var items: Int
    /// How many of them were given another class.
    public var errors: Int

    package init(label: String, items: Int, errors: Int) {
        self.label = label
        self.items = items
        self.errors = errors
    }

    /// 0...1.
    public var accuracy: Double { Double(items - errors) / Double(items) }
    /// Wilson's 95 % interval of `accuracy`.
    public var interval: Interval { Interval(items - errors, of: items) }
}

/// An item that was given a wrong class, as in table 6.1 of the thesis: image, real class, closest image,
/// predicted class.
public struct Mistake: Codable, Sendable, Equatable {
    /// Where the item comes from.
    public var source: Source
    /// Its real class.
    public var label: String
    /// The class it was given.
    public var predicted: String
    /// Source of the item closest to it, of whatever class: with one neighbour the one that misled the
    /// classifier. Nil (and absent), as are the next two, where the class was not found by looking at items.
    public var nearest: Source?
    /// The class of that closest item.
    public var nearestLabel: String?
    /// The distance to it.
    public var distance: Float?

    package init(
        source: Source, label: String, predicted: String, nearest: Source? = nil, nearestLabel: String? = nil,
        distance: Float? = nil
    ) {
        self.source = source
        self.label = label
        self.predicted = predicted
        self.nearest = nearest
        self.nearestLabel = nearestLabel
        self.distance = distance
    }

    enum CodingKeys: String, CodingKey {
        case source, label, predicted, nearest, distance
        case nearestLabel = "nearest_label"
    }
}

/// How often items of one class were taken for another.
public struct Confusion: Codable, Sendable, Equatable {
    /// The real class.
    public var label: String
    /// The class that was given.
    public var predicted: String
    /// How many items.
    public var count: Int

    /// The pairs among `mistakes`, most frequent first, then by label and predicted label.
    public static func pairs(of mistakes: [Mistake]) -> [Confusion] {
        var counts: [[String]: Int] = [:]
        for mistake in mistakes { counts[[mistake.label, mistake.predicted], default: 0] += 1 }
        return
            counts
            .map { Confusion(label: $0[0], predicted: $0[1], count: $1) }
            .sorted { ($1.count, $0.label, $0.predicted) < ($0.count, $1.label, $1.predicted) }
    }
}

extension [ClassResult] {
    /// Of item `i`, `labels[i]` is the class and `right[i]` tells whether it was answered so. Sorted by
    /// label.
    init(labels: [String], right: [Bool]) {
        var results: [String: ClassResult] = [:]
        for (label, right) in zip(labels, right) {
            results[label, default: ClassResult(label: label, items: 0, errors: 0)].items += 1
            if !right { results[label]!.errors += 1 }
        }
        self = results.values.sorted { $0.label < $1.label }
    }

    /// The classes together, under no label.
    var total: ClassResult {
        ClassResult(label: "", items: reduce(0) { $0 + $1.items }, errors: reduce(0) { $0 + $1.errors })
    }

    /// The mean of the classes' accuracies, without those named; nil if none is left.
    func macroAccuracy(without left: [String]) -> Double? {
        let counted = filter { !left.contains($0.label) }
        return counted.isEmpty ? nil : counted.reduce(0) { $0 + $1.accuracy } / Double(counted.count)
    }
}
