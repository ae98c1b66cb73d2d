/// `text` without what would steer a terminal or turn the direction of a line: such characters become U+FFFD.
func printable(_ text: String) -> String {
    func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        }
    }
    guard text.unicodeScalars.contains(where: steers) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { steers($0) ? "\u{FFFD}" : $0 }))
}

/// The folder that all of some sources lie in, so that a table can leave it out.
struct CommonFolder {
    /// With a slash at its end; empty if there is none, or none but the root.
    let path: String

    init(of sources: some Sequence<String>) {
        var common: [Substring]?
        for source in sources {
            let folders = source.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            guard let shared = common else {
                common = Array(folders)
                continue
            }
            common = zip(shared, folders).prefix { $0 == $1 }.map(\.0)
        }
        let folders = common ?? []
        path = folders.allSatisfy(\.isEmpty) ? "" : folders.joined(separator: "/") + "/"
    }

    /// `source` as it is called within the folder.
    func name(of source: String) -> String {
        source.hasPrefix(path) ? String(source.dropFirst(path.count)) : source
    }
}
