import Foundation

/// Whether `a` stands before `b` in the order of their UTF-8 bytes: the same on every system and in every locale.
package func bytesPrecede(_ a: String, _ b: String) -> Bool {
    let atOnce = a.utf8.withContiguousStorageIfAvailable { a in
        b.utf8.withContiguousStorageIfAvailable { b in
            let shared = min(a.count, b.count)
            let order = shared == 0 ? 0 : memcmp(a.baseAddress!, b.baseAddress!, shared)
            return order < 0 || order == 0 && a.count < b.count
        }
    }
    return (atOnce ?? nil) ?? a.utf8.lexicographicallyPrecedes(b.utf8)
}

/// The word of `candidates` that someone who wrote `word` probably meant: the one with the smallest edit distance
/// (Levenshtein), if that is at most half of its length, and at most `limit`; of equals the first.
package func nearest(to word: String, in candidates: [String], within limit: Int = .max) -> String? {
    func distance(_ a: [Character], _ b: [Character]) -> Int {
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
    let letters = Array(word.prefix(200).lowercased())
    return
        candidates
        .map { (name: $0, distance: distance(letters, Array($0.prefix(200).lowercased()))) }
        .filter { $0.distance <= min(max($0.name.count / 2, 1), limit) }
        .min { $0.distance < $1.distance }?.name
}

/// `1 image`, `2 images`.
package func counted(_ number: Int, _ thing: String) -> String {
    "\(number) \(thing)\(number == 1 ? "" : "s")"
}

/// `text` without what would steer a terminal or turn the direction of a line: such characters become U+FFFD.
package func printable(_ text: String) -> String {
    func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        }
    }
    guard text.unicodeScalars.contains(where: steers) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { steers($0) ? "\u{FFFD}" : $0 }))
}

/// `value` with the three digits that tell something: `0.0123`, `12.3`, `1230`.
package func threeDigits(_ value: Float) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    let exponent = Int(log10(Double(abs(value))).rounded(.down))
    guard (-5...6).contains(exponent) else { return String(format: "%.2e", Double(value)) }
    return String(format: "%.\(max(0, 2 - exponent))f", Double(value))
}

/// `value` with at most so many digits behind the point; from a million on as `3.7e+23`.
package func rounded(_ value: Float, _ digits: Int) -> String {
    guard abs(value) < 1e6 else { return String(format: "%.1e", Double(value)) }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return "\((Double(value) * scale).rounded() / scale)"
}
