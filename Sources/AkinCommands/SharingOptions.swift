import Akin
import AkinBasics
import ArgumentParser
import Foundation

/// The address of a shared index. It is read when the command runs: a failure is to be told in the library's words, without the
/// address, which may hold a password.
struct AddressArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Of the shared index: postgresql://[user@]host/database?index=NAME.", valueName: "address"))
    var address: String

    var place: PostgreSQLAddress { get throws { try PostgreSQLAddress(address) } }
}

/// Asks for a password at the terminal; nil where nobody sits there.
@Sendable func typedPassword(_ address: PostgreSQLAddress) -> String? {
    guard isatty(0) == 1, let typed = getpass("Password for \(printable("\(address)")): ") else { return nil }
    return String(cString: typed)
}

extension SharingResult {
    /// For people.
    ///
    /// - Parameters:
    ///   - done: What was done: "pushed".
    ///   - other: What would bring the rest the other way.
    ///   - isQuiet: Whether it is left unsaid that all went well.
    func text(_ done: String, other: String, isQuiet: Bool) -> String {
        if isQuiet, conflicts.isEmpty, !answeringConflict, left == 0 { return "" }
        var lines = [
            "\(done): "
                + changes([(added, "added"), (updated, "updated"), (removed, "removed")])
        ]
        if created { lines.append("made: \(printable(done == "pushed" ? address : index))") }
        if answering { lines.append("classifier and calibration brought too") }
        if left > 0 { lines.append("\(counted(left, "item")) changed meanwhile and left alone; do it again") }
        if waiting > 0 {
            lines.append("\(counted(waiting, "item")) changed on the other side; '\(other)' brings them")
        }
        if answeringWaits {
            lines.append("classifier and calibration changed on the other side; '\(other)' brings them")
        }
        if answeringConflict {
            lines.append("classifier and calibration changed on both sides; the shared index's word holds")
        }
        if !conflicts.isEmpty {
            lines.append("changed on both sides; the shared index's word holds:")
            lines += conflicts.prefix(20).map { conflict in
                let (here, there) = (conflict.here.map { "'\($0)'" }, conflict.there.map { "'\($0)'" })
                return printable(
                    "  \(conflict.source): here \(here ?? "removed"), there \(there ?? "removed")")
            }
            if conflicts.count > 20 { lines.append("  and \(conflicts.count - 20) more") }
        }
        return lines.joined(separator: "\n")
    }
}
