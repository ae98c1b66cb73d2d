import Akin
import AkinBasics
import Foundation

extension [ChangeSummary] {
    /// A line for each, and below it what it has made of which items; those that were taken back last.
    var text: String {
        let past = filter { !$0.isUndone }
        let future = filter(\.isUndone)
        var lines = past.map { $0.text(like: self) }
        if !future.isEmpty {
            lines.append("taken back; 'akin index redo' does it again, the first of them first:")
            lines += future.map { $0.text(like: self) }
        }
        return lines.joined(separator: "\n")
    }
}

extension ChangeSummary {
    /// In columns as wide as `others` need.
    func text(like others: [ChangeSummary]) -> String {
        let number = padded("\(change.number)", others.map { "\($0.change.number)" }, onTheLeft: true)
        let user = padded(change.user, others.map(\.change.user))
        let what = change.summary.isEmpty ? change.verb.rawValue : "\(change.verb.rawValue) \(change.summary)"
        let row = aligned([[number, change.time.formatted(.iso8601), user, what]])
        let rows = lines.map { aligned([[$0]], indent: String(repeating: " ", count: number.count + 2)) }
        return ([row] + rows).joined(separator: "\n")
    }

    /// What became of items.
    private var lines: [String] {
        guard !parts.isEmpty, change.verb != .rebuild else {
            let counts = countsText(change.counts)
            return counts.isEmpty ? [] : [counts]
        }
        let relabelled = parts.filter { $0.what == .relabelled }
        let shown = relabelled.prefix(Self.shown)
        let more = relabelled.dropFirst(Self.shown)
        var lines = parts.filter { $0.what != .relabelled }.map(\.text) + shown.map(\.text)
        if !more.isEmpty {
            lines.append(
                "\(more.reduce(0) { $0 + $1.items }) more relabelled, from and to \(more.count) other pairs of labels"
            )
        }
        return lines
    }

    /// So many labels, or pairs of such, are named.
    fileprivate static var shown: Int { 5 }
}

extension ChangeSummary.Part {
    /// `12 added from pictures: 'bag' 8, 'boot' 4`
    fileprivate var text: String {
        let ordered = labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if what == .relabelled {
            return "\(items) relabelled from '\(from ?? "")' to '\(ordered.first?.key ?? "")'"
        }
        let place: String
        switch (movedFrom, folder) {
        case (let old?, let new?) where what == .moved && old != new: place = " from \(old) to \(new)"
        case (_, let folder?): place = what == .moved ? " within \(folder)" : ", all from \(folder)"
        case (_, nil): place = ""
        }
        let names = ordered.prefix(ChangeSummary.shown).map { label, count in
            "'\(label)'" + (ordered.count > 1 ? " \(count)" : "")
        }
        let more = ordered.count - names.count
        return "\(items) \(what.rawValue)\(place): " + names.joined(separator: ", ")
            + (more > 0 ? " and \(counted(more, "more label"))" : "")
    }
}

private func padded(_ text: String, _ all: [String], onTheLeft: Bool = false) -> String {
    let padding = String(repeating: " ", count: max((all.map(\.count).max() ?? 0) - text.count, 0))
    return onTheLeft ? padding + text : text + padding
}

/// How many items a change has touched: `3 added, 1 removed`; nothing of one that touches none, as `calibrate` does.
func countsText(_ counts: Change.Counts) -> String {
    counts == Change.Counts()
        ? ""
        : changes([
            (counts.added, "added"), (counts.updated, "updated"), (counts.removed, "removed"),
            (counts.relabelled, "relabelled"),
        ])
}
