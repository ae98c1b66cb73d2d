import AkinBasics
import AkinIndexing
import AkinItems
import Foundation

/// What a run of a recipe has written into its folder, as that was then: what the next one may replace.
struct RunRecord {
    /// Of the results.
    let folder: String

    /// Where the index lies.
    var index: String { folder + "/index" }

    /// Where an evaluation lies, as JSON and as a page.
    func report(_ evaluation: String) -> (json: String, page: String) {
        // Some file systems have no colons in names, and links take what stands before one for a protocol.
        let name = evaluation.replacing(":", with: "-")
        return ("\(folder)/report/\(name).json", "\(folder)/report/\(name).html")
    }

    /// Where the recipe lies, with all its keys.
    var recipe: String { folder + "/report/recipe.yaml" }

    /// Where the figures of all repetitions lie.
    var results: String { folder + "/report/results.json" }

    /// Of a path in the folder, whether a run has written what lies there, and nobody has changed it since.
    func owns(_ path: String) -> Bool {
        guard let written = read()?.files[name(of: path)], let found = state(of: path) else { return false }
        return written == found
    }

    /// Where something is to be written in the folder: over what a run has left there and nobody has changed.
    ///
    /// - Parameter replacing: Whether over anything else as well.
    func output(_ path: String, replacing: Bool) -> OutputFile {
        OutputFile(path, replacing: replacing || owns(path))
    }

    /// Where it is written itself: never over what is no such record.
    func own(replacing: Bool) -> OutputFile { OutputFile(file, replacing: replacing || read() != nil) }

    /// Notes what lies in the folder now at these paths; nothing of what is not there.
    func note(_ paths: [String], replacing: Bool) throws {
        var content = read() ?? Content(format: Self.format, files: [:])
        for path in paths { content.files[name(of: path)] = state(of: path) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try own(replacing: replacing).write(try encoder.encode(content) + [0x0A])
    }

    private struct Content: Codable {
        let format: String
        var files: [String: String]
    }

    private static let format = "akin-run-1"

    private var file: String { folder + "/report/files.json" }

    private func name(of path: String) -> String { String(path.dropFirst(folder.count + 1)) }

    /// Nil where there is none, or something else.
    private func read() -> Content? {
        guard let bytes = try? FileBytes.read(file, limit: 1 << 24),
            let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)),
            content.format == Self.format
        else { return nil }
        return content
    }

    /// The hash of a file's content; of the index, of the list of its changes, which grows with each.
    private func state(of path: String) -> String? {
        guard path == index else {
            return (try? FileBytes.read(path, limit: .max)).map { ContentHash(of: $0).description }
        }
        guard let index = try? EmbeddingIndex(opening: path, readOnly: true),
            let changes = try? index.history()
        else { return nil }
        let lines = changes.map { "\($0.number) \($0.time.timeIntervalSince1970) \($0.verb) \($0.summary)\n" }
        return ContentHash(of: lines.joined().utf8).description
    }
}
