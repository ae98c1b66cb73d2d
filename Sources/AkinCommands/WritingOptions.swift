import Akin
import AkinBasics
import ArgumentParser
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How files are written; every command that writes some has these.
struct WritingOptions: ParsableArguments {
    @Flag(help: "Write over a file that is there already.")
    var force = false

    private static let hasTakenOutput = Atomic(false)

    /// The file that an option names, `-` for standard output: what is printed besides goes to standard error then.
    func file(_ path: String, _ printing: OutputOptions) throws -> OutputFile {
        guard ["-", "/dev/stdout"].contains(path) else {
            try refusePicture(path)
            return OutputFile(path, replacing: force)
        }
        if printing.json {
            throw ValidationError("--json and a file at - both go to standard output; leave out one.")
        }
        if Self.hasTakenOutput.exchange(true, ordering: .relaxed) {
            throw ValidationError("Two files at - would be mixed; give one of them a name.")
        }
        // Whatever has been printed belongs to where it was printed to.
        try finishOutput()
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        guard output >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
            throw WriteError(path: path, code: errno)
        }
        return OutputFile("/dev/fd/\(output)")
    }

    /// No command writes pictures: where one is named as what is to be written, the name that was meant was forgotten, and the
    /// picture would be lost.
    func refusePicture(_ path: String) throws {
        let ending = path.split(separator: ".").last?.lowercased() ?? ""
        if ImageFormat.endings.contains(ending) {
            throw ValidationError(
                "'\(path)' is a picture's name, and no picture is written; was the name of the file that is left out before it?"
            )
        }
    }

    /// As the above, of an option that may be left out.
    func file(_ path: String?, _ printing: OutputOptions) throws -> OutputFile? {
        try path.map { try file($0, printing) }
    }
}
