import AkinBasics
import AkinDatasets
import AkinEvaluation
import AkinImages
import AkinItems
import Foundation

/// What was learned from a folder of pictures, as a page tells it.
package struct LearnedFolder: Sendable {
    /// The folder, or a manifest; an absolute path.
    package var folder: String
    /// Where the index is.
    package var index: String
    /// How many pictures are in it.
    package var items: Int
    /// What was chosen: `ridge on hog+shapes`.
    package var chosen: Choice
    /// How many pictures it was tried on.
    package var triedOn: Int

    /// How many of the pictures have a group, and how many groups these are.
    package var grouped = (pictures: 0, groups: 0)
    /// In words.
    package var look = ""
    /// In the order of the labels.
    package var classes: [Class] = []
    /// Pictures that could not be read.
    package var skipped: [Skipped] = []
    /// Files that are no pictures.
    package var ignored: [Ignored] = []
    /// Files of several pages of which the first was taken.
    package var pages: [MorePages] = []
    /// Pictures of one content.
    package var copies: [Copies] = []
    /// Pictures of one colour.
    package var blank: [Source] = []

    /// What was tried, the chosen one first.
    package var tried: [Trial] = []
    /// Backbones that were not tried to the end, and why.
    package var stopped: [(backbone: String, reason: String)] = []
    /// How long it took to embed pictures.
    package var embedded: [Embedding] = []

    /// What to expect; nil where nothing can be said.
    package var expectation: ExpectedAccuracy?
    /// Why nothing can be expected.
    package var silence: String?
    /// How far the index' answers can be believed, in sentences.
    package var verdicts: [String] = []
    /// Whether it is known what pictures were taken for; else the next are empty.
    package var knowsMistakes = false
    /// Pictures that were given another class than theirs, when they were left out.
    package var mistakes: [Mistake] = []

    /// What to go on with: what it is for, and the command.
    package var commands: [(purpose: String, line: String)] = []
    /// By which pictures were drawn and divided.
    package var seed: UInt64 = 1
    /// How long it may have taken, and did, in seconds.
    package var time = (given: 0.0, taken: 0.0)
    /// Whether the trying was ended by hand.
    package var wasInterrupted = false
    /// When it was done.
    package var date = Date()

    package init(folder: String, index: String, items: Int, chosen: Choice, triedOn: Int) {
        (self.folder, self.index, self.items) = (folder, index, items)
        (self.chosen, self.triedOn) = (chosen, triedOn)
    }

    /// Backbones side by side, and what classifies by their embeddings.
    package struct Choice: Sendable, Hashable {
        package let backbone: String
        package let classifier: String
        /// How the class is found, in a sentence.
        package let explanation: String

        package init(backbone: String, classifier: String, explanation: String) {
            (self.backbone, self.classifier, self.explanation) = (backbone, classifier, explanation)
        }
    }

    /// What was tried.
    package struct Trial: Sendable {
        package let choice: Choice
        /// What share of the answers was right, 0...1.
        package let accuracy: Double
        package let interval: Interval
        /// Without embedding.
        package let seconds: Double

        package init(_ choice: Choice, accuracy: Double, interval: Interval, seconds: Double) {
            (self.choice, self.accuracy) = (choice, accuracy)
            (self.interval, self.seconds) = (interval, seconds)
        }
    }

    /// A backbone, and how long it took.
    package struct Embedding: Sendable {
        package let backbone: String
        package let dimension: Int
        package let pictures: Int
        package let seconds: Double

        package init(backbone: String, dimension: Int, pictures: Int, seconds: Double) {
            (self.backbone, self.dimension) = (backbone, dimension)
            (self.pictures, self.seconds) = (pictures, seconds)
        }
    }

    /// The pictures of a label.
    package struct Class: Sendable {
        package let label: String
        /// All that can be read.
        package let sources: [Source]
        /// How many were asked about.
        package let asked: Int
        /// What share of the answers about them was right, 0...1; of no meaning where none was asked about.
        package let right: Double

        package init(label: String, sources: [Source], asked: Int = 0, right: Double = 0) {
            (self.label, self.sources, self.asked, self.right) = (label, sources, asked, right)
        }
    }
}

extension LearnedFolder {
    /// Pictures are reduced to a longer side of so many pixels: a page of hundreds has to go by mail.
    package static let pictureSide = 128
    /// So many classes are shown at most, with so many pictures altogether.
    static let most = (classes: 400, pictures: 400)
    /// So many pairs of classes that were mistaken for one another are shown, with so many pictures of each.
    static let mostMistaken = (pairs: 12, pictures: 3)

    /// Those that are shown, the weakest first where that is known.
    var shownClasses: [Class] {
        let ordered = classes.filter { $0.asked > 0 }.sorted { ($0.right, $0.label) < ($1.right, $1.label) }
        return Array((ordered + classes.filter { $0.asked == 0 }).prefix(Self.most.classes))
    }

    /// Some pictures of a class, from all over it.
    func examples(of one: Class) -> [Source] {
        let limit = max(1, min(4, Self.most.pictures / max(1, min(classes.count, Self.most.classes))))
        let count = min(limit, one.sources.count)
        return (0..<count).map { one.sources[$0 * one.sources.count / count] }
    }

    /// Classes that were mistaken for others, the most frequent ones first, with pictures of both.
    var shownConfusions: [(pair: Confusion, taken: [Source], others: [Source])] {
        let own = Dictionary(classes.map { ($0.label, $0) }) { first, _ in first }
        return Confusion.pairs(of: mistakes).prefix(Self.mostMistaken.pairs).map { pair in
            let taken = mistakes.filter { $0.label == pair.label && $0.predicted == pair.predicted }
            return (
                pair, taken.prefix(Self.mostMistaken.pictures).map(\.source),
                own[pair.predicted].map { Array(examples(of: $0).prefix(Self.mostMistaken.pictures)) } ?? []
            )
        }
    }

    /// The pictures that the page shows, each once.
    package var shownSources: Set<Source> {
        Set(shownClasses.flatMap(examples)).union(shownConfusions.flatMap { $0.taken + $0.others })
    }
}

extension Sheet {
    /// What was looked at, tried and chosen when a folder was learned, and what to expect.
    ///
    /// - Parameter picture: The picture of a source, or nil if it cannot be had: the page then shows its name.
    package init(learned: LearnedFolder, picture: (_ source: Source) -> Image?) {
        let name = learned.folder.split(separator: "/").last.map(String.init) ?? learned.folder
        let body =
            ["<h1>What Akin learned from \(labelText(name))</h1>"] + learned.answer + learned.pictures
            + learned.trials + learned.reasons + learned.expected
            + learned.classCards(picture) + learned.mistaken(picture) + learned.onward + learned.making
        self.init(html: document(title: "Akin: \(name)", body: body.joined(separator: "\n")))
    }
}
