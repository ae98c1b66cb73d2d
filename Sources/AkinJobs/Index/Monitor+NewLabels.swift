import AkinBasics
import AkinItems

extension Monitor {
    /// Tells which labels are new, and which were perhaps meant instead; nothing where there are none to compare with.
    ///
    /// - Parameter onlySlips: Whether only those are told that may be slips.
    func noteNewLabels(_ new: Set<String>, besides known: Set<String>, onlySlips: Bool = false) {
        guard !known.isEmpty else { return }
        let names = known.sorted()
        let told = new.sorted().map { label in
            // Of short ones and of numbers all are near others.
            let meant = nearest(to: label, in: names, within: label.count / 4)
            let isNumbered =
                meant.map { $0.filter { !$0.isNumber } == label.filter { !$0.isNumber } } ?? false
            return Notice.NewLabel(label: label, meant: isNumbered ? nil : meant)
        }.filter { !onlySlips || $0.meant != nil }
        if !told.isEmpty { note(.newLabels(told)) }
    }

    /// The same of those that an index has got by some work.
    func notingNewLabels<R>(of gallery: some Gallery, _ work: () throws -> R) throws -> R {
        let before = Set(try gallery.read { try $0.labelCounts() }.keys)
        let result = try work()
        try afterChange {
            let new = Set(try gallery.read { try $0.labelCounts() }.keys).subtracting(before)
            noteNewLabels(new, besides: before)
        }
        return result
    }
}

extension TableLabels {
    /// Refuses one that somebody's spreadsheet has probably made of one that there is.
    func check(besides known: [String: Int]) throws(JobError) {
        let wrong = changes(besides: known.keys)
        guard let first = wrong.first else { return }
        throw .row(
            first.table, first.line, .changedBySpreadsheet(first.label, of: first.original),
            alsoWrong: wrong.dropFirst().map(\.line))
    }
}
