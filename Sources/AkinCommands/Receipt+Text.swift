import Akin
import AkinBasics

extension Receipt {
    /// So many classes are told of, the weakest first, and so many changed answers.
    private static let shown = 4

    /// A few lines for a terminal.
    var lines: [String] {
        let asked = classes.reduce(0) { $0 + $1.asked }
        let right = classes.reduce(0) { $0 + $1.right }
        let single = classes.count { $0.asked == 0 }
        var lines: [String] = []
        if asked > 0, classes.count > Self.shown {
            lines.append(
                "of \(asked) pictures of the \(classes.count) classes added to, each left out, \(right) are right; the weakest:"
            )
        }
        let ordered = classes.filter { $0.asked > 0 }.sorted {
            ($0.right * $1.asked, $0.label) < ($1.right * $0.asked, $1.label)
        }
        lines += ordered.prefix(Self.shown).map(\.line)
        if single > 0 {
            lines.append(
                single == 1 && classes.count == 1
                    ? "\(printable(classes[0].label)): one picture, nothing to know it by when it is left out"
                    : "\(single == 1 ? "1 class has" : "\(single) classes have") one picture: nothing to know it by when it is left out"
            )
        }
        return lines + changeLines
    }

    private var changeLines: [String] {
        let (better, worse) = (changed.filter(\.isRight), changed.filter { !$0.isRight })
        guard !changed.isEmpty else {
            return older > 0 ? ["no older picture's answer became right or wrong"] : []
        }
        let parts = [
            worse.isEmpty
                ? nil
                : "\(worse.count) older \(worse.count == 1 ? "picture was" : "pictures were") right and now wrong",
            better.isEmpty ? nil : "\(better.count) wrong and now right",
        ].compactMap(\.self)
        return [parts.joined(separator: ", ")]
            + worse.prefix(Self.shown).map {
                "  \(printable($0.source.path)) (\(printable($0.label))) is taken for \(printable($0.after))"
            } + (worse.count > Self.shown ? ["  and \(worse.count - Self.shown) more"] : [])
    }
}

extension Receipt.Class {
    /// `boot (new): 5 of 6 right when left out; nearest sandal, shoe`
    fileprivate var line: String {
        let near =
            nearest.isEmpty ? "" : "; nearest \(nearest.prefix(2).map(printable).joined(separator: ", "))"
        return "\(printable(label))\(isNew ? " (new)" : ""): \(right) of \(asked) right when left out\(near)"
    }
}
