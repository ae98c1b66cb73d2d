import Foundation

/// Writes a man page for each of akin's commands into a folder: `akin --experimental-dump-help | ManualPages FOLDER VERSION
/// DATE`.
@main
struct ManualPages {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 3 else { fail("give a folder, the version and the date") }
        do {
            let help = try JSONDecoder().decode(
                CommandHelp.Document.self, from: FileHandle.standardInput.readDataToEndOfFile())
            try FileManager.default.createDirectory(
                atPath: arguments[0], withIntermediateDirectories: true)
            try write(help.command, to: arguments[0], version: arguments[1], date: arguments[2])
        } catch {
            fail("\(error)")
        }
    }

    private static func write(
        _ command: CommandHelp, to folder: String, version: String, date: String
    ) throws {
        let page = ManualPage(command: command, version: version, date: date)
        try Data(page.text.utf8).write(to: URL(fileURLWithPath: folder + "/" + page.fileName))
        for command in command.commands {
            try write(command, to: folder, version: version, date: date)
        }
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data("ManualPages: error: \(message)\n".utf8))
        exit(1)
    }
}
