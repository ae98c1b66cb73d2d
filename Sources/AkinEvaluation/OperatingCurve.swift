import AkinTraining

/// What comes of one threshold: a pair, or a claim, is accepted where its distance is not above it.
public struct OperatingPoint: Codable, Sendable, Equatable {
    /// The distance.
    public var threshold: Float
    /// What share of those that should be accepted is, 0...1.
    public var truePositiveRate: Double
    /// What share of the others is, 0...1.
    public var falsePositiveRate: Double

    enum CodingKeys: String, CodingKey {
        case threshold
        case truePositiveRate = "true_positive_rate"
        case falsePositiveRate = "false_positive_rate"
    }
}

extension Verification {
    /// The ROC curve, from where hardly anything is accepted to where everything is; of its points so many that on the way
    /// from one to the next both rates together have grown by a hundredth, or by what equal distances make it grow at once.
    public var curve: [OperatingPoint] {
        var points: [OperatingPoint] = []
        var (accepted, wrongly) = (0, 0)
        while accepted < same.count || wrongly < different.count {
            let distance = min(
                accepted < same.count ? same[accepted] : .infinity,
                wrongly < different.count ? different[wrongly] : .infinity)
            while accepted < same.count, same[accepted] == distance { accepted += 1 }
            while wrongly < different.count, different[wrongly] == distance { wrongly += 1 }
            let point = OperatingPoint(
                threshold: distance, truePositiveRate: Double(accepted) / Double(same.count),
                falsePositiveRate: Double(wrongly) / Double(different.count))
            let isLast = accepted == same.count && wrongly == different.count
            let last = points.last.map { $0.truePositiveRate + $0.falsePositiveRate } ?? 0
            if isLast || point.truePositiveRate + point.falsePositiveRate - last >= 0.01 {
                points.append(point)
            }
        }
        return points
    }

    /// 95 % interval of the area under the ROC curve, the distances taken for independent of one another: its variance is that
    /// of DeLong, DeLong and Clarke-Pearson (1988), of the shares of the others that each is nearer, or farther, than.
    public var intervalOfArea: Interval {
        func shares(_ own: [Float], _ others: [Float]) -> [Double] {
            var (below, through) = (0, 0)
            return own.map { distance in
                while below < others.count, others[below] < distance { below += 1 }
                through = max(through, below)
                while through < others.count, others[through] == distance { through += 1 }
                return (Double(below) + Double(through)) / 2 / Double(others.count)
            }
        }
        func variance(_ values: [Double]) -> Double {
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return squares / Double(max(1, values.count - 1)) / Double(values.count)
        }
        let sum = variance(shares(same, different)) + variance(shares(different, same))
        let least = Double(min(same.count, different.count))
        return Interval(auroc, of: sum > 0 ? max(1, auroc * (1 - auroc) / sum) : least)
    }

    /// Of the distances that at which the share of the one kind that is refused and that of the other that is accepted differ
    /// least; the lowest, if several do.
    public var equalErrorThreshold: Float {
        var best = (difference: Double.infinity, threshold: min(same[0], different[0]))
        for point in curveOfAll where point.difference < best.difference { best = point }
        return best.threshold
    }

    private var curveOfAll: [(difference: Double, threshold: Float)] {
        var points: [(difference: Double, threshold: Float)] = []
        var (accepted, wrongly) = (0, 0)
        for distance in Set(same + different).sorted() {
            while accepted < same.count, same[accepted] <= distance { accepted += 1 }
            while wrongly < different.count, different[wrongly] <= distance { wrongly += 1 }
            let refused = 1 - Double(accepted) / Double(same.count)
            points.append((abs(refused - Double(wrongly) / Double(different.count)), distance))
        }
        return points
    }
}
