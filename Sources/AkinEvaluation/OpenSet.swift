import AkinBasics
import AkinClassification
import AkinItems
import AkinTensors
import AkinVectorSearch

/// Items of classes that a gallery does not know.
public struct Strangers: Sendable {
    let sources: [Source]
    let labels: [String]
    let contents: [ContentHash]
    let embeddings: Matrix

    /// Pictures, embedded with the gallery's backbone; what cannot be told from numbers is no stranger.
    public init(_ images: HeldOutImages) throws(EvaluationError) {
        try images.checkFinite()
        (sources, labels) = (images.sources, images.labels)
        (contents, embeddings) = (images.contents, images.embeddings)
    }

    /// The items of another gallery.
    public init(_ gallery: some Gallery) throws {
        let (items, embeddings) = try gallery.read { try $0.labelled() }
        (sources, labels) = (items.map(\.source), items.map(\.label))
        (contents, self.embeddings) = (items.map(\.contentHash), embeddings)
    }
}

/// Asks galleries about items of classes that they do not know, beside those of their own: how well they are told apart, and
/// whether what `Calibration` promises holds.
///
/// For each drawing half of the classes are known (at least two), the others are strangers; or all are known, where strangers are
/// given. Of the items of each known class about a fifth is left out (one at least, where the class has two), whole groups
/// where there are groups, and with them their copies. The others are a gallery, which is calibrated by itself and asked.
public struct OpenSet: Sendable {
    /// How many drawings.
    public var drawings: Int
    /// What share of the strangers may be called known; above 0, below 1.
    public var strangersKnown: Double
    /// Of the drawing.
    public var seed: UInt64

    /// So many items are asked about at most, of either kind, in each drawing; and by so many each is calibrated.
    public static let limit = 2000

    /// All of it.
    public init(drawings: Int = 10, strangersKnown: Double = 0.05, seed: UInt64 = 1) {
        (self.drawings, self.strangersKnown, self.seed) = (drawings, strangersKnown, seed)
    }

    /// What a gallery's items come to.
    ///
    /// - Parameters:
    ///   - strangers: Items of other classes; nil takes some of the gallery's own for that.
    ///   - progress: Told how many of the drawings are done; what it throws ends the work.
    /// - Throws: `EvaluationError`, and the gallery's own errors.
    public func outcomes(
        in gallery: some Gallery, classifier: Classifier, strangers: Strangers? = nil,
        progress: (WorkProgress) throws -> Void = { _ in }
    ) throws -> OpenSetOutcomes {
        guard drawings > 0 else {
            throw EvaluationError.unusableSetting(
                what: "the number of drawings", value: "\(drawings)", allowed: "1 or more")
        }
        guard strangersKnown > 0, strangersKnown < 1 else {
            throw EvaluationError.unusableSetting(
                what: "the share of strangers called known", value: "\(strangersKnown)",
                allowed: "a number above 0 and below 1")
        }
        do { try classifier.check(metric: gallery.metric.kind) } catch {
            throw EvaluationError.classification(error)
        }
        let (items, embeddings) = try gallery.read { try $0.labelled() }
        for row in items.indices where !embeddings[row].allSatisfy(\.isFinite) {
            throw EvaluationError.notANumber(source: items[row].source)
        }
        let all = Pool(items: items, embeddings: embeddings, metric: gallery.metric)
        let needed = strangers == nil ? 3 : 2
        guard all.labels.names.count >= needed else {
            throw EvaluationError.tooFewClasses(found: all.labels.names.count, needed: needed)
        }
        var drawn: [OpenSetDrawing] = []
        for number in 0..<drawings {
            drawn.append(try drawing(number, from: all, classifier, strangers))
            try progress(WorkProgress(done: number + 1, total: drawings))
        }
        return OpenSetOutcomes(
            drawings: drawn, areStrangersGiven: strangers != nil, classifier: classifier.description,
            metric: gallery.metric.kind, seed: seed)
    }

    /// Some items of all: what a gallery is made of, and what it is asked about.
    private struct Choice {
        var shown: [Int] = []
        var asked: [Int] = []
        var strangers: [Int] = []
    }

    private func drawing(
        _ number: Int, from all: Pool, _ classifier: Classifier, _ given: Strangers?
    ) throws -> OpenSetDrawing {
        var generator = SeededGenerator(seed: seed, 0x57A6, UInt64(number))
        let choice = choice(from: all, strangersAreGiven: given != nil, using: &generator)
        guard !choice.asked.isEmpty else { throw EvaluationError.nothingToLeaveOut }
        let gallery = try all.gallery(of: choice.shown)
        let calibration = try gallery.read { reader in
            let items = try LeftOutItems(of: reader, limit: Self.limit, seed: seed)
            return try items.calibration(
                of: classifier, by: items.answers(by: classifier), strangersKnown: strangersKnown)
        }
        var strangers = all.subjects(at: choice.strangers)
        if let given {
            let contents = Set(choice.shown.map { all.items[$0].contentHash })
            let own = Set(all.labels.names)
            var positions = given.labels.indices.filter {
                !contents.contains(given.contents[$0]) && !own.contains(given.labels[$0])
            }
            positions.shuffle(using: &generator)
            strangers = given.subjects(at: positions.prefix(Self.limit).sorted())
        }
        guard !strangers.sources.isEmpty else { throw EvaluationError.noStrangers }
        let asking = Inquiry(
            classifier, in: gallery, listing: 1, calibration: calibration, heedsEquals: true)
        let own = try all.subjects(at: choice.asked).asked(of: asking, calibration, areStrangers: false)
        return OpenSetDrawing(
            classes: Set(choice.shown.map { all.labels.classes[$0] }).count, items: choice.shown.count,
            promise: calibration.border.map {
                OpenSetDrawing.Promise(
                    strangersKnown: $0.strangersKnown, interval: $0.interval.low...$0.interval.high,
                    ownKnown: $0.ownKnown)
            }, list: own + (try strangers.asked(of: asking, calibration, areStrangers: true)))
    }

