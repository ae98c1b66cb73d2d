import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinTensors

/// Chooses what classifies on the backbones that were chosen, and finds out what to expect.
struct LearningChoice {
    /// What was tried, the chosen one first.
    let tried: [LearnFolder.Result.Trial]
    /// Backbones, as positions of the trials' parts.
    let parts: [Int]
    /// How the class is found.
    let classifier: Classifier
    /// What to expect.
    let expectation: ExpectedAccuracy?
    /// What the chosen one says of the pictures.
    let answers: LeftOutAnswers

    /// How often the pictures are divided anew.
    private static let repeats = 3

    /// Those that can be chosen. The discriminant comes first, for it is best on most folders: another has to be clearly better.
    private static let classifiers: [Classifier] = [
        .discriminant, .ridge, Classifier(SupportVectors()), .classMean, .nearestNeighbours(k: 1),
    ]
    /// Support vectors, one for every two classes, are not tried where pictures times classes are more than this.
    private static let fewEnough = 40_000

    /// A classifier on the backbones that were chosen.
    private struct Round {
        let classifier: Classifier
        let answers: LeftOutAnswers
        let seconds: Double
        /// For each picture how often it was answered rightly, 0...1.
        var right: [Double] { answers.right }
    }

    /// - Parameter progress: Told how many classifiers have been tried, of so many.
    init(_ trials: LearningTrials, seed: UInt64, progress: (WorkProgress) -> Void) throws {
        let selection = trials.selection
        let best = trials.tried[selection.choice]
        let (labels, count) = (trials.pictures.labels(first: best.count), best.count)
        let parts = Self.usualParts(labels)
        // A division costs as many fits as it has parts. Where there is no time for one, what leaving out each picture has shown
        // has to do.
        let affordable = trials.secondsLeft / (4 * Double(parts) * max(best.seconds, 1e-6))
        let divisions = Self.divisions(
            of: trials.pictures, labels, parts, Int(min(max(affordable, 0), Double(Self.repeats))), seed: seed
        )
        let candidates = Self.classifiers.filter {
            $0.name != SupportVectors.name || count * labels.names.count <= Self.fewEnough
        }
        let examples = trials.examples(best.parts, labels)
        var rounds: [Round] = []
        for (turn, classifier) in candidates.enumerated() {
            let began = ContinuousClock.now
            if divisions.isEmpty {
                rounds.append(
                    Round(
                        classifier: .ridge, answers: LeftOutAnswers(best.fit), seconds: best.seconds)
                )
                break
            }
            if turn > 0, rounds[turn - 1].seconds * 2 > trials.secondsLeft { break }
            rounds.append(
                Round(
                    classifier: classifier, answers: try LeftOutAnswers(of: classifier, examples, divisions),
                    seconds: (ContinuousClock.now - began) / .seconds(1)))
            progress(WorkProgress(done: turn + 1, total: candidates.count))
        }
        let answerable = trials.pictures.answerable(first: count)
        let among = ModelSelection(
            errors: rounds.map { round in answerable.map { 1 - round.right[$0] } },
            complexity: Array(rounds.indices), tolerance: 1)
        let chosen = answerable.isEmpty ? 0 : among.choice
        (self.parts, classifier, answers) = (best.parts, rounds[chosen].classifier, rounds[chosen].answers)
        tried = Self.list(trials, rounds, best, chosen, answerable)
        let gain =
            divisions.isEmpty
            ? 0
            : try Self.gain(
                of: classifier, trials, examples, right: rounds[chosen].right, parts: divisions[0].count,
                seed: seed)
        expectation = try Self.expectation(
            trials, selection, answerable, by: best.parts, rounds[chosen].right, divisions.first, gain,
            seed: seed)
    }

