import AkinBasics
import AkinVectorSearch

/// One question of an open-set evaluation.
public struct OpenSetOutcome: Sendable, Equatable {
    /// Where the item that was asked about comes from.
    public var source: Source
    /// Its real class.
    public var label: String
    /// Whether the gallery had no item of that class.
    public var isStranger: Bool
    /// The class it was given.
    public var predicted: String
    /// Whether it was taken for one of the gallery's classes: the verdict is not `unknown`.
    public var isKnown: Bool
    /// How probable it is that the class is right, 0...1.
    public var confidence: Float
    /// How far it lies from all that is known, by what the verdict goes by; where nothing is called unknown, its distance to the
    /// nearest item. Comparable within one drawing.
    public var remoteness: Float

    /// A question and its answer.
    public init(
        source: Source, label: String, isStranger: Bool, predicted: String, isKnown: Bool, confidence: Float,
        remoteness: Float
    ) {
        (self.source, self.label, self.isStranger) = (source, label, isStranger)
        (self.predicted, self.isKnown) = (predicted, isKnown)
        (self.confidence, self.remoteness) = (confidence, remoteness)
    }

    /// Whether the real class was given.
    public var isRight: Bool { predicted == label }
}

/// A gallery that knows some classes, and what it said of items of these and of strangers.
public struct OpenSetDrawing: Sendable, Equatable {
    /// How many classes the gallery knew.
    public var classes: Int
    /// How many items it had.
    public var items: Int
    /// What its calibration said of strangers and of its own; nil where it could say nothing.
    public var promise: Promise?
    /// One for each question: those about its own classes, then those about strangers.
    public var list: [OpenSetOutcome]

    /// What came of one.
    public init(classes: Int, items: Int, promise: Promise?, list: [OpenSetOutcome]) {
        (self.classes, self.items, self.promise, self.list) = (classes, items, promise, list)
    }

    /// What a calibration promises.
    public struct Promise: Sendable, Equatable {
        /// What share of strangers is called known.
        public var strangersKnown: Double
        /// Where that share may lie, for as many other classes as the gallery has.
        public var interval: ClosedRange<Double>
        /// What share of its own is called known; nil where that is not known.
        public var ownKnown: Double?
    }

    /// Those about items of classes that the gallery knew.
    public var own: [OpenSetOutcome] { list.filter { !$0.isStranger } }
    /// Those about others.
    public var strangers: [OpenSetOutcome] { list.filter(\.isStranger) }
}

/// What some drawings have come to.
public struct OpenSetOutcomes: Sendable, Equatable {
    /// Each with a gallery of its own.
    public var drawings: [OpenSetDrawing]
    /// Whether the strangers were given; else they are classes that were left out, drawn anew each time.
    public var areStrangersGiven: Bool
    /// The classifier with its settings.
    public var classifier: String
    /// How distances were measured.
    public var metric: Metric.Kind
    /// Of the drawing.
    public var seed: UInt64
}

/// The figures of one drawing.
extension OpenSetDrawing {
    /// How well its own are told from strangers by how remote they are; nil without one of either kind.
    private var curve: StrangerCurve? {
        StrangerCurve(
            own: own.map { Double($0.remoteness) }, strangers: strangers.map { Double($0.remoteness) })
    }

    /// Area under the ROC curve: the chance that an item of its own lies nearer than a stranger, equal ones counting half.
    public var auroc: Double { curve?.area ?? 0 }

    /// What share of the strangers lies no farther than the nearest 95 % of its own.
    public var falsePositiveRateAt95: Double { curve?.strangersKnown(whereOwnAre: 0.95) ?? 0 }

    /// Area under the curve of the open-set classification rate (Dhamija et al. 2018, "Reducing Network Agnostophobia", section 4;
    /// its area as in Neal et al. 2018): the chance that an item of its own lies nearer than a stranger and is given its class.
    public var oscr: Double {
        let own = own
        return Self.mean(
            zip(positions(of: own.map(\.remoteness)), own).map { $1.isRight ? 1 - $0 : 0 })
    }

    /// What share of the strangers was called known.
    public var strangersKnown: Double { Self.mean(strangers.map { $0.isKnown ? 1 : 0 }) }

    /// Whether that lies where it was promised to; nil where nothing was promised.
    public var isPromiseKept: Bool? { promise.map { $0.interval.contains(strangersKnown) } }

    /// For each value what share of the strangers lies nearer, equal ones counting half.
    private func positions(of values: [Float]) -> [Double] {
        let strangers = strangers.map(\.remoteness).sorted()
        return values.map { value in
            let below = strangers.firstPlace { $0 >= value }
            let through = strangers.firstPlace { $0 > value }
            return Double(below + through) / 2 / Double(max(1, strangers.count))
        }
    }

    private static func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(max(1, values.count))
    }
}

extension [Float] {
    /// The first place whose element fulfils a condition that all behind it fulfil as well; O(log n).
    fileprivate func firstPlace(where condition: (Float) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
