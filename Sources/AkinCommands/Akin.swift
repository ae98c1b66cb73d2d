import Akin
import AkinBasics
import ArgumentParser
import CAkinFiles
import Foundation

/// The command-line program: `main` runs the command that was asked for and turns errors into exit codes.
@main
struct AkinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "akin",
        abstract: "Recognises things of which there are only a few pictures each.",
        discussion: """
            A backbone (a trained network) turns a picture into a point in space; pictures of the same thing \
            lie near each other. An index keeps the points of the pictures that you have labelled. A new \
            picture is named after its nearest neighbours, and a new class is added by showing a few \
            pictures of it, without training again.

            From pictures to answers:

              akin learn seals/              (seals/bishop/1.jpg, ...)
              akin query seals-index unknown.jpg

            The same step by step, with a backbone of one's own:

              akin train recipe.yaml --data pictures/ --output seals.safetensors
              akin index create seals --backbone seals.safetensors
              akin index add seals pictures/     (pictures/bishop/1.jpg, ...)
              akin query seals unknown.jpg
              akin evaluate leave-one-out seals

            In a job of cron, --quiet leaves nothing to be mailed unless something went wrong.

            Exit codes: 0 done, 1 failed (one line on standard error says what happened and what to do), \
            64 wrong usage, 130 interrupted by ctrl-C. With --json, what failed is also printed, as an object with \
            'error', in which are 'kind' and 'message'.
            """,
        subcommands: [
            LearnCommand.self, RunCommand.self, TrainCommand.self, BackboneCommand.self, IndexCommand.self,
            QueryCommand.self, EmbedCommand.self, EvaluateCommand.self, CompareCommand.self,
            CheckCommand.self,
            DiscoverCommand.self, ReportCommand.self,
            MapCommand.self,
        ])

    @OptionGroup var about: VersionOptions

    static func main() {
        akin_open_standard_streams()
        // Files that reach the user's limit on their size are to be an error like others.
        signal(SIGXFSZ, SIG_IGN)
        // Not Swift's own, in which a name that is not UTF-8 has become another.
        let arguments = (1..<max(Int(CommandLine.argc), 1)).compactMap { CommandLine.unsafeArgv[$0] }
            .map { PathText.text(ofArgument: $0) }
        var asked: (any ParsableCommand.Type)?
        do {
            if VersionOptions.areAsked(by: arguments) {
                VersionOptions.show(isVerbose: arguments.contains("--verbose"))
            } else {
                try checkCommandNames(arguments, of: AkinCommand.self)
                try checkRecipeKeys(arguments)
                var command = try AkinCommand.parseAsRoot(PathArgument.joining(arguments))
                asked = type(of: command)
                try command.run()
                JSONDocument.printKept()
            }
            try finishOutput()
        } catch {
            exit(with: error, of: arguments, asking: asked)
        }
    }

    /// Help goes to standard output, wrong usage to standard error with a hint at the help, and every other error
    /// becomes one line; for scripts an object on standard output besides.
    ///
    /// - Parameter command: The one that ran, where it came to that.
    private static func exit(
        with error: any Error, of arguments: [String], asking command: (any ParsableCommand.Type)? = nil
    ) -> Never {
        let inJSON = arguments.prefix { $0 != "--" }.contains("--json")
        if exitCode(for: error) == .success {
            // Help, or a script for completion.
            let text = fullMessage(for: error)
            if !text.isEmpty { printText(text) }
            do { try finishOutput() } catch { exit(with: error, of: []) }
            Foundation.exit(EXIT_SUCCESS)
        }
        let failure = Failure(error)
        if case CommandError.unwritableOutput = error {} else if inJSON { try? JSONDocument.print(failure) }
        if failure.kind == .usage {
            let label = _errorPrefix
            var message = fullMessage(for: error).replacing("\0", with: " ")
            if message.hasPrefix(label) { message.removeFirst(label.count) }
            // The parser does not know who has thrown it.
            if let command { message = "\(failure.message)\n\(usage(of: command))" }
            if let hint = hintAtDash(in: arguments, for: message) { message = "\(hint)\n\(message)" }
            printError("akin: error: \(message)")
        } else {
            printError("akin: error: \(printable(failure.message))")
        }
        Foundation.exit(failure.exitCode)
    }

    /// As the parser shows it.
    private static func usage(of command: any ParsableCommand.Type) -> String {
        "Usage: \(usageString(for: command))\n  See '\(commandPath(of: command, below: self)) --help' for more information."
    }
}
