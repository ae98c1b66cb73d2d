import ArgumentParser

/// One path of a list on the command line, or many in one.
///
/// The parser of arguments takes time by the square of how many a list has: three seconds for the ten thousand pictures
/// that a shell's `*` names. So those of a long command line are handed to it as one, with zero bytes between
/// them, which no argument has.
struct PathArgument: ExpressibleByArgument {
    let paths: [String]

    init(argument: String) {
        paths = argument.utf8.split(separator: 0, omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
    }

    /// The commands, an index and what an option takes stay by themselves, as do the first of those that a command
    /// without such a list would complain about.
    private static let separate = 8
    private static let many = 200

    /// The same arguments, with most of them in one where many follow each other and none of these can be an option.
    static func joining(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        var rest = arguments[...]
        while !rest.isEmpty {
            let run = rest.prefix { $0.utf8.first != UInt8(ascii: "-") }
            joined += run.prefix(run.count > many ? separate : run.count)
            if run.count > many { joined.append(run.dropFirst(separate).joined(separator: "\0")) }
            rest = rest[run.endIndex...]
            if let option = rest.popFirst() { joined.append(option) }
        }
        return joined
    }
}

extension [PathArgument] {
    /// All of them.
    var paths: [String] { flatMap(\.paths) }
}
