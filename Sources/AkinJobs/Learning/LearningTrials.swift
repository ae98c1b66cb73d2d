import AkinBasics
import AkinClassification
import AkinEmbedding
import AkinEvaluation
import AkinTensors
import AkinVectorSearch
import Foundation

/// What is tried on pictures to learn from them: which backbones side by side, by successive halving: all of them on few
/// pictures, what is not clearly worse on more.
struct LearningTrials {
    let pictures: LearningPictures
    /// The backbones, the cheap ones first.
    private(set) var parts: [LearningPart]
    /// What was tried on as many pictures as the last of them, the one taken first.
    private(set) var tried: [Trial] = []
    /// How many pictures there are in all, which are to be embedded at last.
    private let total: Int
    private let deadline: ContinuousClock.Instant
    private let isCancelled: () -> Bool

    /// Backbones side by side, and how ridge regression on their embeddings fares.
    struct Trial {
        /// Positions in `parts`, ascending.
        let parts: [Int]
        let count: Int
        let fit: RidgeFit
        let seconds: Double
    }

    /// - Parameter total: How many pictures the index is to have.
    init(
        _ pictures: LearningPictures, _ parts: [LearningPart], total: Int,
        until deadline: ContinuousClock.Instant, isCancelled: @escaping () -> Bool
    ) {
        (self.pictures, self.parts, self.total) = (pictures, parts, total)
        (self.deadline, self.isCancelled) = (deadline, isCancelled)
    }

    /// How many seconds are left for trying: what was taken so far has to embed all pictures at last.
    var secondsLeft: Double {
        if isCancelled() { return 0 }
        let taken = tried.isEmpty ? [] : tried[selection.choice].parts
        return (deadline - ContinuousClock.now) / .seconds(1)
            - taken.reduce(0) { $0 + parts[$1].seconds(toEmbed: total) }
    }

    /// How many pictures are tried, one step after the other: at least three of each class.
    private var steps: [Int] {
        let count = pictures.samples.count
        let least = max(300, 3 * pictures.labels(first: count).names.count)
        return [least, 3 * least].filter { $0 < count * 2 / 3 } + [count]
    }

    /// Tries them. `progress` is told how many pictures have been embedded, of so many.
    mutating func run(progress: (WorkProgress, String) -> Void) {
        var lasted = 0.0
        for (step, count) in steps.enumerated() {
            embed(count, progress)
            let alive = parts.indices.filter { parts[$0].count >= count }
            guard !alive.isEmpty else { return }
            // What is fitted grows with more than the square of the pictures.
            let growth = step > 0 ? Double(count) / Double(steps[step - 1]) : 0
            guard step == 0 || lasted * pow(growth, 2.5) < secondsLeft / 2 else { return }
            let began = ContinuousClock.now
            tried = forwardSelection(of: alive, count)
            lasted = (ContinuousClock.now - began) / .seconds(1)
            if count < pictures.samples.count { stopWhatIsWorse(count) }
        }
    }

    /// The backbones that can still win, upon so many pictures.
    private mutating func embed(_ count: Int, _ progress: (WorkProgress, String) -> Void) {
        let open = parts.indices.filter { parts[$0].stopped == nil }
        for (turn, position) in open.enumerated() {
            // Something has to be tried, however little time there is.
            let isFirst = tried.isEmpty && position == open.first
            // Whatever is taken has to embed all pictures at last, in the same time; what was embedded once is kept.
            let others = parts.filter { $0.stopped == nil && $0.count >= count }
            let reserve = others.reduce(0) { $0 + $1.seconds(toEmbed: total) }
            let name = parts[position].name
            var needed = 0.0
            parts[position].embed(pictures.samples, upTo: count) { [deadline, isCancelled, total] part in
                progress(WorkProgress(done: turn * count + part.count, total: open.count * count), name)
                if isCancelled() { return false }
                guard part.count > 0, !isFirst else { return true }
                needed = part.seconds(toEmbed: total)
                // Some of the time is for choosing.
                return (deadline - ContinuousClock.now) / .seconds(1) * 0.75 > needed + reserve
            }
            if parts[position].count < count, !isCancelled() {
                parts[position].stopped = .tooSlow(seconds: needed)
            }
        }
    }

