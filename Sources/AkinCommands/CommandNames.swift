import AkinBasics
import ArgumentParser

/// Throws where a word stands in a command's place that is none, and suggests the nearest: the parser itself would
/// call it an unexpected argument.
func checkCommandNames(_ arguments: [String], of root: any ParsableCommand.Type) throws {
    var command = root
    for (position, word) in arguments.enumerated() {
        let subcommands = command.configuration.subcommands
        guard !subcommands.isEmpty, !word.hasPrefix("-") else { return }
        // The parser adds this one to the root.
        if position == 0, word == "help" { return }
        let names = subcommands.map { $0._commandName }
        guard let found = names.firstIndex(of: word) else {
            let path = ([root._commandName] + arguments[..<position]).joined(separator: " ")
            throw ValidationError(
                nearest(to: word, in: names).map {
                    "There is no command '\(word)'. Did you mean '\(path) \($0)'?"
                }
                    ?? "There is no command '\(word)'. '\(path)' has \(names.joined(separator: ", ")).")
        }
        command = subcommands[found]
    }
}
