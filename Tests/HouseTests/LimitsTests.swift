import Testing

/// How long files and functions may be. What is longer today is named with its length and the reason, may not grow,
/// and leaves the list when it is within the limit: so the list only gets shorter.
@Suite struct LimitsTests {
    struct Exception {
        /// Of the file its name alone, since files move between folders.
        var file: String
        var function: String
        var lines: Int
        var reason: String
    }

    static let fileLimit = 400
    static let functionLimit = 60

    static let longFunctions: [Exception] = []

    /// The functions of Sources that are too long; their reason is where they are.
    static func longFunctionsFound() throws -> [Exception] {
        // A house without files would keep to every limit.
        let sources = try House.sources()
        try #require(!sources.isEmpty)
        return sources.filter { $0.path.hasSuffix(".swift") }.flatMap { source in
            [Token](source: source.text).functions.filter { $0.lines > functionLimit }.map {
                Exception(
                    file: source.path.split(separator: "/").last.map(String.init)!, function: $0.name,
                    lines: $0.lines, reason: "\(source.module)/\(source.path):\($0.line)")
            }
        }
    }

    @Test func noFileIsTooLong() throws {
        let sources = try House.sources()
        try #require(!sources.isEmpty)
        for source in sources {
            // A line feed ends a line.
            let lines = source.text.utf8.count { $0 == UInt8(ascii: "\n") }
            #expect(lines <= Self.fileLimit, "\(source.module)/\(source.path)")
        }
    }

    @Test func noFunctionIsTooLongButThoseNamed() throws {
        for found in try Self.longFunctionsFound() {
            let allowed =
                Self.longFunctions.filter { $0.file == found.file && $0.function == found.function }
                .map(\.lines).max() ?? Self.functionLimit
            #expect(found.lines <= allowed, "\(found.reason) \(found.function)")
        }
    }

    @Test func whatIsWithinTheLimitLeavesTheList() throws {
        let found = try Self.longFunctionsFound()
        for exception in Self.longFunctions {
            #expect(
                found.contains { $0.file == exception.file && $0.function == exception.function },
                "\(exception.function) in \(exception.file) is within the limit now, or gone: take it off the list"
            )
        }
    }
}
