import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinImages
import AkinItems
import AkinVectorSearch
import Foundation

/// What there is to say of an index, as a page tells it to people: what is in it, how well it answers, what it mixes up, how far its answers
/// can be believed, and how it looks.
package struct IndexReport: Sendable {
    /// Where the index is.
    package var index: String
    /// All items, in their order.
    package var items: [Entry]
    /// Who made the embeddings, and their length.
    package var backbone: String
    package var dimension: Int
    /// By which items are near.
    package var metric: Metric.Kind
    /// How it is asked.
    package var classifier: Classifier

    /// Items of one content.
    package var copies: [Copies] = []
    /// That most items have one embedding, in words.
    package var onePoint: String?
    /// What its own items have told of its answers.
    package var calibration: Calibration?
    /// What became of items that were left out; nil where none could be.
    package var answers: Answers?
    /// How it would be asked by other classifiers, and how it is, the best first; empty where that was not found out.
    package var trials: [Trial] = []
    /// Why none could be.
    package var silence: String?
    /// Where the items lie, or some of them.
    package var map: MapPicture?
    /// What to go on with: what it is for, and the command.
    package var commands: [(purpose: String, line: String)] = []
    /// So many mistakes are shown.
    package var mostMistakes = 200
    /// By which a map begins.
    package var seed: UInt64 = 1
    /// When it was made.
    package var date = Date()

    package init(
        index: String, items: [Entry], backbone: String, dimension: Int, metric: Metric.Kind,
        classifier: Classifier
    ) {
        (self.index, self.items, self.backbone) = (index, items, backbone)
        (self.dimension, self.metric, self.classifier) = (dimension, metric, classifier)
        classes = Dictionary(grouping: items.indices) { items[$0].label }
            .sorted { bytesPrecede($0.key, $1.key) }.map { Class(label: $0.key, items: $0.value) }
    }

    /// An item.
    package struct Entry: Sendable {
        package var label: String
        package var source: Source
        package var group: String?

        package init(label: String, source: Source, group: String? = nil) {
            (self.label, self.source, self.group) = (label, source, group)
        }
    }

    /// In the order of their labels.
    let classes: [Class]

    struct Class {
        let label: String
        /// The positions of its items, ascending.
        let items: [Int]
    }

    /// What became of items each of which was left out.
    package struct Answers: Sendable {
        /// One for each item that was asked about.
        package var list: [JudgedOutcome]
        /// Whether it was left out with its whole group.
        package var byGroup: Bool
        /// The same, each without the others of its group; nil where there are no groups.
        package var alone: [JudgedOutcome]?
        /// In how many folds they were left out, where each by itself would have taken too long.
        package var folds: Int?
        /// How many items have copies, which were left out too.
        package var copies: Int

        package init(
            _ list: [JudgedOutcome], byGroup: Bool = false, alone: [JudgedOutcome]? = nil, folds: Int? = nil,
            copies: Int = 0
        ) {
            (self.list, self.byGroup, self.alone) = (list, byGroup, alone)
            (self.folds, self.copies) = (folds, copies)
        }

        /// Those that could be answered rightly.
        package var asked: [JudgedOutcome] { list.filter(\.isAnswerable) }
    }

    /// What became of items that were left out, by one of several classifiers.
    package struct Trial: Sendable {
        package var classifier: Classifier
        package var tally: Tally
        /// The mean of the classes' shares, 0...1.
        package var mean: Double

        package init(_ classifier: Classifier, _ tally: Tally, mean: Double) {
            (self.classifier, self.tally, self.mean) = (classifier, tally, mean)
        }
    }

    /// The name without the folders above it.
    var name: String { index.split(separator: "/").last.map(String.init) ?? index }

    /// The labels of classes of one item.
    var singletons: [String] { classes.filter { $0.items.count == 1 }.map(\.label) }
}

extension IndexReport {
    /// So many pictures are on a page at most, and so many bytes of them.
    static let most = (pictures: MapPicture.mostPictures, bytes: 3_400_000)
    /// So many classes are on the contact sheet at most, with so many pictures altogether, and in a row.
    static let mostOnSheet = (classes: 100, pictures: 300, row: 8)
    /// So many pictures are in the table of mistakes at most: two for each.
    static let mostOfMistakes = 400

    /// Pictures are reduced to this longer side.
    package static let pictureSide = 96

    /// Some items of some classes, from all over both, as rows of the contact sheet.
    var sheetRows: [(label: String, count: Int, items: [Int])] {
        let (most, count) = (Self.mostOnSheet, classes.count)
        let shown = min(most.classes, count)
        let row = max(1, min(most.row, most.pictures / max(1, shown)))
        return (0..<shown).map { number in
            let own = classes[number * count / shown]
            let length = min(row, own.items.count)
            return (
                own.label, own.items.count, (0..<length).map { own.items[$0 * own.items.count / length] }
            )
        }
    }

    /// The surest ones first: those are the ones whose label may be wrong.
    var mistakes: [JudgedOutcome] {
        (answers?.asked ?? []).filter { !$0.isRight }.enumerated()
            .sorted { ($1.element.confidence, $0.offset) < ($0.element.confidence, $1.offset) }
            .map(\.element)
    }

    /// As many as have room.
    var shownMistakes: ArraySlice<JudgedOutcome> { mistakes.prefix(mostMistakes) }

    /// The pictures that the page shows before the map, each once.
    package var shownSources: [Source] {
        let ofMistakes = shownMistakes.prefix(Self.mostOfMistakes / 2).flatMap { one in
            [one.outcome.source] + (one.outcome.nearest.map { [$0.source] } ?? [])
        }
        var seen: Set<Source> = []
        return (sheetRows.flatMap { $0.items.map { items[$0].source } } + ofMistakes)
            .filter { seen.insert($0).inserted }
    }
}

extension Sheet {
    /// What there is to say of an index.
    ///
    /// - Parameter pictures: Those of sources, small, as far as they can be had.
    package init(report: IndexReport, pictures: [Source: Image]) {
        let page = PagePictures(pictures, most: IndexReport.most.pictures, bytes: IndexReport.most.bytes)
        // In this order, which is that in which the pictures take their room.
        let sections: [(id: String, title: String, body: String?)] = [
            ("contents", "What is in the index", report.contents(page)),
            ("named", "How well new pictures are named", report.recognition),
            ("mixed", "What is mixed up", report.confusion),
            ("mistakes", "The mistakes", report.mistakeTable(page)),
            ("believed", "How far answers can be believed", report.belief),
            ("place", "The map", report.mapSection(page)),
            ("onward", "How to go on", report.onward),
            ("making", "How this was made", report.making(page)),
        ]
        let shown = sections.compactMap { one in one.body.map { (id: one.id, title: one.title, body: $0) } }
        let links = shown.map { "<a href=\"#\($0.id)\">\($0.title)</a>" }
        let body =
            [
                "<h1>\(labelText(report.name)): what it holds, and how well it answers</h1>", report.answer,
                "<nav class=\"screen\">\(links.joined(separator: " "))</nav>",
            ] + shown.flatMap { ["<h2 id=\"\($0.id)\">\($0.title)</h2>", $0.body] }
        self.init(
            html: document(
                title: "Akin: report on \(report.name)", body: body.joined(separator: "\n"),
                moreStyle: MapScript.style + IndexReport.style,
                script: report.map == nil ? nil : MapScript.script))
    }
}
