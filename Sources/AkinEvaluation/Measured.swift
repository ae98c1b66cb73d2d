/// Something of which questions were asked and some were answered rightly.
public protocol Measured {
    /// How many questions there were.
    var items: Int { get }
    /// How many of them were answered wrongly.
    var errors: Int { get }
    /// 0...1, 0 if there were none.
    var accuracy: Double { get }
    /// 95 % interval of `accuracy`.
    var interval: Interval { get }
}

extension Measured {
    /// Of the counts.
    public var accuracy: Double { items == 0 ? 0 : Double(items - errors) / Double(items) }
    /// Wilson's.
    public var interval: Interval { Interval(items - errors, trusted: items) }
}

/// How many questions there were, and how many of them were answered wrongly.
public struct Tally: Measured, Sendable, Equatable {
    /// How many questions there were.
    public var items: Int
    /// How many of them were answered wrongly.
    public var errors: Int

    package init(items: Int = 0, errors: Int = 0) { (self.items, self.errors) = (items, errors) }

    mutating func count(_ outcome: Outcome) {
        items += 1
        if !outcome.isRight { errors += 1 }
    }
}

extension Sequence<Outcome> {
    /// All of them together.
    public var tally: Tally { reduce(into: Tally()) { $0.count($1) } }
}

/// How the items of one class were answered.
public struct ClassResult: Measured, Codable, Sendable, Equatable {
    /// The class.
    public var label: String
    /// How many items of the class were tested (n).
    public var items: Int
    /// How many of them were given another class.
    public var errors: Int

    package init(label: String, items: Int, errors: Int) {
        (self.label, self.items, self.errors) = (label, items, errors)
    }
}

/// How a part of a test set was answered.
public struct PartResult: Measured, Codable, Sendable, Equatable {
    /// What the part is called: the folder of its pictures.
    public var name: String
    /// How many items it has.
    public var items: Int
    /// Those that were given a wrong class.
    public var errors: Int
    /// 0...1, 0 if it has no items.
    public var accuracy: Double
    /// 95 % interval of `accuracy`.
    public var interval: Interval

    /// `interval` is Wilson's, unless given.
    package init(name: String, items: Int, errors: Int, interval: Interval? = nil) {
        let tally = Tally(items: items, errors: errors)
        (self.name, self.items, self.errors) = (name, items, errors)
        (accuracy, self.interval) = (tally.accuracy, interval ?? tally.interval)
    }
}
