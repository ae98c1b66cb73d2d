import Foundation
import TestSupport
import Testing

/// The built `akin`, which lies beside the test bundle.
enum AkinProgram {
    static let url: URL = {
        let bundle =
            Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
            ?? URL(fileURLWithPath: CommandLine.arguments[0])
        return bundle.deletingLastPathComponent().appendingPathComponent("akin")
    }()

    /// Runs it to its end.
    static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> ProgramResult {
        try run(arguments, environment: environment)
    }

    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> ProgramResult {
        try start(arguments, environment: environment).wait()
    }

    static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Subprocess {
        // The width of help texts must not depend on where the tests run.
        try Subprocess(url, arguments, environment: ["COLUMNS": "100"].merging(environment) { $1 })
    }
}

extension ProgramResult {
    /// The JSON document that was printed.
    func json() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }

    /// The JSON documents that were printed, one a line.
    func jsonLines() throws -> [[String: Any]] {
        try output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// Of what was printed nothing but, for scripts, the error as an object.
    private var printsNothingElse: Bool {
        guard !output.isEmpty, let printed = try? json(), let error = printed["error"] as? [String: String]
        else {
            return output.isEmpty
        }
        return printed.count == 1 && error["kind"] != nil && error["message"] != nil
    }

    /// That it failed as failures have to look: code 1 (130 where it was interrupted), nothing printed, one line that begins like
    /// this.
    func expectFailure(
        _ beginning: String, code expected: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(code == expected, sourceLocation: sourceLocation)
        #expect(printsNothingElse, "\(output)", sourceLocation: sourceLocation)
        #expect(errors.hasPrefix("akin: error: " + beginning), "\(errors)", sourceLocation: sourceLocation)
        #expect(errors.split(separator: "\n").count == 1, "\(errors)", sourceLocation: sourceLocation)
    }

    /// That it was refused as wrong usage, with a hint at the help.
    func expectWrongUsage(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(code == 64, sourceLocation: sourceLocation)
        #expect(printsNothingElse, "\(output)", sourceLocation: sourceLocation)
        #expect(
            errors.hasPrefix("akin: error: ") && errors.contains(text) && errors.contains("--help"),
            "\(errors)",
            sourceLocation: sourceLocation)
    }
}

extension Workshop {
    /// An index of the pictures drawn so far.
    func makeIndex() throws {
        let created = try AkinProgram.run("index", "create", index, "--backbone", backbone)
        #expect(created.code == 0, "\(created.errors)")
        let added = try AkinProgram.run("index", "add", index, pictures)
        #expect(added.code == 0, "\(added.errors)")
    }
}