    /// By what the choice would have been without the pictures that are asked about. Other backbones than those chosen answer by
    /// the first classifier.
    private static func expectation(
        _ trials: LearningTrials, _ selection: ModelSelection, _ answerable: [Int], by parts: [Int],
        _ rightByChosen: [Double], _ division: Folds?, _ gain: Double, seed: UInt64
    ) throws -> ExpectedAccuracy? {
        let count = rightByChosen.count
        let labels = trials.pictures.labels(first: count)
        let choices = selection.choicesWithoutItems(repeats: 10, seed: seed)
        let members = Dictionary(grouping: labels.classes.indices) { labels.classes[$0] }
        let asNew = (0..<labels.names.count).map { own in
            selection.choice(by: labels.classes.indices.filter { labels.classes[$0] != own })
        }
        var rightByParts = [parts: rightByChosen]
        for position in Set(choices.joined()).union(asNew).sorted() {
            let other = trials.tried[position]
            if rightByParts[other.parts] == nil {
                rightByParts[other.parts] =
                    try division.map {
                        try LeftOutAnswers(of: classifiers[0], trials.examples(other.parts, labels), [$0])
                            .right
                    } ?? other.fit.isRight.map { $0 ? 1 : 0 }
            }
        }
        func right(_ item: Int, by choice: Int) -> Double { rightByParts[trials.tried[choice].parts]![item] }
        var rightAsNew = [Double](repeating: 0, count: count)
        for (own, items) in members { for item in items { rightAsNew[item] = right(item, by: asNew[own]) } }
        return ExpectedAccuracy(
            right: labels.classes.indices.map { item in
                choices.reduce(0) { $0 + right(item, by: $1[item]) } / Double(choices.count)
            }, rightAsNew: rightAsNew, gain: gain, of: labels, answerable: answerable,
            groups: trials.pictures.hasGroups ? trials.pictures.groupNumbers(first: count) : nil)
    }

    /// How much more may be right by all pictures than by those that were left when one of so many parts was left out, and `right`
    /// answered.
    static func gain(
        of classifier: Classifier, _ trials: LearningTrials, _ examples: Examples, right: [Double],
        parts: Int,
        seed: UInt64
    ) throws -> Double {
        let answerable = trials.pictures.answerable(first: right.count)
        let fewer = (parts + 1) / 2
        guard fewer > 1, !answerable.isEmpty else { return 0 }
        let coarse = divisions(of: trials.pictures, examples.labels, fewer, 1, seed: seed)
        let less = try LeftOutAnswers(of: classifier, examples, coarse).right
        let difference = answerable.reduce(0) { $0 + right[$1] - less[$1] }
        return ExpectedAccuracy.gain(difference / Double(answerable.count), parts: parts, fewer: fewer)
    }

    /// In how many parts pictures are divided: as many as a usual class has pictures, 2 to 10.
    static func usualParts(_ labels: ItemLabels) -> Int {
        let several = labels.counts.filter { $0 > 1 }.sorted()
        return several.isEmpty ? 2 : min(several[several.count / 2], 10)
    }

    /// The pictures divided into parts with their shares of every class, several times.
    static func divisions(
        of pictures: LearningPictures, _ labels: ItemLabels, _ parts: Int, _ repeats: Int, seed: UInt64
    ) -> [Folds] {
        let folds = pictures.folds(first: labels.count)
        return (0..<repeats).map { folds.stratified(parts, labels, seed: seed &+ UInt64($0)) }
    }

    /// What was tried, the chosen one first, the others by their accuracy.
    private static func list(
        _ trials: LearningTrials, _ rounds: [Round], _ best: LearningTrials.Trial, _ chosen: Int,
        _ answerable: [Int]
    ) -> [LearnFolder.Result.Trial] {
        func trial(
            _ parts: [Int], _ classifier: Classifier, _ right: [Double], _ seconds: Double
        ) -> LearnFolder.Result.Trial {
            let accuracy = answerable.reduce(0) { $0 + right[$1] } / Double(max(1, answerable.count))
            return LearnFolder.Result.Trial(
                choice: .init(backbone: trials.name(of: parts), classifier: classifier),
                pictures: answerable.count, accuracy: accuracy, seconds: seconds)
        }
        let onBest = rounds.map { trial(best.parts, $0.classifier, $0.right, $0.seconds) }
        let others = trials.tried.filter { $0.parts != best.parts }.map {
            trial($0.parts, .ridge, $0.fit.isRight.map { $0 ? 1 : 0 }, $0.seconds)
        }
        let rest = onBest.indices.filter { $0 != chosen }.map { onBest[$0] } + others
        return [onBest[chosen]] + rest.sorted { $0.accuracy > $1.accuracy }
    }
}
