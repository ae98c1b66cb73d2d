import AkinBasics
import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// How the accuracy grows with the number of pictures a class, measured by taking pictures of a gallery away; and which classes more
/// pictures would help. The JSON document of `akin evaluate shots`.
public struct ShotCurve: Encodable, Sendable, Equatable {
    /// What gave the answers.
    public let classifier: String
    /// How often pictures were drawn.
    public let draws: Int
    /// How many items were asked about, at least once.
    public let items: Int
    /// By ascending number of pictures.
    public let points: [Point]
    /// By label.
    public let classes: [Class]

    /// The accuracy with so many pictures a class.
    public struct Point: Encodable, Sendable, Equatable {
        /// So many of each class are shown, or all that are left of it where it has fewer.
        public let images: Int
        /// How many classes have so many.
        public let classes: Int
        /// 0...1, in the mean of the items that were asked about.
        public let accuracy: Double
        /// 95 % interval of that, by how much the items differ.
        public let interval: Interval
    }

    /// What would help a class.
    public enum Advice: String, Sendable, Codable {
        /// Nearly all is right.
        case enough
        /// More pictures of it will probably help.
        case more
        /// More of the same will hardly help: it looks like others to the backbone. Of fewer than five pictures that is not known.
        case alike
        /// It has one picture, of which nothing can be said; one more tells something.
        case unknown
    }

    /// How a class fares.
    public struct Class: Encodable, Sendable, Equatable {
        /// Its name.
        public let label: String
        /// How many items it has.
        public let items: Int
        /// How many questions were asked about it, all draws together.
        public let asked: Int
        /// With all that are left of each class, 0...1; nil where nothing could be asked.
        public let accuracy: Double?
        /// With twice as many of it, as far as its curve tells; nil where that is not known.
        public let expected: Double?
        /// What would help it.
        public let advice: Advice
    }

    /// How many items a class is asked about at most in one draw.
    private static let mostAsked = 5
    /// Right often enough; and by so much more pictures have to help.
    private static let enough = 0.95
    private static let worthwhile = 0.02
    /// With so many pictures it can be told that more do not help.
    private static let judged = 5
    /// As many questions of all classes count for the gain of one.
    private static let ofOthers = 10.0
}

extension ShotCurve {
    /// Each class in turn is asked about a quarter of its items (one at least, five at most), which are shown of no class then; of the
    /// others the first 1, 2, 3, 5, 10, 20, ... in a random order are shown. Copies of a picture take no part, and nothing is shown of a
    /// group of which an item is asked about.
    ///
    /// - Parameter seed: Of the drawing.
    /// - Returns: nil where `isCancelled` has ended it.
    package init?(
        _ items: [Item], _ embeddings: Matrix, _ metric: Metric, by classifier: Classifier, draws: Int,
        seed: UInt64, isCancelled: () -> Bool = { false }, progress: (WorkProgress) -> Void = { _ in }
    ) throws {
        var seen = Set<ContentHash>()
        let usable = items.indices.filter {
            isUsableEmbedding(embeddings[$0]) && seen.insert(items[$0].contentHash).inserted
        }
        let pool = Pool(usable.map { items[$0] }, embeddings.rows(at: usable), metric)
        let plans = (0..<draws).map { pool.drawing(seed: seed, UInt64($0)) }
        let steps = Self.steps(plans)
        guard !steps.isEmpty else { throw EvaluationError.nothingToLeaveOut }
        var tallies = Tallies(items: pool.items.count, steps: steps.count)
        for (draw, plan) in plans.enumerated() {
            for (step, images) in steps.enumerated() {
                if isCancelled() { return nil }
                for (item, isRight) in try pool.answers(plan, images, classifier) {
                    tallies.count(item, step, isRight)
                }
                progress(
                    WorkProgress(done: draw * steps.count + step + 1, total: draws * steps.count))
            }
        }
        self.classifier = classifier.description
        self.draws = draws
        self.items = tallies.asked.count { $0 > 0 }
        points = steps.enumerated().map { step, images in
            Point(
                images: images,
                classes: pool.labels.names.indices.count { own in
                    plans.contains { $0.shown[own].count >= images }
                },
                accuracy: tallies.accuracy(at: step), interval: tallies.interval(at: step))
        }
        classes = Self.classes(tallies, steps, plans, pool.labels)
    }

