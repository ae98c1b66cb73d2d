import AkinTensors
import AkinVectorSearch

/// N-way K-shot episodes (Vinyals et al. 2016, section 4.1; Lake et al. 2015): of some classes, as many images each as
/// there are shots are shown as support, and one more image of each is to be told apart.
///
/// Drawn once from the classes of a set of images; different embeddings of the same images can then be compared on the
/// same episodes.
public struct Episodes: Sendable {
    /// How they are drawn.
    public struct Settings: Sendable, Hashable {
        /// Classes of an episode; where there are fewer, as many as there are.
        public var ways: Int
        /// Images of each class that are shown.
        public var shots: Int
        /// How many episodes.
        public var count: Int
        /// Whether the classes of an episode are of one group: what stands before the `/` of their labels.
        public var withinGroup: Bool
        /// Of the drawing.
        public var seed: UInt64

        /// All of it.
        public init(
            ways: Int = 20, shots: Int = 1, count: Int = 1000, withinGroup: Bool = false, seed: UInt64 = 1
        ) {
            (self.ways, self.shots, self.count) = (ways, shots, count)
            (self.withinGroup, self.seed) = (withinGroup, seed)
        }
    }

    /// One of them. Class `c` of it has the support `supports[c * shots..<(c + 1) * shots]` and is asked for with
    /// `queries[c]`; both are positions of images.
    public struct Episode: Sendable, Hashable {
        /// `[ways, shots]`
        public let supports: [Int32]
        /// `[ways]`
        public let queries: [Int32]
        /// What its classes have before the `/` of their labels; empty where they may be of different groups.
        public let group: String
    }

    /// How they were drawn.
    public let settings: Settings
    /// As many as `settings.count`.
    public let episodes: [Episode]

    /// Draws episodes from images whose classes are `labels`. Classes without an image more than there are shots take
    /// no part.
    ///
    /// Each episode draws its group (of those with at least two such classes), then its classes, then the images of
    /// each, all without replacement and each with the same chance.
    public init(labels: [String], settings: Settings) throws(FewShotError) {
        self.settings = settings
        guard settings.ways >= 2, settings.shots >= 1, settings.count >= 1 else {
            throw .badEpisodes(ways: settings.ways, shots: settings.shots, count: settings.count)
        }
        if settings.withinGroup, !labels.isEmpty, labels.allSatisfy({ Self.group(ofLabel: $0).isEmpty }) {
            throw .noGroups
        }
        var classes: [(label: String, images: [Int32])] = Dictionary(grouping: labels.indices) { labels[$0] }
            .filter { $0.value.count > settings.shots }
            .map { ($0.key, $0.value.map { Int32($0) }) }
        // The order of a dictionary changes from run to run.
        classes.sort { $0.images[0] < $1.images[0] }
        var pools = Dictionary(grouping: classes.indices) {
            settings.withinGroup ? Self.group(ofLabel: classes[$0].label) : ""
        }.filter { $0.value.count >= 2 }.map { (group: $0.key, classes: $0.value) }
        pools.sort { $0.classes[0] < $1.classes[0] }
        guard !pools.isEmpty else {
            throw .tooFewClasses(
                found: classes.count, images: settings.shots + 1, withinGroup: settings.withinGroup)
        }
        var episodes: [Episode] = []
        episodes.reserveCapacity(settings.count)
        var generator = SeededGenerator(seed: settings.seed, .episodes)
        for _ in 0..<settings.count {
            let place = Int.random(in: 0..<pools.count, using: &generator)
            pools[place].classes.moveSample(settings.ways, using: &generator)
            var (supports, queries) = ([Int32](), [Int32]())
            for position in pools[place].classes.prefix(settings.ways) {
                classes[position].images.moveSample(settings.shots + 1, using: &generator)
                supports += classes[position].images.prefix(settings.shots)
                queries.append(classes[position].images[settings.shots])
            }
            episodes.append(Episode(supports: supports, queries: queries, group: pools[place].group))
        }
        self.episodes = episodes
    }

    /// What stands before the first `/` of a label, as an alphabet; empty where there is none.
    public static func group(ofLabel label: String) -> String {
        label.firstIndex(of: "/").map { String(label[..<$0]) } ?? ""
    }

    /// For each episode, how many of its queries lie nearest to the mean of their own class' supports (Snell et al.
    /// 2017, equations 1 and 2; with one shot this is the nearest neighbour). Of equally near ones the first counts.
    ///
    /// `embeddings` `[images, dimension]`. O(episodes · ways² · dimension), on all threads of the pool.
    package func right(in embeddings: Matrix, by metric: Metric = .l2) -> [Int] {
        ThreadPool.shared.map(episodes.count) { number in
            let episode = episodes[number]
            let distances = metric.distances(
                from: episode.queries, toMeansOf: episode.supports, each: settings.shots, in: embeddings)
            return episode.queries.indices.count { way in
                var nearest = 0
                for other in episode.queries.indices where distances[way, other] < distances[way, nearest] {
                    nearest = other
                }
                return nearest == way
            }
        }
    }
}

extension Array {
    /// Moves a sample of so many elements (or all, if there are fewer), drawn without replacement, to the front.
    fileprivate mutating func moveSample(_ number: Int, using generator: inout SeededGenerator) {
        for i in 0..<Swift.min(number, count) { swapAt(i, Int.random(in: i..<count, using: &generator)) }
    }
}
