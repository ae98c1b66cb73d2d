import Akin

extension ItemChange {
    /// Number, what was done, label, source: `17  relabelled  'abbot' -> 'prior'  pictures/abbot/7.png`.
    var cells: [String] {
        let labels = [before?.label, after?.label].compactMap(\.self)
        let label = labels.count == 2 && labels[0] == labels[1] ? labels[0] : labels.joined(separator: " -> ")
        let source = item.source.path
        let place = kind == .moved ? "\(before?.source.path ?? "") -> \(source)" : source
        return ["\(item.id)", kind.rawValue, label, place]
    }
}

extension [ItemChange] {
    /// A trial tells of so many.
    private static var shown: Int { 100 }

    /// A line for each of the first, for a trial; empty where there are none.
    var text: String {
        guard !isEmpty else { return "" }
        let more = count - Self.shown
        return aligned(prefix(Self.shown).map(\.cells), indent: "  ") + "\n"
            + (more > 0 ? "  and \(more) more (--json has all)\n" : "")
    }

    /// The same before the counts of what would become of pictures.
    var heading: String { text + "dry run, nothing is changed: " }
}
