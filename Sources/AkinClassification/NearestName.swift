/// The candidate that takes the fewest insertions, deletions and replacements to reach (Levenshtein 1966), if
/// it is near enough to be what was meant: at most half of the longer name changed.
func nearestName(to name: String, among candidates: [String]) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(100))
    return
        candidates
        .map { (name: $0, edits: edits(from: wanted, to: Array($0.lowercased().unicodeScalars))) }
        .filter { $0.edits * 2 <= max(wanted.count, $0.name.unicodeScalars.count) }
        .min { $0.edits < $1.edits }?
        .name
}

private func edits(from a: [Unicode.Scalar], to b: [Unicode.Scalar]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}
