import AkinBasics
import AkinClassification
import AkinEvaluation
import AkinItems

/// What a reader has to know, in words.
extension IndexReport {
    /// In sentences, the most important first.
    package var summary: [Sentence] {
        guard !items.isEmpty else { return ["The index is empty: it can answer nothing."] }
        guard classes.count > 1 else {
            return [
                "The index has one class, \(label: classes[0].label), of \(counted(items.count, "item")): whatever it is asked, that is the answer."
            ]
        }
        return recognised + mixed + needy + wrongLabels + unknown
    }

    private var recognised: [Sentence] {
        guard let answers, let (tally, interval) = right, let mean else {
            let why = silence.map { ": \($0)" } ?? ""
            return [Sentence("How many new pictures would be named right is not known\(why).")]
        }
        let kind = answers.byGroup ? "from pages, manuscripts or writers that it has not seen" : "like these"
        var lines: [Sentence] = [
            "Of 100 new pictures \(kind), \(Hundred.about(tally.accuracy)) would be named right (\(Hundred.between(interval.low, interval.high)))."
        ]
        if abs(mean.accuracy - tally.accuracy) >= 0.03 {
            lines.append(
                "As many of each class, it would be \(Hundred.about(mean.accuracy)) (\(Hundred.between(mean.interval.low, mean.interval.high))): classes with \(mean.accuracy < tally.accuracy ? "few" : "many") pictures do worse."
            )
        }
        if answers.byGroup, let alone = answers.alone,
            let (other, _) = Self.right(alone.filter(\.isAnswerable), byGroup: false),
            other.accuracy - tally.accuracy >= 0.02
        {
            lines.append(
                "From pages that it knows it would be \(Hundred.about(other.accuracy)): pictures of one page resemble each other in more than what they show."
            )
        }
        if tally.items < 100 {
            lines.append(
                "This is known by \(counted(tally.items, "picture")); more of them would make it surer.")
        }
        return lines
    }

    private var mixed: [Sentence] {
        guard right != nil else { return [] }
        let pairs = mixedUp
        guard !pairs.isEmpty else {
            return ["Nothing is mixed up: each picture was named right by the others."]
        }
        let phrases = pairs.prefix(3).map { pair -> Sentence in
            "\(label: pair.first) with \(label: pair.second) (\(times(pair.count)))"
        }
        return ["Mixed up\(pairs.count > 3 ? " most" : ""): \(Sentence(listing: phrases))."]
    }

    private func times(_ count: Int) -> String {
        switch count {
        case 1: "once"
        case 2: "twice"
        default: "\(count) times"
        }
    }

    private var needy: [Sentence] {
        var lines: [Sentence] = []
        let weak = weak
        if !weak.isEmpty {
            let phrases = weak.prefix(3).map { one -> Sentence in
                "\(label: one.label) (\(one.items - one.errors) of \(one.items) right)"
            }
            let more = weak.count > 3 ? [Sentence("\(weak.count - 3) more")] : []
            lines.append(
                "\(weak.count == 1 ? "This class needs" : "These classes need") more pictures, or a closer look: \(Sentence(listing: phrases + more))."
            )
        }
        let single = singletons
        if !single.isEmpty {
            lines.append(
                "\(single.count == 1 ? "One class has" : "\(single.count) classes have") a single picture, and how well it is known cannot be told: \(Sentence(labels: single, most: 4))."
            )
        }
        return lines
    }

    private var wrongLabels: [Sentence] {
        let contradictions = copies.count(where: \.isContradictory)
        guard contradictions > 0 else { return [] }
        return [
            "\(counted(contradictions, "picture")) \(contradictions == 1 ? "is" : "are") in the index under several labels, of which one at most is right."
        ]
    }

    private var unknown: [Sentence] {
        guard let calibration else {
            return ["It calls nothing unknown, for it has not been calibrated."]
        }
        return calibration.meaning.map { Sentence(asSentence($0)) }
    }

    /// The same at the head of the page.
    var answer: String {
        let lines = summary
        var parts = ["<p class=\"large\">\(lines[0].html)</p>"]
        if let right { parts.append(bar(right.tally.accuracy, right.interval)) }
        parts += lines.dropFirst().map { "<p>\($0.html)</p>" }
        if let onePoint { parts.append("<p class=\"wrong\">\(escaped(onePoint)).</p>") }
        return "<section class=\"card answer\">\n\(parts.joined(separator: "\n"))\n</section>"
    }
}
