import AkinNetworks

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The twin of `LossFunction`: every loss written down as its formula, in double precision, without any thought of
/// speed or of extremes.
struct NaiveLoss {
    var specification: LossSpecification
    var classes: [Int]
    var pairs: [Pair] = []
    var triplets: [Triplet] = []
    var shots = 0
    /// What images hold of others; empty where they hold nothing.
    var mixtures: [Mixture] = []
    /// How many classes there are in all.
    var width: Int
    /// Remembered points of the classes that have one.
    var memory: [Int: [Double]] = [:]

    func total(_ x: [[Double]], head: [Double]) -> Double {
        let dimension = x[0].count
        let hasHead = specification.kind == .crossEntropy || specification.classification > 0
        let own = Array(head[(hasHead ? (dimension + 1) * width : 0)...])
        let embedding =
            switch specification.kind {
            case .contrastive, .contrastiveSquared, .contrastiveLogarithmic, .halfContrastive,
                .binaryCrossEntropy:
                mean(pairs.map { pair(x, $0, own) })
            case .triplet, .externalMemory: mean(triplets.map { triplet(x, $0) })
            case .crossEntropy: 0.0
            case .prototypical: prototypical(x)
            case .supervisedContrastive: supervisedContrastive(x)
            case .multiSimilarity: multiSimilarity(x)
            case .normalisedSoftmax: normalisedSoftmax(x, own)
            }
        guard hasHead else { return embedding }
        return embedding
            + Double(specification.kind == .crossEntropy ? 1 : specification.classification)
            * crossEntropy(x, head)
    }

    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    func square(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    func distance(_ a: [Double], _ b: [Double]) -> Double { max(square(a, b), 1e-7).squareRoot() }
    func cosine(_ a: [Double], _ b: [Double]) -> Double {
        let lengths = (dot(a, a) * dot(b, b)).squareRoot()
        return lengths > 0 ? dot(a, b) / lengths : 0
    }
    func minusLogSoftmax(_ scores: [Double], _ truth: Int) -> Double {
        let total = log(scores.reduce(0) { $0 + exp($1) })
        let smoothing = Double(specification.labelSmoothing)
        return (1 - smoothing) * (total - scores[truth]) + smoothing * mean(scores.map { total - $0 })
    }

    func crossEntropy(_ x: [[Double]], _ head: [Double]) -> Double {
        let dimension = x[0].count
        let each = x.indices.map { i in
            let scores = (0..<width).map { c in
                (0..<dimension).reduce(head[dimension * width + c]) {
                    $0 + x[i][$1] * head[$1 * width + c]
                }
            }
            guard !mixtures.isEmpty else { return minusLogSoftmax(scores, classes[i]) }
            let share = Double(mixtures[i].share)
            return (1 - share) * minusLogSoftmax(scores, classes[i])
                + share * minusLogSoftmax(scores, Int(mixtures[i].label))
        }
        switch specification.kind.compares {
        case .pairs: return mean(pairs.map { each[Int($0.left)] + each[Int($0.right)] })
        case .triplets:
            return mean(
                triplets.map { each[Int($0.anchor)] + each[Int($0.positive)] + each[Int($0.negative)] })
        case .batch: return mean(each)
        }
    }

    func pair(_ x: [[Double]], _ pair: Pair, _ own: [Double]) -> Double {
        let (left, right) = (x[Int(pair.left)], x[Int(pair.right)])
        let d = distance(left, right)
        let margin = Double(specification.margin)
        switch specification.kind {
        case .contrastiveSquared: return pair.different ? max(0, margin - d * d) : d * d
        case .contrastiveLogarithmic:
            let r = d / Double(left.count)
            if pair.different { return r >= 1e-4 ? -log(r) : -log(1e-4) - (r - 1e-4) / 1e-4 }
            return r <= 0.99 ? -log(1 - r) : -log(0.01) + (r - 0.99) / 0.01
        case .binaryCrossEntropy:
            let z = left.indices.reduce(own[left.count]) { $0 + own[$1] * abs(left[$1] - right[$1]) }
            let same = 1 / (1 + exp(-z))
            return -log(pair.different ? 1 - same : same)
        default:
            let value = pair.different ? max(0, margin - d) * max(0, margin - d) : d * d
            return specification.kind == .halfContrastive ? value / 2 : value
        }
    }

    func triplet(_ x: [[Double]], _ triplet: Triplet) -> Double {
        let images = [triplet.anchor, triplet.positive, triplet.negative].map(Int.init)
        let strayed = images.map { i in memory[classes[i]].map { distance(x[i], $0) } ?? 0 }
        let pull = specification.kind == .externalMemory ? specification.memory ?? 0.01 : 0
        let (positive, negative) = (
            distance(x[images[0]], x[images[1]]), distance(x[images[0]], x[images[2]])
        )
        return max(
            0, positive - negative + Double(specification.margin) + Double(pull) * strayed.reduce(0, +))
    }

    func prototypical(_ x: [[Double]]) -> Double {
        var members: [(label: Int, images: [Int])] = []
        for (i, label) in classes.enumerated() {
            if let place = members.firstIndex(where: { $0.label == label }) {
                members[place].images.append(i)
            } else {
                members.append((label, [i]))
            }
        }
        let shots = max(shots, 1)
        let means = members.map { member in
            x[0].indices.map { k in mean(member.images.prefix(shots).map { x[$0][k] }) }
        }
        return mean(
            members.enumerated().flatMap { way, member in
                member.images.dropFirst(shots).map { query in
                    minusLogSoftmax(means.map { -square(x[query], $0) }, way)
                }
            })
    }

    func others(_ i: Int, same: Bool) -> [Int] {
        classes.indices.filter { $0 != i && (classes[$0] == classes[i]) == same }
    }

    func supervisedContrastive(_ x: [[Double]]) -> Double {
        let temperature = Double(specification.temperature)
        return mean(
            x.indices.filter { !others($0, same: true).isEmpty }.map { i in
                let total = x.indices.filter { $0 != i }.reduce(0) {
                    $0 + exp(cosine(x[i], x[$1]) / temperature)
                }
                return mean(
                    others(i, same: true).map { -log(exp(cosine(x[i], x[$0]) / temperature) / total) })
            })
    }

    func multiSimilarity(_ x: [[Double]]) -> Double {
        let (alpha, beta) = (Double(specification.alpha), Double(specification.beta))
        let (base, margin) = (Double(specification.base), Double(specification.margin))
        return mean(
            x.indices.map { i in
                let positives = others(i, same: true).map { cosine(x[i], x[$0]) }
                let negatives = others(i, same: false).map { cosine(x[i], x[$0]) }
                guard let least = positives.min(), let most = negatives.max() else { return 0 }
                let pull = positives.filter { $0 < most + margin }.reduce(1) {
                    $0 + exp(-alpha * ($1 - base))
                }
                let push = negatives.filter { $0 > least - margin }.reduce(1) { $0 + exp(beta * ($1 - base)) }
                return log(pull) / alpha + log(push) / beta
            })
    }

    func normalisedSoftmax(_ x: [[Double]], _ proxies: [Double]) -> Double {
        mean(
            x.indices.map { i in
                minusLogSoftmax(
                    (0..<width).map { c in
                        let proxy = x[i].indices.map { proxies[$0 * width + c] }
                        let margin = c == classes[i] ? Double(specification.margin) : 0
                        return Double(specification.scale) * (cosine(x[i], proxy) - margin)
                    }, classes[i])
            })
    }
}