    /// Takes the best backbone, and adds the one with which it becomes best, until none makes it better. All that was tried
    /// on the way, in no order.
    private func forwardSelection(of alive: [Int], _ count: Int) -> [Trial] {
        let folds = pictures.folds(first: count)
        let labels = pictures.labels(first: count)
        // Of many groups, or many copies, each with a fit of its own, ten parts are left out.
        let together = (0..<count).count { folds.leftOut(with: $0).count > 1 }
        let left = together > 20 ? folds.stratified(10, labels) : folds
        var (found, best) = ([Trial](), [Int]())
        while true {
            let next = alive.filter { !best.contains($0) }.map { (best + [$0]).sorted() }
            // Each backbone alone is tried in any case.
            let lasts = found.map(\.seconds).max() ?? 0
            guard found.isEmpty || lasts * Double(next.count) < secondsLeft / 2 else { return found }
            let trials = ThreadPool.shared.map(next.count) { trial(next[$0], labels, left) }
            guard let leader = trials.min(by: { $0.error < $1.error }) else { return found }
            let before = found.first { $0.parts == best }
            found += trials
            guard leader.error < before?.error ?? .infinity else { return found }
            best = leader.parts
        }
    }

    private func trial(_ positions: [Int], _ labels: ItemLabels, _ folds: Folds) -> Trial {
        let began = ContinuousClock.now
        let fit = Ridge().fit(leavingOut: folds, of: examples(positions, labels))
        return Trial(
            parts: positions, count: labels.count, fit: fit,
            seconds: (ContinuousClock.now - began) / .seconds(1))
    }

    /// The embeddings of backbones side by side, as `CombinedBackbone` puts them.
    func examples(_ positions: [Int], _ labels: ItemLabels) -> Examples {
        guard positions.count > 1 else {
            let part = parts[positions[0]]
            return Examples(
                labels: labels, trusted: part.matrix(first: labels.count),
                metric: Metric(part.backbone.metric, learned: part.backbone.learnedL1) ?? .cosine)
        }
        let matrices = positions.map { parts[$0].matrix(first: labels.count) }
        let columns = matrices.reduce(0) { $0 + $1.columns }
        var values: [Float] = []
        values.reserveCapacity(labels.count * columns)
        for row in 0..<labels.count {
            for matrix in matrices {
                var part = Array(matrix[row])
                part.withUnsafeMutableBufferPointer { scale($0.baseAddress!, count: $0.count, toLength: 1) }
                values += part
            }
        }
        return Examples(
            labels: labels, trusted: Matrix(rows: labels.count, columns: columns, trusted: values),
            metric: .cosine)
    }

    /// What backbones side by side have made of pictures, by their contents.
    func made(by positions: [Int]) -> [ContentHash: Embedder.Made] {
        let count = positions.map { parts[$0].count }.min() ?? 0
        let embeddings = examples(positions, pictures.labels(first: count)).embeddings
        var made: [ContentHash: Embedder.Made] = [:]
        for picture in 0..<count {
            let contents = Set(positions.map { parts[$0].contents[picture] })
            // A file may have been changed meanwhile.
            guard contents.count == 1, let content = contents.first ?? nil else { continue }
            made[content] = Embedder.Made(
                embedding: Array(embeddings[picture]),
                isBlank: positions.allSatisfy { parts[$0].blank.contains(picture) })
        }
        return made
    }

    /// Backbones that stand in no trial which the best is not clearly ahead of.
    private mutating func stopWhatIsWorse(_ count: Int) {
        let contenders = Set(selection.contenders(within: 2).flatMap { tried[$0].parts })
        for position in parts.indices
        where parts[position].stopped == nil && parts[position].count >= count
            && !contenders.contains(position)
        {
            parts[position].stopped = .worse(pictures: count)
        }
    }

    /// By their squared errors.
    var selection: ModelSelection {
        ModelSelection(
            errors: tried.map(\.fit.squaredErrors),
            complexity: tried.map { $0.parts.reduce(0) { $0 + parts[$1].backbone.dimension } })
    }

    /// As a person writes it.
    func name(of positions: [Int]) -> String { positions.map { parts[$0].name }.joined(separator: "+") }

    /// One, or several side by side.
    func backbone(of positions: [Int]) throws -> any Backbone {
        guard positions.count > 1 else { return parts[positions[0]].backbone }
        return try CombinedBackbone(positions.map { parts[$0].backbone })
    }
}

extension LearningTrials.Trial {
    /// The mean squared error.
    fileprivate var error: Double { fit.squaredErrors.reduce(0, +) / Double(max(1, count)) }
}
