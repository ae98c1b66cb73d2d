import Akin
import AkinBasics
import ArgumentParser

/// How a command prints; every command has these.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, for scripts.")
    var json = false

    @Flag(help: "Say on standard error how the work is done: processor kernels, threads.")
    var verbose = false

    /// Fails where a library is missing, and says what the work runs on, if that was asked for. To be called before
    /// the work.
    func checkMachine() throws(CommandError) {
        if let problem = BLAS.unavailable { throw .noBLAS(problem) }
        guard verbose else { return }
        printError(
            "akin: OpenBLAS with \(BLAS.kernels) kernels, \(InstructionSet.name) loops, "
                + "\(ThreadPool.shared.threads) threads")
    }
}

/// How a batch of images is treated.
struct BatchOptions: ParsableArguments {
    @Flag(help: "Exit with code 1 if an image was skipped, after all others have been done.")
    var strict = false

    /// Lists what was skipped on standard error; fails if that was asked for.
    func report(_ skipped: [Skipped]) throws {
        listSkipped(skipped)
        try check(skipped)
    }

    /// As the above, where they have been listed.
    func check(_ skipped: [Skipped]) throws(CommandError) {
        if strict && !skipped.isEmpty { throw .skipped(skipped.count) }
    }
}

func listSkipped(_ skipped: [Skipped]) {
    guard !skipped.isEmpty else { return }
    printError("akin: skipped \(counted(skipped.count, "image")):")
    for one in skipped { printError("  \(printable(one.source.path)): \(printable(one.reason))") }
}
