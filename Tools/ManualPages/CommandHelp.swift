/// What the argument parser knows of a command, as `akin --experimental-dump-help` tells it.
struct CommandHelp: Decodable {
    struct Document: Decodable {
        let command: CommandHelp
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let shouldDisplay: Bool
        let sectionTitle: String?
        let isOptional: Bool
        let isRepeating: Bool
        let names: [Name]?
        let preferredName: Name?
        let valueName: String?
        let defaultValue: String?
        let allValues: [String]?
        let abstract: String?
    }

    let superCommands: [String]?
    let commandName: String
    let abstract: String?
    let discussion: String?
    let subcommands: [CommandHelp]?
    let arguments: [Argument]?

    /// `akin index add`
    var words: [String] { (superCommands ?? []) + [commandName] }
    /// `akin-index-add`
    var pageName: String { words.joined(separator: "-") }
    /// Without `help`, which the parser adds.
    var commands: [CommandHelp] { (subcommands ?? []).filter { $0.commandName != "help" } }

    var positional: [Argument] { (arguments ?? []).filter { $0.shouldDisplay && $0.kind == "positional" } }
    var options: [Argument] { (arguments ?? []).filter { $0.shouldDisplay && $0.kind != "positional" } }
}