    private func choice(
        from all: Pool, strangersAreGiven: Bool, using generator: inout SeededGenerator
    ) -> Choice {
        let classes = all.labels.names.indices.shuffled(using: &generator)
        let known = strangersAreGiven ? classes.count : max(2, (classes.count + 1) / 2)
        let isKnown = Set(classes.prefix(known))
        let own = all.items.indices.filter { isKnown.contains(all.labels.classes[$0]) }
        var left = [Int](repeating: 0, count: classes.count)
        var choice = Choice()
        for unit in all.units(of: own).shuffled(using: &generator) where choice.asked.count < Self.limit {
            let counts = unit.reduce(into: [:]) { $0[all.labels.classes[$1], default: 0] += 1 }
            let fits = counts.allSatisfy { own, more in
                let total = all.labels.counts[own]
                return left[own] + more <= max(total / 5, left[own] == 0 ? total / 2 : 0)
            }
            guard fits else { continue }
            for (own, more) in counts { left[own] += more }
            choice.asked += unit
        }
        let gone = Set(choice.asked.flatMap { all.folds.leftOut(with: $0) })
        choice.shown = own.filter { !gone.contains($0) }
        // Of whose class nothing is left but copies, those would be strangers.
        let shown = Set(choice.shown.map { all.labels.classes[$0] })
        choice.asked = choice.asked.filter { shown.contains(all.labels.classes[$0]) }.sorted()
        let contents = Set(choice.shown.map { all.items[$0].contentHash })
        var others = all.items.indices.filter {
            !isKnown.contains(all.labels.classes[$0]) && !contents.contains(all.items[$0].contentHash)
        }
        others.shuffle(using: &generator)
        choice.strangers = others.prefix(Self.limit).sorted()
        return choice
    }
}

/// The items that drawings are made of.
private struct Pool {
    let items: [Item]
    let embeddings: Matrix
    let metric: Metric
    let labels: ItemLabels
    let folds: Folds

    init(items: [Item], embeddings: Matrix, metric: Metric) {
        (self.items, self.embeddings, self.metric) = (items, embeddings, metric)
        labels = ItemLabels(items.map(\.label))
        folds = Folds(groups: items.map(\.group), contents: items.map(\.contentHash))
    }

    /// Those of `positions` that are left out together.
    func units(of positions: [Int]) -> [[Int]] {
        Dictionary(grouping: positions) { folds.fold(of: $0) }.sorted { $0.key < $1.key }.map(\.value)
    }

    func gallery(of positions: [Int]) throws -> MemoryGallery {
        let gallery = try MemoryGallery(dimension: embeddings.columns, metric: metric)
        try gallery.write("drawing") { writer in
            _ = try writer.add(
                positions.map {
                    NewItem(
                        label: items[$0].label, source: items[$0].source, group: items[$0].group,
                        contentHash: items[$0].contentHash)
                }, embeddings: embeddings.rows(at: positions), backbone: gallery.backbone)
        }
        return gallery
    }

    func subjects(at positions: [Int]) -> Subjects {
        Subjects(
            sources: positions.map { items[$0].source }, labels: positions.map { items[$0].label },
            embeddings: embeddings.rows(at: positions))
    }
}

/// What a gallery is asked about.
private struct Subjects {
    let sources: [Source]
    let labels: [String]
    let embeddings: Matrix

    func asked(
        of inquiry: Inquiry<MemoryGallery>, _ calibration: Calibration, areStrangers: Bool
    ) throws -> [OpenSetOutcome] {
        try inquiry.answers(to: embeddings).predictions.enumerated().map { row, answer in
            let nearest = answer.neighbours.first
            let remoteness = nearest.map { near in
                calibration.border.map { Float($0.strangeness(of: near.distance, from: near.item.label)) }
                    ?? near.distance
            }
            return OpenSetOutcome(
                source: sources[row], label: labels[row], isStranger: areStrangers, predicted: answer.label,
                isKnown: answer.verdict != .unknown, confidence: answer.confidence,
                remoteness: remoteness ?? .infinity)
        }
    }
}

extension Strangers {
    fileprivate func subjects(at positions: [Int]) -> Subjects {
        Subjects(
            sources: positions.map { sources[$0] }, labels: positions.map { labels[$0] },
            embeddings: embeddings.rows(at: positions))
    }
}
