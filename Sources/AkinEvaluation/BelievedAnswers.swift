/// How many answers are wrong among the surest ones, whatever share of them is taken: the risk-coverage curve (El-Yaniv and Wiener 2010,
/// "On the foundations of noise-free selective classification").
public struct RiskCoverage: Sendable, Equatable {
    /// The surest answers.
    public struct Point: Sendable, Equatable {
        /// What share of all answers they are, above 0, at most 1.
        public let coverage: Double
        /// What share of them is wrong, 0...1.
        public let risk: Double
        /// The least confidence among them.
        public let confidence: Double
    }

    /// By ascending coverage, up to 1; equally sure answers are taken together.
    public let points: [Point]

    /// Nil without answers. O(n log n).
    public init?(_ answers: [(confidence: Double, isRight: Bool)]) {
        guard !answers.isEmpty else { return nil }
        let ordered = answers.sorted { $0.confidence > $1.confidence }
        var points: [Point] = []
        var wrong = 0
        for (place, answer) in ordered.enumerated() {
            if !answer.isRight { wrong += 1 }
            let taken = place + 1
            guard taken == ordered.count || ordered[taken].confidence < answer.confidence else { continue }
            points.append(
                Point(
                    coverage: Double(taken) / Double(ordered.count), risk: Double(wrong) / Double(taken),
                    confidence: answer.confidence))
        }
        self.points = points
    }

    /// The risk of the surest answers that are at least such a share of all.
    public func risk(atCoverage share: Double) -> Double {
        (points.first { $0.coverage >= share - 1e-12 } ?? points[points.count - 1]).risk
    }

    /// The largest share of answers of which so many or fewer are wrong; 0 where there is none.
    public func coverage(atRisk risk: Double) -> Double {
        points.last { $0.risk <= risk + 1e-12 }?.coverage ?? 0
    }
}

/// Whether answers are right as often as their confidence says: the reliability diagram (Niculescu-Mizil and Caruana 2005, "Predicting good
/// probabilities with supervised learning"), in bins of equal width.
public struct Reliability: Sendable, Equatable {
    /// Answers of about one confidence.
    public struct Bin: Sendable, Equatable {
        /// From this confidence on.
        public let low: Double
        /// Below this one; the last bin has it too.
        public let high: Double
        /// How many answers; at least one.
        public let count: Int
        /// How many of these are right.
        public let right: Int
        /// The mean of their confidences.
        public let confidence: Double

        /// What share of them is right.
        public var share: Double { Double(right) / Double(count) }
        /// Wilson's 95 % interval of that.
        public var interval: Interval { Interval(right, trusted: count) }
    }

    /// By ascending confidence; those that hold no answer are not there.
    public let bins: [Bin]
    /// The expected calibration error: by how much confidence and share differ, in the mean of the answers, 0...1 (Guo et al. 2017).
    public let error: Double

    /// Of confidences, 0...1; nil without answers, or where one of them is no number.
    ///
    /// - Parameter count: 1 at least.
    public init?(_ answers: [(confidence: Double, isRight: Bool)], bins count: Int = 10) {
        guard !answers.isEmpty, count > 0, answers.allSatisfy({ !$0.confidence.isNaN }) else { return nil }
        var members = [[(confidence: Double, isRight: Bool)]](repeating: [], count: count)
        for answer in answers {
            let confidence = min(max(answer.confidence, 0), 1)
            members[min(Int(confidence * Double(count)), count - 1)].append(answer)
        }
        bins = members.enumerated().filter { !$0.element.isEmpty }.map { number, own in
            Bin(
                low: Double(number) / Double(count), high: Double(number + 1) / Double(count),
                count: own.count,
                right: own.count(where: \.isRight),
                confidence: own.reduce(0) { $0 + $1.confidence } / Double(own.count))
        }
        error =
            bins.reduce(0) { $0 + abs($1.confidence - $1.share) * Double($1.count) } / Double(answers.count)
    }
}
