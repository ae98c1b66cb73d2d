import AkinClassification

extension Interval {
    /// Of the mean of values of 0...1 each of which is one of many that might have been: of the accuracies of some classes,
    /// what those of other classes would come to.
    ///
    /// Wilson's, of as many trials as have that variance, by Student's distribution, as few values tell little of how they are
    /// spread; where all are equal, that of as many trials as there are values.
    public init(meanOf values: [Double]) {
        self.init(values.reduce(0, +) / Double(max(1, values.count)), spreadAs: values)
    }

    /// As the above, of a figure of 0...1 that is nearly the mean of these values and varies as that does.
    init(_ figure: Double, spreadAs values: [Double]) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / max(1, count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard values.count > 1, squares > 1e-12 else {
            self.init(figure, of: count)
            return
        }
        let trials = max(count - 1, figure * (1 - figure) * count * (count - 1) / squares)
        self.init(figure, of: trials, quantile: StudentsT.quantile(0.975, freedom: count - 1))
    }
}

/// A mean twice: of all questions, and of the classes.
public struct Averages: Codable, Sendable, Equatable {
    /// Each question counting alike.
    public var micro: Double
    /// 95 % interval of `micro`: what other questions about these classes would give.
    public var microInterval: Interval
    /// Each class counting alike.
    public var macro: Double
    /// 95 % interval of `macro`: what other classes would give.
    public var macroInterval: Interval
    /// How many questions there were.
    public var items: Int
    /// Of how many classes.
    public var classes: Int

    enum CodingKeys: String, CodingKey {
        case micro, macro, items, classes
        case microInterval = "micro_interval"
        case macroInterval = "macro_interval"
    }

    /// Of values of 0...1, with the class of each.
    init(_ values: [Double], of labels: [String]) {
        precondition(values.count == labels.count, "a class for each value")
        var sums: [String: (sum: Double, count: Int)] = [:]
        for (label, value) in zip(labels, values) {
            sums[label, default: (0, 0)].sum += value
            sums[label]!.count += 1
        }
        // In an order, so that the sums are the same each time.
        let means = sums.sorted { $0.key < $1.key }.map { $0.value.sum / Double($0.value.count) }
        micro = values.reduce(0, +) / Double(max(1, values.count))
        microInterval = Interval(meanOf: values)
        macro = means.reduce(0, +) / Double(max(1, means.count))
        macroInterval = Interval(meanOf: means)
        (items, classes) = (values.count, means.count)
    }
}
