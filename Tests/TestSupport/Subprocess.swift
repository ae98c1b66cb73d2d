import Foundation

/// The repository that the tests were built from.
public let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// What a program did.
public struct ProgramResult: Sendable {
    /// Its exit code; the signal's number, negative, where a signal ended it.
    public let code: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String
}

/// A program that a test runs; nothing comes in on its standard input.
public struct Subprocess {
    /// Written to files, not to pipes: a full pipe that nobody reads would stop the program.
    private let files: URL
    private let process = Process()

    /// Starts it. `environment` is added to the test's own.
    public init(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
        files = FileManager.default.temporaryDirectory.appending(path: "akin-run-\(UUID())")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.newFile(files.appending(path: "output"))
        process.standardError = try Self.newFile(files.appending(path: "errors"))
        try process.run()
    }

    private static func newFile(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    /// Sends it a signal, `SIGKILL` for example.
    public func send(signal: Int32) { kill(process.processIdentifier, signal) }

    /// Whether it has not ended yet.
    public var isRunning: Bool { process.isRunning }

    /// What it has written to standard error so far.
    public var errorsSoFar: String { text("errors") }

    /// Waits for its end.
    public func wait() -> ProgramResult {
        process.waitUntilExit()
        defer { try? FileManager.default.removeItem(at: files) }
        let code = process.terminationStatus
        return ProgramResult(
            code: process.terminationReason == .uncaughtSignal ? -code : code,
            output: text("output"), errors: text("errors"))
    }

    private func text(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: files.appending(path: name))) ?? Data(), as: UTF8.self)
    }
}
