import Foundation

/// The man page of a command, in the macros of man(7).
struct ManualPage {
    let command: CommandHelp
    /// Of the program: `0.1.0`.
    let version: String
    /// `2026-11-30`
    let date: String

    /// `akin-index-add.1`
    var fileName: String { command.pageName + ".1" }

    var text: String {
        let title = command.pageName.uppercased()
        var lines = [#".TH "\#(Self.escaped(title))" 1 "\#(date)" "Akin \#(version)" "Akin""#]
        lines += [".SH NAME", "\(Self.escaped(command.pageName)) \\- \(Self.escaped(summary))"]
        lines += [".SH SYNOPSIS"] + synopsis
        lines += [".SH DESCRIPTION"] + description
        if !command.positional.isEmpty {
            lines += [".SH ARGUMENTS"] + command.positional.flatMap(Self.entry)
        }
        lines += options
        if !command.commands.isEmpty { lines += [".SH COMMANDS"] + command.commands.flatMap(Self.entry) }
        lines += [".SH SEE ALSO", seeAlso]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Without the full stop, as man pages have it.
    private var summary: String {
        let abstract = command.abstract ?? ""
        return abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract
    }

    private var synopsis: [String] {
        let name = Self.bold(command.words.joined(separator: " "))
        if !command.commands.isEmpty { return ["\(name) \(Self.italic("command")) ..."] }
        let arguments = command.positional.map { argument in
            let value = Self.italic(argument.valueName ?? "value") + (argument.isRepeating ? " ..." : "")
            return argument.isOptional ? "[\(value)]" : value
        }
        let required = command.options.filter { $0.kind == "option" && !$0.isOptional }.map { option in
            Self.bold(option.preferredName?.written ?? "") + " " + Self.italic(option.valueName ?? "value")
        }
        return [([name] + arguments + required + ["[\(Self.italic("options"))]"]).joined(separator: " ")]
    }

    /// Paragraphs; what is indented is shown as it stands.
    private var description: [String] {
        var lines = [Self.escaped(command.abstract ?? "")]
        for paragraph in (command.discussion ?? "").components(separatedBy: "\n\n") where !paragraph.isEmpty {
            if paragraph.hasPrefix("  ") {
                lines += [".PP", ".RS 4", ".nf"]
                lines += paragraph.split(separator: "\n").map { Self.escaped(String($0.dropFirst(2))) }
                lines += [".fi", ".RE"]
            } else {
                lines += [".PP"] + paragraph.split(separator: "\n").map { Self.escaped(String($0)) }
            }
        }
        return lines
    }

    /// Those with a title of their own come last.
    private var options: [String] {
        var titles: [String?] = []
        for option in command.options where !titles.contains(option.sectionTitle) {
            titles.append(option.sectionTitle)
        }
        guard !titles.isEmpty else { return [] }
        let ordered = titles.filter { $0 == nil } + titles.filter { $0 != nil }
        return [".SH OPTIONS"]
            + ordered.flatMap { title in
                (title.map { [".SS \"\(Self.escaped($0))\""] } ?? [])
                    + command.options.filter { $0.sectionTitle == title }.flatMap(Self.entry)
            }
    }

    private var seeAlso: String {
        let above = command.words.indices.dropFirst().map { command.words[..<$0].joined(separator: "-") }
        let below = command.commands.map(\.pageName)
        return (above + below).map { Self.reference($0) }.joined(separator: ",\n")
    }

    private static func entry(_ command: CommandHelp) -> [String] {
        [".TP", reference(command.pageName), escaped(command.abstract ?? "")]
    }

    private static func entry(_ argument: CommandHelp.Argument) -> [String] {
        let value = argument.valueName.map(italic) ?? ""
        let head =
            argument.kind == "positional"
            ? value + (argument.isRepeating ? " ..." : "")
            : (argument.names ?? []).map { bold($0.written) }.joined(separator: ", ")
                + (argument.kind == "option" ? " " + value : "")
        var remarks: [String] = []
        if let values = argument.allValues, !values.isEmpty {
            remarks.append("(values: \(values.joined(separator: ", ")))")
        }
        if let value = argument.defaultValue, !value.isEmpty { remarks.append("(default: \(value))") }
        let body = ([argument.abstract ?? ""] + remarks).filter { !$0.isEmpty }.joined(separator: " ")
        return [".TP", head, escaped(body)]
    }

    private static func reference(_ page: String) -> String { bold(page) + "(1)" }
    private static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }
    private static func italic(_ text: String) -> String { "\\fI\(escaped(text))\\fR" }

    /// What would be read as a macro or an escape is not; a hyphen that someone may copy stays one.
    private static func escaped(_ text: String) -> String {
        var text = text.replacingOccurrences(of: "\\", with: "\\e").replacingOccurrences(of: "-", with: "\\-")
        text = text.replacingOccurrences(of: "\"", with: "\\(dq")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}

extension CommandHelp.Argument.Name {
    /// `--label`, `-k`
    var written: String { (kind == "long" ? "--" : "-") + name }
}
