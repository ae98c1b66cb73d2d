import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinImages
import AkinItems
import AkinReporting
import AkinTensors
import Foundation

extension LearnFolder.Result {
    /// A page of HTML that shows what was looked at, tried and chosen, with some pictures, and what to expect: one file that needs
    /// nothing beside itself.
    ///
    /// - Parameter commands: With what to go on, shown at its end: what each is for, and the command.
    public func sheet(commands: [(purpose: String, line: String)] = []) -> Sheet {
        var page = page
        page.commands = commands
        let shown = pictures(of: page.shownSources)
        return Sheet(learned: page) { shown[$0] }
    }

    /// Those that can still be read, small.
    private func pictures(of sources: Set<Source>) -> [Source: Image] {
        let side = LearnedFolder.pictureSide
        let samples = samples.filter { sources.contains($0.source) }
        let images = ThreadPool.shared.map(samples.count) { number in
            try? samples[number].content().image(fitting: (side, side)).reduced(to: side)
        }
        return Dictionary(
            zip(samples, images).compactMap { sample, image in image.map { (sample.source, $0) } }
        ) {
            first, _ in first
        }
    }
}

/// What the page tells.
extension LearnFolder {
    func page(
        _ found: Found, _ dataset: Dataset, _ added: AddReport, _ calibration: Calibration?, seconds: Double
    ) -> LearnedFolder {
        var page = LearnedFolder(
            folder: absolutePath(folder), index: output, items: added.added,
            chosen: LearnedFolder.Choice(found.chosen), triedOn: found.pictures)
        let skipped = Set(added.skipped.map(\.source))
        let samples = dataset.samples.filter { !skipped.contains($0.source) }
        let grouped = samples.compactMap(\.group)
        page.grouped = (grouped.count, Set(grouped).count)
        page.look =
            (found.look.areDrawn ? "drawn, written or printed" : "photographed")
            + (found.look.haveColour ? ", in colour" : ", without colour")
        page.classes = Self.classes(samples, found.answers)
        (page.skipped, page.ignored, page.pages) = (added.skipped, added.ignored, added.pages)
        (page.copies, page.blank) = (added.copies, added.blank)
        page.tried = found.tried.map {
            LearnedFolder.Trial(
                LearnedFolder.Choice($0.choice), accuracy: $0.accuracy, interval: $0.interval,
                seconds: $0.seconds)
        }
        page.stopped = found.stopped.map { ($0.backbone, "\($0.reason)") }
        page.embedded = found.embedded
        (page.expectation, page.silence) = (found.expectation, found.silence)
        page.verdicts = calibration?.meaning ?? []
        page.knowsMistakes = found.answers.contains { $0.given != nil }
        let labels = Set(page.classes.map(\.label))
        page.mistakes = found.answers.compactMap { answer in
            // A label that the index does not take has no class there.
            guard let given = answer.given, given != answer.label, labels.contains(answer.label) else {
                return nil
            }
            return Mistake(Outcome(source: answer.source, label: answer.label, predicted: given))
        }
        page.seed = seed
        page.time = (time / .seconds(1), seconds)
        page.wasInterrupted = found.wasInterrupted
        return page
    }

    private static func classes(_ samples: [Sample], _ answers: [Result.Answer]) -> [LearnedFolder.Class] {
        let asked = Dictionary(grouping: answers, by: \.label)
        return Dictionary(grouping: samples, by: \.label).sorted { $0.key < $1.key }.map { label, own in
            let right = (asked[label] ?? []).map(\.right)
            return LearnedFolder.Class(
                label: label, sources: own.map(\.source), asked: right.count,
                right: right.reduce(0, +) / Double(max(1, right.count)))
        }
    }
}

extension LearnedFolder.Choice {
    fileprivate init(_ choice: LearnFolder.Result.Choice) {
        self.init(
            backbone: choice.backboneName, classifier: "\(choice.classifier)",
            explanation: choice.classifier.explanation)
    }
}

extension LearnFolder.Result.Answer {
    /// Those that were asked about, of the first pictures.
    static func list(_ answers: LeftOutAnswers, _ pictures: LearningPictures, count: Int) -> [Self] {
        pictures.answerable(first: count).map { item in
            let sample = pictures.samples[item]
            return Self(
                source: sample.source, label: sample.label, right: answers.right[item],
                given: answers.label(of: item))
        }
    }
}
