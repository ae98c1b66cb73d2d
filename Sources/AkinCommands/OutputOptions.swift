import Akin
import AkinBasics
import ArgumentParser

/// How a command prints; every command has these.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, for scripts.")
    var json = false

    @Flag(help: "Say on standard error how the work is done: processor kernels, threads.")
    var verbose = false

    @Flag(
        help:
            "Say nothing but answers and errors: no progress, no notes, and not what has been made or changed."
    )
    var quiet = false

    func validate() throws {
        if quiet, verbose {
            throw ValidationError("--quiet and --verbose exclude each other; leave out one.")
        }
    }

    /// Of what a job does, for people.
    func display(showsProgress: Bool = true) -> JobDisplay {
        JobDisplay(isVerbose: verbose, isQuiet: quiet, showsProgress: showsProgress)
    }

    /// Does a job, showing how far it has come, and prints what came of it: as JSON, or in words.
    @discardableResult
    func perform<J: Job>(_ job: J, _ text: (J.Result) -> String) throws -> J.Result {
        let result = try job.run(display().monitor)
        if json {
            try JSONDocument(result).keep()
        } else if !quiet || (job as? any Deed)?.isTrial ?? true {
            printText(text(result))
        }
        return result
    }

    /// As the above, for a job that gives a list: in JSON, a document a line.
    func performEach<J: Job>(_ job: J, _ text: (J.Result) -> String) throws
    where J.Result: Sequence, J.Result.Element: Encodable {
        let result = try job.run(display().monitor)
        if json {
            for one in result { try printJSON(one) }
        } else {
            printText(text(result))
        }
    }
}

extension OutputOptions {
    /// Tells people of a file that has been written; of standard output they know.
    func tell(of file: OutputFile?, as name: String) {
        if let file, !json, !quiet, !file.isStream { print("\(name): \(printable(file.path))") }
    }
}

/// How a batch of images is treated.
struct BatchOptions: ParsableArguments {
    @OptionGroup var pictures: PictureOptions

    @Flag(help: "Exit with code 1 if an image was skipped, after all others have been done.")
    var strict = false

    /// Lists what was skipped on standard error; fails if that was asked for.
    ///
    /// - Parameter count: How many there are, where these are but the first.
    func report(_ skipped: [Skipped], of count: Int? = nil) throws {
        listSkipped(skipped, of: count)
        try check(skipped, of: count)
    }

    /// As the above, where they have been listed.
    func check(_ skipped: [Skipped], of count: Int? = nil) throws(CommandError) {
        if strict && !skipped.isEmpty { throw .skipped(count ?? skipped.count) }
    }
}

/// Fails where nothing could be used of what the user named.
func requireUsable(_ usable: Int, skipped: [Skipped], of count: Int? = nil) throws {
    guard usable == 0, let first = skipped.first else { return }
    throw JobError.noUsablePicture(count: count ?? skipped.count, first: first)
}

/// On standard error.
func listSkipped(_ skipped: [Skipped], of count: Int? = nil) {
    guard !skipped.isEmpty else { return }
    let count = count ?? skipped.count
    printError("akin: skipped \(counted(count, "image")):")
    for one in skipped { printError("  \(printable(one.source.path)): \(printable(one.reason))") }
    if count > skipped.count { printError("  and \(count - skipped.count) more") }
}
