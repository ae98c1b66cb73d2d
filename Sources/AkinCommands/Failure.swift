import Akin
import AkinBasics
import ArgumentParser
import Foundation

/// Why a command failed, as scripts see it: with `--json` the `error` of an object on standard output.
struct Failure: Encodable {
    /// Which kind of failure it is.
    let kind: FailureKind
    /// What happened and what to do, as the line on standard error says it.
    let message: String

    /// Of what a command has thrown.
    init(_ error: any Error) {
        kind = FailureKind(of: error)
        message =
            kind == .usage
            ? AkinCommand.message(for: error)
            // Of the messages of libraries some have several lines.
            : explanation(of: error).split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// With which the program ends. A shell says the same of one that a signal has ended.
    var exitCode: Int32 {
        switch kind {
        case .usage: ExitCode.validationFailure.rawValue
        case .interrupted: 128 + (Interruption.received ?? SIGINT)
        default: ExitCode.failure.rawValue
        }
    }
}

/// The JSON document of a command that gives one. It is kept until the command is over: where this fails after all, as one does
/// that has looked for faults and found some, the document says so too, and there is still only one.
struct JSONDocument {
    private let line: String

    init(_ value: some Encodable) throws { line = String(decoding: try jsonLine(of: value), as: UTF8.self) }

    /// An object with nothing in it.
    private init() { line = "{}\n" }

    // Written by the one thread that runs the command.
    nonisolated(unsafe) private static var kept: JSONDocument?
    nonisolated(unsafe) private static var hasSaidAll = false

    /// Prints it when the command is over.
    func keep() { Self.kept = self }

    /// Prints what has been kept, if anything.
    static func printKept() {
        if let kept { Swift.print(kept.line, terminator: "") }
        kept = nil
    }

    /// Where a command gives a line for each thing, and all of them say what is wrong: there is nothing to add.
    static func linesHaveSaidAll() { hasSaidAll = true }

    /// Prints what has been kept, or else an object, with a failure in it.
    static func print(_ failure: Failure) throws {
        if hasSaidAll { return }
        // A list has no place for it.
        if kept?.line.hasPrefix("{") == false { printKept() }
        let (document, error) = (kept ?? JSONDocument(), try jsonLine(of: ["error": failure]))
        kept = nil
        let members = document.line.dropLast(2)
        let begun = members == "{" ? "" : ","
        Swift.print(members + begun + String(decoding: error, as: UTF8.self).dropFirst(), terminator: "")
    }
}
