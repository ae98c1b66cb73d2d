import AkinTensors
import AkinTraining
import AkinVectorSearch
import Testing

@Suite struct EpisodesTests {
    /// Images of classes in alphabets of different sizes, some classes with too few images.
    static func labels(using random: inout SeededGenerator) -> [String] {
        var labels: [String] = []
        for alphabet in 0..<4 {
            for character in 0..<Int.random(in: 2...7, using: &random) {
                let images = Int.random(in: 1...6, using: &random)
                labels += Array(repeating: "A\(alphabet)/\(character)", count: images)
            }
        }
        return labels.shuffled(using: &random)
    }

    static func noise(_ rows: Int, _ columns: Int, using random: inout SeededGenerator) -> Matrix {
        Matrix(
            rows: rows, columns: columns,
            trusted: (0..<rows * columns).map { _ in random.uniform() - 0.5 })
    }

    /// The same in double precision, by the formulas.
    static func distance(_ a: [Double], _ b: [Double], by metric: Metric) -> Double {
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        switch metric {
        case .l2: return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        case .cosine: return 1 - product(a, b) / (product(a, a) * product(b, b)).squareRoot()
        case .learnedL1(let learned):
            return zip(learned.weights, zip(a, b)).reduce(Double(learned.offset)) {
                $0 + Double($1.0) * abs($1.1.0 - $1.1.1)
            }
        default: preconditionFailure("no loss trains for it")
        }
    }

    static func metrics(_ dimension: Int, using random: inout SeededGenerator) -> [Metric] {
        let weights = (0..<dimension).map { $0 == 1 ? 0 : 1.5 - random.uniform() * 2 }
        return [.l2, .cosine, .learnedL1(LearnedL1(weights: weights, offset: -0.75))]
    }