    /// Of so many pictures a class, and as many as the largest has.
    private static func steps(_ plans: [Plan]) -> [Int] {
        let most = plans.map { $0.shown.map(\.count).max() ?? 0 }.max() ?? 0
        guard plans.contains(where: { !$0.asked.isEmpty }), most > 0 else { return [] }
        let usual = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000]
        return usual.filter { $0 < most } + [most]
    }

    private static func classes(
        _ tallies: Tallies, _ steps: [Int], _ plans: [Plan], _ labels: ItemLabels
    ) -> [Class] {
        let members = labels.members
        /// At the step at which a class has half of its pictures at most, and at which it has all.
        func gain(_ own: [Int], _ shown: Int) -> Double? {
            let full = steps.firstIndex { $0 >= shown } ?? steps.count - 1
            guard let half = steps.lastIndex(where: { 2 * $0 <= shown }), half < full,
                let before = tallies.accuracy(at: half, of: own),
                let now = tallies.accuracy(at: full, of: own)
            else { return nil }
            // Errors fall as the square root of the number grows.
            func root(_ count: Int) -> Double { 1 / Double(count).squareRoot() }
            return (now - before) * (root(shown) - root(2 * shown)) / (root(steps[half]) - root(shown))
        }
        let shown = labels.names.indices.map { own in plans.map { $0.shown[own].count }.max() ?? 0 }
        let gains = labels.names.indices.map { gain(members[$0], shown[$0]) }
        let asked = members.map { own in own.reduce(0) { $0 + tallies.asked[$1] } }
        let known = gains.indices.filter { gains[$0] != nil }
        let gained = known.reduce(0.0) { sum, own in sum + (gains[own] ?? 0) * Double(asked[own]) }
        let overall = gained / Double(max(1, known.reduce(0) { $0 + asked[$1] }))
        return labels.names.indices.map { own in
            let accuracy = tallies.accuracy(at: steps.count - 1, of: members[own])
            let weight = Double(asked[own]) / (Double(asked[own]) + ofOthers)
            let gain = known.isEmpty ? nil : weight * (gains[own] ?? overall) + (1 - weight) * overall
            let expected = accuracy.flatMap { now in gain.map { min(1, max(now, now + $0)) } }
            return Class(
                label: labels.names[own], items: labels.counts[own], asked: asked[own], accuracy: accuracy,
                expected: expected, advice: advice(accuracy, expected, items: labels.counts[own]))
        }
    }

    private static func advice(_ accuracy: Double?, _ expected: Double?, items: Int) -> Advice {
        guard let accuracy else { return .unknown }
        if accuracy >= enough { return .enough }
        return items < judged || (expected ?? 1) - accuracy >= worthwhile ? .more : .alike
    }

    /// Which items are asked about, and which of each class can be shown, in their order.
    private struct Plan {
        var asked: [Int] = []
        var shown: [[Int]] = []
    }

    private struct Pool {
        let items: [Item]
        let embeddings: Matrix
        let metric: Metric
        let labels: ItemLabels

        init(_ items: [Item], _ embeddings: Matrix, _ metric: Metric) {
            (self.items, self.embeddings, self.metric) = (items, embeddings, metric)
            labels = ItemLabels(items.map(\.label))
        }

        func drawing(seed: UInt64, _ draw: UInt64) -> Plan {
            var plan = Plan()
            let orders = labels.members.enumerated().map { own, members in
                var generator = SeededGenerator(seed: seed, draw, UInt64(own))
                return members.shuffled(using: &generator)
            }
            let counts = orders.map { $0.count < 2 ? 0 : min(mostAsked, max(1, $0.count / 4)) }
            plan.asked = zip(orders, counts).flatMap { $0.prefix($1) }
            let groups = Set(plan.asked.compactMap { items[$0].group })
            plan.shown = zip(orders, counts).map { order, count in
                order.dropFirst(count).filter { item in items[item].group.map { !groups.contains($0) } ?? true
                }
            }
            return plan
        }

        /// For each item that is asked about whether it is given its class, by so many items of each class.
        func answers(_ plan: Plan, _ images: Int, _ classifier: Classifier) throws -> [(Int, Bool)] {
            let shown = plan.shown.flatMap { $0.prefix(images) }
            guard !shown.isEmpty, !plan.asked.isEmpty else { return [] }
            let gallery = try MemoryGallery(dimension: embeddings.columns, metric: metric)
            try gallery.write("shown") { writer in
                _ = try writer.add(
                    shown.map {
                        NewItem(
                            label: items[$0].label, source: Source("\($0)"),
                            contentHash: items[$0].contentHash)
                    }, embeddings: embeddings.rows(at: shown), backbone: gallery.backbone)
            }
            let answers = try classifier.answers(
                to: embeddings.rows(at: plan.asked), in: gallery, listing: 1, method: .exact)
            return zip(plan.asked, answers.predictions).map { ($0, $1.label == items[$0].label) }
        }
    }

    /// How often which item was asked about, and answered rightly at which step.
    private struct Tallies {
        private(set) var asked: [Int]
        private var right: [[Int]]

        init(items: Int, steps: Int) {
            asked = Array(repeating: 0, count: items)
            right = Array(repeating: Array(repeating: 0, count: items), count: steps)
        }

        mutating func count(_ item: Int, _ step: Int, _ isRight: Bool) {
            if step == 0 { asked[item] += 1 }
            if isRight { right[step][item] += 1 }
        }

        func accuracy(at step: Int) -> Double { accuracy(at: step, of: Array(asked.indices)) ?? 0 }

        func accuracy(at step: Int, of items: [Int]) -> Double? {
            let all = items.reduce(0) { $0 + asked[$1] }
            return all == 0 ? nil : Double(items.reduce(0) { $0 + right[step][$1] }) / Double(all)
        }

        /// An item that is asked about in several draws is right in part.
        func interval(at step: Int) -> Interval {
            Interval(
                clusters: asked.indices.filter { asked[$0] > 0 }.map {
                    (successes: Double(right[step][$0]) / Double(asked[$0]), trials: 1.0)
                })
        }
    }
}
