import Foundation
import Testing

/// Whoever prints an error of Akin's, by whichever way, is to read what happened and what to do. Swift's own
/// `localizedDescription` of an error says "error 0" unless its type says otherwise.
@Suite struct ErrorsTests {
    /// A declaration of a public type, or an extension, with what it conforms to.
    private static func declarations(in text: String) -> [(name: String, conformances: [Substring])] {
        let pattern =
            /(?:public\s+(?:indirect\s+)?(?:final\s+)?(?:enum|struct|class|actor)|extension)\s+([\w.]+)(?:<[^{>]*>)?\s*:\s*([^{]+)\{/
        return text.matches(of: pattern).map { match in
            let list = match.output.2.split { ", \n".contains($0) }
            return (String(match.output.1), list.map { $0.split(separator: ".").last ?? $0 })
        }
    }

    /// The public types of a text that are errors and do not say what happened.
    private static func silentErrors(in text: String) -> [String] {
        declarations(in: text).filter { $0.conformances.contains("Error") }.map(\.name)
    }

    @Test func everyPublicErrorSaysWhatHappened() throws {
        let sources = try House.sources().filter { $0.path.hasSuffix(".swift") }
        var found = 0
        for source in sources {
            let silent = Self.silentErrors(in: source.text)
            #expect(silent.isEmpty, "\(source.module)/\(source.path): \(silent); make it an ExplainedError")
            found += Self.declarations(in: source.text).count { $0.conformances.contains("ExplainedError") }
        }
        #expect(found > 25)
    }

    /// What others might throw is caught on the way: no such type is left out of the search above for want of `public`.
    @Test func aSilentErrorIsFound() {
        #expect(Self.silentErrors(in: "public enum A: Error, Sendable {") == ["A"])
        #expect(Self.silentErrors(in: "public struct B: Sendable,\n    Swift.Error\n{") == ["B"])
        #expect(Self.silentErrors(in: "extension C: Error {") == ["C"])
        #expect(Self.silentErrors(in: "public enum D: ExplainedError {\nenum E: Error {").isEmpty)
    }
}
