import AkinNetworks
import AkinTensors
import AkinVectorSearch

extension Trainer {
    /// As many pairs of one class, and as many of different ones, are looked at: enough to tell a small difference.
    private static let pairs = 512

    /// How the embeddings of pictures that a checkpoint of this run was trained on have come to tell nothing apart; nil
    /// where they tell something. The same for the same checkpoint; costs a forward pass of about 1000 pictures.
    ///
    /// Pictures held back are not looked at: a backbone that is no good for new classes has yet learned something.
    public func collapse(of checkpoint: Checkpoint) -> Collapse? {
        let labels = (0..<data.count).map(data.label(at:))
        let pairs = try? VerificationPairs(
            labels: labels, count: 2 * Self.pairs, seed: recipe.training.seed)
        let most = 2 * Self.pairs
        let positions =
            pairs.map { Set($0.pairs.flatMap { [Int($0.left), Int($0.right)] }).sorted() }
            ?? Array(stride(from: 0, to: data.count, by: (data.count + most - 1) / most))
        let size = data.inputCount
        let inputs = FloatBuffer(count: positions.count * size)
        for (to, from) in positions.enumerated() {
            (inputs.base + to * size).update(from: data.inputs.base + from * size, count: size)
        }
        let embeddings = recipe.embeddings(of: inputs.base, count: positions.count, by: checkpoint)
        let places = Dictionary(uniqueKeysWithValues: zip(positions, Int32(0)...).map { ($0, $1) })
        return Collapse(
            of: embeddings, labels: positions.map { labels[$0] },
            pairs: (pairs?.pairs ?? []).compactMap { pair in
                guard let left = places[Int(pair.left)], let right = places[Int(pair.right)] else {
                    return nil
                }
                return (left, right)
            },
            by: Metric(recipe.trainedMetric, learned: checkpoint.learnedL1) ?? .l2)
    }

    /// The checkpoint, marked if it tells nothing apart.
    func judged(_ checkpoint: Checkpoint) -> Checkpoint {
        guard let collapse = collapse(of: checkpoint) else { return checkpoint }
        return checkpoint.marked(as: collapse)
    }
}

extension TrainingReport {
    /// That a run of `recipe` has come to nothing, and what to do; nil where it has not.
    public func failure(of recipe: Recipe) -> TrainingError? {
        collapsed.map {
            .collapsed($0, rate: recipe.training.learningRate, mining: recipe.training.mining)
        }
    }
}

extension Collapse {
    /// Of `embeddings`, `[labels.count, dimension]`; nil where they tell something.
    ///
    /// - Parameter pairs: Rows; the first half is of pairs of one class, the second of different ones. None, where no class
    ///   has two pictures.
    package init?(
        of embeddings: Matrix, labels: [String], pairs: [(left: Int32, right: Int32)], by metric: Metric
    ) {
        guard labels.count > 1, embeddings.values.allSatisfy(\.isFinite) else { return nil }
        if Self.isOnePoint(embeddings, labels, metric) {
            self = .onePoint
            return
        }
        let distances = metric.distances(of: pairs, in: embeddings)
        guard !pairs.isEmpty, distances.allSatisfy(\.isFinite),
            Self.isNoDifference(
                same: Array(distances.prefix(pairs.count / 2)),
                different: Array(distances.suffix(pairs.count / 2)), images: labels.count)
        else { return nil }
        self = .noDifference
    }

    /// All lie there; or nearly all, of whatever class they are. That one class lies at one point is no fault.
    private static func isOnePoint(_ embeddings: Matrix, _ labels: [String], _ metric: Metric) -> Bool {
        let rows = metric.commonPoint(of: embeddings)
        if rows.count == labels.count { return true }
        let counts = rows.reduce(into: [:]) { $0[labels[$1], default: 0] += 1 }
        return 10 * rows.count >= 9 * labels.count && 10 * (counts.values.max() ?? 0) <= 9 * rows.count
    }

    /// Whether all distances are one, to within rounding, or the chance that a pair of one class is the nearer one (the
    /// area under the ROC curve) is surely no better than 0.56, where untrained networks are above that. Of few pictures
    /// nothing is sure.
    private static func isNoDifference(same: [Float], different: [Float], images: Int) -> Bool {
        let all = same + different
        guard let low = all.min(), let high = all.max() else { return false }
        if Double(high) - Double(low) <= Metric.resolution * Double(max(abs(low), abs(high))) { return true }
        // Pairs that share a picture are not independent: there are no more than half as many as pictures.
        let count = Double(min(same.count, images / 2))
        let deviation = ((2 * count + 1) / (12 * count * count)).squareRoot()
        return Verification(trusted: same, different: different).auroc + 3 * deviation < 0.56
    }
}
