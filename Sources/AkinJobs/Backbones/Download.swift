import AkinBasics
import Foundation

/// A file from the network into memory, by a program that every system has: curl, or else Python.
struct Download {
    /// Why there is none.
    enum Failure: Error {
        /// Neither program is there.
        case noProgram
        /// The program's words.
        case failed(String)
        case tooLarge(limit: Int)
        case cancelled
    }

    let address: String
    /// Of bytes, at most.
    let limit: Int

    /// Asked between two pieces: told how many bytes there are, says whether to go on.
    typealias Progress = (_ bytes: Int) -> Bool

    /// The file's bytes.
    func bytes(_ progress: Progress) throws(Failure) -> [UInt8] {
        guard let process = Self.program(for: address) else { throw .noProgram }
        let (output, words) = (Pipe(), Pipe())
        // A program that is started at the same time by another thread must not hold their ends open.
        for pipe in [output, words] {
            for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
                _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
            }
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = words
        do { try process.run() } catch { throw .failed("\(error.localizedDescription)") }
        var bytes: [UInt8] = []
        var failure: Failure?
        while failure == nil {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            bytes += piece
            if bytes.count > limit { failure = .tooLarge(limit: limit) }
            if !progress(bytes.count) { failure = .cancelled }
        }
        if let failure {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            throw failure
        }
        // A few lines at most, which the pipe has had room for.
        let said = String(decoding: words.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw .failed(Self.lastLine(of: said)) }
        return bytes
    }

    private static func lastLine(of text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
        return line.map { printable(String($0)) } ?? "without a word"
    }

    /// Which writes the file to its standard output.
    private static func program(for address: String) -> Process? {
        let process = Process()
        if let curl = executable("curl") {
            process.executableURL = curl
            process.arguments = [
                "--fail", "--location", "--silent", "--show-error", "--retry", "2", "--connect-timeout", "30",
                "--speed-limit", "1000", "--speed-time", "60", "--", address,
            ]
            return process
        }
        guard let python = executable("python3") else { return nil }
        process.executableURL = python
        process.arguments = [
            "-c",
            """
            import shutil, sys, urllib.request
            try:
                shutil.copyfileobj(urllib.request.urlopen(sys.argv[1], timeout=60), sys.stdout.buffer)
            except Exception as error:
                sys.exit(str(error))
            """, address,
        ]
        return process
    }

    private static func executable(_ name: String) -> URL? {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
            .map { URL(fileURLWithPath: $0) }
    }
}
