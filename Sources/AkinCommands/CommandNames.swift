import Akin
import AkinBasics
import ArgumentParser

/// Throws where a word stands in a command's place that is none, and suggests what was probably meant: the parser itself
/// would call it an unexpected argument.
func checkCommandNames(_ arguments: [String], of root: any ParsableCommand.Type) throws {
    var command = root
    for (position, word) in arguments.enumerated() {
        let subcommands = command.configuration.subcommands
        guard !subcommands.isEmpty, !word.hasPrefix("-") else { return }
        // The parser adds this one to the root.
        if position == 0, word == "help" {
            return try checkCommandNames(Array(arguments.dropFirst()), of: root)
        }
        let names = subcommands.map { $0._commandName }
        guard let found = names.firstIndex(of: word) else {
            let path = ([root._commandName] + arguments[..<position]).joined(separator: " ")
            let meant = commands(meantBy: word, in: command, at: path, of: root).map { "'\($0)'" }
            throw ValidationError(
                "There is no command '\(word)'\(position == 0 ? "" : " of '\(path)'"). "
                    + (meant.isEmpty
                        ? "'\(path)' has \(names.joined(separator: ", "))."
                        : "Did you mean \(meant.joined(separator: " or "))?"))
        }
        command = subcommands[found]
    }
}

/// Throws where a key of a recipe stands as an option, `--epochs 10`, or by itself, `epochs=10`, and says how it is set: the parser
/// knows nothing of recipes.
func checkRecipeKeys(_ arguments: [String]) throws {
    guard let command = arguments.first, ["train", "run"].contains(command) else { return }
    // --data and --seed are options.
    let keys = Set(Recipe.keys + Recipe.Training.keys).subtracting(["data", "seed"])
    let takers = ["--set", "--output", "--data", "--find-rate"]
    for (word, before) in zip(arguments.dropFirst(), arguments) where !takers.contains(before) {
        let isOption = word.hasPrefix("--")
        // The path of a recipe.
        if !isOption, word.contains("/") { continue }
        let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1)
        guard let name = parts.first, isOption || parts.count == 2 && !word.hasPrefix("-"),
            keys.contains(String(name.prefix { $0 != "." && $0 != "[" }))
        else { continue }
        let value = parts.count == 2 ? String(parts[1]) : "VALUE"
        throw ValidationError(
            (isOption ? "There is no option '--\(name)': that" : "'\(name)'")
                + " is a key of the recipe. Give --set \(shellWord("\(name)=\(value)")) to change it.")
    }
}

/// How an option gets a value that begins with a dash, where `arguments` have one, `--label -1`: the parser, with this message,
/// has taken it for another option.
func hintAtDash(in arguments: [String], for message: String) -> String? {
    let opening = "Missing value for '"
    guard message.hasPrefix(opening) else { return nil }
    let option = String(message.dropFirst(opening.count).prefix { $0 != " " && $0 != "'" })
    guard let value = zip(arguments, arguments.dropFirst()).first(where: { $0.0 == option })?.1,
        value.hasPrefix("-"), !value.hasPrefix("--")
    else { return nil }
    return "If its value is \(value), write \(option)\(shellWord("=\(value)"))."
}

/// Commands, as one writes them, that someone meant who wrote `word` where a subcommand of `command` should stand: one of that
/// name elsewhere, what other programs call so, and else what is spelt alike, here and then elsewhere.
private func commands(
    meantBy word: String, in command: any ParsableCommand.Type, at path: String,
    of root: any ParsableCommand.Type
) -> [String] {
    let everywhere = paths(of: root)
    let word = word.lowercased()
    func named(_ name: String) -> [String] {
        let all = everywhere.filter { $0.hasSuffix(" " + name) }
        let here = all.filter { $0.hasPrefix(path + " ") }
        return here.isEmpty ? all : here
    }
    let same = named(word)
    if !same.isEmpty { return same }
    if let names = otherWords[word] { return names.flatMap(named) }
    let here = command.configuration.subcommands.map { $0._commandName }
    // Short words are like too many others.
    let spelt = otherWords.keys.filter { $0.count >= 5 }.sorted()
    if let near = nearest(to: word, in: here + spelt) {
        return here.contains(near) ? ["\(path) \(near)"] : (otherWords[near] ?? []).flatMap(named)
    }
    let last = everywhere.compactMap { $0.split(separator: " ").last.map(String.init) }
    return nearest(to: word, in: last, within: 2).map(named) ?? []
}

/// A command below another, as one writes it: `akin index add`.
func commandPath(of command: any ParsableCommand.Type, below root: any ParsableCommand.Type) -> String {
    func path(_ from: any ParsableCommand.Type) -> [String]? {
        if from == command { return [from._commandName] }
        return from.configuration.subcommands.lazy.compactMap(path).first.map { [from._commandName] + $0 }
    }
    return (path(root) ?? [root._commandName]).joined(separator: " ")
}

/// Of all commands below, each as one writes it, in the order of the help.
private func paths(of command: any ParsableCommand.Type) -> [String] {
    command.configuration.subcommands.flatMap { subcommand in
        ["\(command._commandName) \(subcommand._commandName)"]
            + paths(of: subcommand).map { "\(command._commandName) \($0)" }
    }
}

/// What other programs call what Akin's commands do; the last words of their names.
private let otherWords = [
    "rename": ["relabel"], "label": ["relabel"], "move": ["relabel"], "mv": ["relabel"],
    "delete": ["remove"], "rm": ["remove"], "del": ["remove"], "drop": ["remove"],
    "search": ["query"], "classify": ["query"], "ask": ["query"], "predict": ["query"],
    "recognise": ["query"], "recognize": ["query"], "identify": ["query"], "find": ["query"],
    "new": ["create"], "init": ["create"], "make": ["create"],
    "insert": ["add"], "update": ["sync"], "refresh": ["sync"],
    "ls": ["list"], "info": ["stats"], "status": ["stats"], "describe": ["stats"],
    "log": ["history"], "revert": ["undo"], "rollback": ["undo"],
    "backup": ["snapshot"], "copy": ["snapshot"], "vacuum": ["compact"], "fsck": ["verify"],
    "repair": ["verify"],
    "download": ["fetch"], "plot": ["map"], "test": ["held-out"], "fit": ["learn", "train"],
]