    @Test(arguments: 0..<20) func drawsWhatItSays(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let labels = Self.labels(using: &random)
        let settings = Episodes.Settings(
            ways: Int.random(in: 2...8, using: &random), shots: Int.random(in: 1...3, using: &random),
            count: 50, withinGroup: Bool.random(using: &random), seed: seed)
        let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
        let able = counts.filter { $0.value > settings.shots }.map(\.key)
        let groups = Dictionary(grouping: able) {
            settings.withinGroup ? Episodes.group(ofLabel: $0) : ""
        }.filter { $0.value.count > 1 }
        let grouped = !settings.withinGroup || labels.contains { $0.contains("/") }
        guard grouped, !groups.isEmpty else {
            #expect(throws: FewShotError.self) { try Episodes(labels: labels, settings: settings) }
            return
        }
        let drawn = try Episodes(labels: labels, settings: settings)
        #expect(drawn.episodes.count == 50)
        for episode in drawn.episodes {
            let classes = episode.queries.map { labels[Int($0)] }
            #expect(Set(classes).count == classes.count)
            let pool = try #require(groups[episode.group])
            #expect(classes.count == min(settings.ways, pool.count) && Set(classes).isSubset(of: pool))
            #expect(
                episode.supports.map { labels[Int($0)] }
                    == classes.flatMap { Array(repeating: $0, count: settings.shots) })
            #expect(Set(episode.supports + episode.queries).count == classes.count * (settings.shots + 1))
        }
        // All of it follows from the seed.
        #expect(try Episodes(labels: labels, settings: settings).episodes == drawn.episodes)
        var other = settings
        other.seed += 1
        #expect(try Episodes(labels: labels, settings: other).episodes != drawn.episodes)
    }

    @Test func everyClassAndImageHasItsTurn() throws {
        let labels = (0..<40).map { "c\($0 % 10)" }
        let drawn = try Episodes(labels: labels, settings: .init(ways: 5, shots: 1, count: 2000))
        var asked = [Int](repeating: 0, count: 40)
        for query in drawn.episodes.flatMap(\.queries) { asked[Int(query)] += 1 }
        // 250 expected, with a standard deviation of about 16.
        #expect(asked.allSatisfy { (170...330).contains($0) }, "\(asked)")
    }

    @Test(arguments: 0..<20) func answersAsBruteForceDoes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed, 1)
        let labels = Self.labels(using: &random)
        let dimension = Int.random(in: 2...9, using: &random)
        let embeddings = Self.noise(labels.count, dimension, using: &random)
        let shots = Int.random(in: 1...2, using: &random)
        let drawn = try Episodes(
            labels: labels, settings: .init(ways: 6, shots: shots, count: 30, seed: seed))
        for metric in Self.metrics(dimension, using: &random) {
            let rows = (0..<labels.count).map { embeddings[$0].map(Double.init) }
            let expected = drawn.episodes.map { episode in
                let means = episode.queries.indices.map { way in
                    let support = episode.supports[way * shots..<(way + 1) * shots].map { position in
                        let row = rows[Int(position)]
                        guard metric == .cosine else { return row }
                        let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
                        return row.map { $0 / length }
                    }
                    return (0..<dimension).map { k in support.reduce(0) { $0 + $1[k] } / Double(shots) }
                }
                return episode.queries.indices.count { way in
                    let distances = means.map {
                        Self.distance(rows[Int(episode.queries[way])], $0, by: metric)
                    }
                    return distances.firstIndex(of: distances.min()!) == way
                }
            }
            #expect(drawn.right(in: embeddings, by: metric) == expected, "seed \(seed), \(metric)")
        }
    }

    @Test(arguments: 0..<10) func metricsAreTheirFormulas(seed: UInt64) {
        var random = SeededGenerator(seed: seed, 2)
        let dimension = Int.random(in: 2...70, using: &random)
        let (a, b) = (
            Self.noise(3, dimension, using: &random), Self.noise(5, dimension, using: &random)
        )
        for metric in Self.metrics(dimension, using: &random) {
            let found = metric.distances(trusted: a, to: b)
            for i in 0..<3 {
                for j in 0..<5 {
                    let expected = Self.distance(
                        a[i].map(Double.init), b[j].map(Double.init), by: metric)
                    #expect(abs(Double(found[i, j]) - expected) < 1e-5, "seed \(seed), \(metric)")
                }
            }
        }
    }

    @Test func zerosHaveNoDirection() {
        let vectors = Matrix(rows: 3, columns: 2, trusted: [0, 0, 3, 4, -6, 8])
        let found = Metric.cosine.distances(trusted: vectors, to: vectors)
        let expected: [Float] = [0, 1, 1, 1, 0, 1 - 7.0 / 25, 1, 1 - 7.0 / 25, 0]
        #expect(zip(found.values, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found.values)")
    }

    @Test func aCollapsedBackboneOnlyGuesses() throws {
        let labels = (0..<60).map { "\($0 % 20)" }
        let drawn = try Episodes(labels: labels, settings: .init(ways: 20, count: 10))
        for metric in [Metric.l2, .cosine] {
            #expect(
                drawn.right(in: Matrix(zeros: 60, columns: 3), by: metric)
                    == Array(repeating: 1, count: 10))
        }
    }

    @Test func whatCannotBeDrawnIsRefused() {
        func error(_ labels: [String], shots: Int = 1, withinGroup: Bool = false) -> FewShotError? {
            do throws(FewShotError) {
                _ = try Episodes(labels: labels, settings: .init(shots: shots, withinGroup: withinGroup))
                return nil
            } catch { return error }
        }
        #expect(error([]) == .tooFewClasses(found: 0, images: 2, withinGroup: false))
        #expect(error(["a", "a", "b"]) == .tooFewClasses(found: 1, images: 2, withinGroup: false))
        #expect(
            error(["a", "a", "b", "b"], shots: 2) == .tooFewClasses(found: 0, images: 3, withinGroup: false))
        let apart = ["x/a", "x/a", "y/b", "y/b"]
        #expect(error(apart) == nil)
        #expect(error(apart, withinGroup: true) == .tooFewClasses(found: 2, images: 2, withinGroup: true))
        #expect(
            "\(error(apart, withinGroup: true)!)"
                == "an episode needs 2 classes of one group with at least 2 images each, found 2; give more images, "
                + "or fewer shots, or take classes of all groups")
        #expect(error(["a", "a", "b", "b"], withinGroup: true) == .noGroups)
    }

    @Test func groupsOfLabels() {
        #expect(Episodes.group(ofLabel: "Korean/character01") == "Korean")
        #expect(Episodes.group(ofLabel: "Korean/character01/90") == "Korean")
        #expect(Episodes.group(ofLabel: "bishop") == "")
    }
}
