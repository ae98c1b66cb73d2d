import AkinBasics
import AkinImages
import Foundation
import TestSupport
import Testing

/// `akin query` between other programs: lists of pictures, one that keeps it open, tables.
@Suite struct QueryStreamTests {
    private let workshop: Workshop
    private var index: String { workshop.index }
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        try workshop.makeIndex()
    }

    private func write(_ label: String, _ number: Int) throws -> String {
        try workshop.folder.write(
            "queries/\(label)\(number).png", Workshop.picture(of: label, number).encodedAsPNG())
    }

    /// Runs it with something on standard input.
    private func ask(_ input: String, _ arguments: String...) throws -> ProgramResult {
        let file = try workshop.folder.write("input", input)
        return try Subprocess(
            URL(filePath: "/bin/sh"),
            [
                "-c", "input=$1; shift; exec \"$0\" query \"$@\" < \"$input\"", AkinProgram.url.path, file,
                index,
            ]
                + arguments
        ).wait()
    }

    @Test func listsOfPictures() throws {
        let pictures = try ["cook", "abbot"].map { try write($0, 9) }
        let odd = folder + "/two\nlines.png"
        try FileManager.default.copyItem(atPath: pictures[0], toPath: odd)
        let lines = "\u{FEFF}" + pictures.joined(separator: "\r\n") + "\n\nnowhere.png"
        for outcome in [
            try ask(lines, "--files-from", "-", "--json"),
            try AkinProgram.run("query", index, "--files-from", folder + "/input", "--json"),
        ] {
            let replies = try outcome.jsonLines()
            #expect(outcome.code == 0)
            #expect(replies.map { $0["input"] as? String } == pictures + ["", "nowhere.png"])
            #expect(replies.map { $0["label"] as? String } == ["cook", "abbot", nil, nil])
            #expect(replies.map { $0["error"] is String } == [false, false, true, true])
        }
        let bytes = try ask([odd, pictures[1]].joined(separator: "\0"), "--files-from", "-", "-0", "--json")
        #expect(try bytes.jsonLines().map { $0["input"] as? String } == [odd, pictures[1]])
        #expect(try ask("", "--files-from", "-", "--json").output == "")
        try ask("nowhere.png\n", "--files-from", "-").expectFailureAfterOutput(
            "'\(FileManager.default.currentDirectoryPath)")
    }

    @Test func aPictureOnStandardInput() throws {
        let picture = try write("cook", 9)
        let shell = try Subprocess(
            URL(filePath: "/bin/sh"),
            ["-c", "cat \"$2\" | \"$0\" query \"$1\" - --json", AkinProgram.url.path, index, picture]
        ).wait()
        let answer = try shell.json()
        #expect(answer["input"] as? String == "-" && answer["label"] as? String == "cook")
        let nothing = try ask("", "-", "--json")
        #expect(nothing.code == 1)
        #expect(try nothing.json()["error"] is String)
    }

    /// One that cannot be read at all ends nothing; nor does a name that is none.
    @Test func whatIsWrongWithOneIsItsOwn() throws {
        let picture = try write("cook", 9)
        try Folder.make(folder + "/locked")
        try workshop.folder.write("listed/.akinignore", "\0")
        let lines = [picture, folder + "/locked", folder + "/listed", "-", "a\0b", picture]
        let replies = try ask(lines.joined(separator: "\n"), "--files-from", "-", "--json").jsonLines()
        #expect(replies.map { $0["label"] is String } == [true, false, false, false, false, true])
        #expect((replies[4]["error"] as? String)?.contains("give -0") == true)
        let pages = try (0..<20).map { number in
            try workshop.folder.write(
                "pages/\(number).png", Workshop.picture(of: "cook", number).encodedAsPNG())
        }
        let all = try AkinProgram.run("query", index, folder + "/pages", "nowhere", "--json")
        #expect(try all.jsonLines().count == pages.count + 1)
    }

    /// Each line is answered before the next is written; at the end of its input it ends.
    @Test func staysOpenForAnotherProgram() throws {
        let pictures = try ["cook", "abbot", "bishop"].map { try write($0, 9) }
        let open = try OpenQuery(index)
        for (picture, label) in zip(pictures, ["cook", "abbot", "bishop"]) {
            let answer = try open.answer(picture)
            #expect(answer["label"] as? String == label && answer["input"] as? String == picture)
        }
        // What another program adds takes part in the next answer.
        let dean = try write("dean", 9)
        #expect(try open.answer(dean)["label"] as? String != "dean")
        try workshop.draw("dean", 0..<2)
        try AkinProgram.run("index", "add", index, workshop.pictures).expectSuccess()
        #expect(try open.answer(dean)["label"] as? String == "dean")
        #expect(try open.end() == 0)
    }

    /// The new backbone takes pictures of another size, and has embeddings of another dimension.
    @Test func anotherBackboneAnswersFromThenOn() throws {
        let pictures = try ["cook", "abbot", "bishop"].map { try write($0, 9) }
        let open = try OpenQuery(index)
        for change in [["rebuild", index, "--backbone", "pixels"], ["undo", index]] {
            try AkinProgram.run(["index"] + change).expectSuccess()
            for picture in pictures {
                let expected = try AkinProgram.run("query", index, picture, "--json").json()
                #expect(try open.answer(picture) as NSDictionary == expected as NSDictionary, "\(change)")
            }
        }
        #expect(try open.end() == 0)
    }

    /// It may be filled again while another program keeps a query open.
    @Test func anIndexThatIsEmptyForAWhile() throws {
        let picture = try write("cook", 9)
        let open = try OpenQuery(index)
        #expect(try open.answer(picture)["label"] as? String == "cook")
        try AkinProgram.run("index", "remove", index, workshop.pictures).expectSuccess()
        let error = try open.answer(picture)
        #expect(error["error"] as? String == "the index has no items to compare with; add some")
        #expect(error["input"] as? String == picture)
        try AkinProgram.run("index", "undo", index).expectSuccess()
        #expect(try open.answer(picture)["label"] as? String == "cook")
        #expect(try open.end() == 0)
    }

    /// As many as a shell's `*` names, each as it was given.
    @Test func manyArguments() throws {
        let pictures = try ["cook", "abbot"].map { try write($0, 9) }
        let names = (0..<300).map { pictures[$0 % 2] } + ["nowhere.png"]
        for command in [
            ["query", index, "--json"] + names, ["query", index] + names + ["-k", "1", "--json"],
        ] {
            let outcome = try AkinProgram.run(command)
            #expect(try outcome.jsonLines().map { $0["input"] as? String } == names)
        }
        let behind = try AkinProgram.run(["query", index, "--"] + names)
        #expect(behind.output.contains("\n301 pictures: 150 abbot, 150 cook, 1 not read\n"))
        try AkinProgram.run(["query", index] + names + [""])
            .expectWrongUsage("A path is empty")
        // Where no list is expected.
        let refused = try AkinProgram.run(["index", "stats", index] + names)
        #expect(refused.code == 64 && !refused.errors.contains("\0"))
    }

    /// What was answered until then is in the table, whatever the signal.
    @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedQueryKeepsItsTable(signal: Int32) throws {
        let pictures = try ["cook", "abbot"].map { try write($0, 9) }
        let (table, sheet) = (folder + "/table.csv", folder + "/sheet.html")
        let open = try OpenQuery(index, "--csv", table, "--sheet", sheet)
        for picture in pictures { _ = try open.answer(picture) }
        // Twice, as 'timeout' does.
        for _ in 0..<2 { open.send(signal: signal) }
        let error = try #require(try open.line()["error"] as? [String: String])
        #expect(
            error["kind"] == "interrupted"
                && error["message"]?.hasPrefix("interrupted after 2 answers") == true)
        #expect(try open.end() == 128 + signal)
        let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\r\n")
        #expect(rows.count == 3 && rows[2].hasPrefix("\(pictures[1]),known,abbot,"))
        #expect(try String(contentsOfFile: sheet, encoding: .utf8).hasSuffix("</html>\n"))
    }

    /// There is nothing to write.
    @Test func interruptedBeforeAnAnswerThereIsNoTable() throws {
        let table = folder + "/table.csv"
        let open = try OpenQuery(index, "--csv", table)
        usleep(300_000)
        open.send(signal: SIGINT)
        // On a machine that is busy it may not have begun, and a signal ends it.
        let code = open.ended()
        #expect([130, SIGINT].contains(code))
        #expect(!FileManager.default.fileExists(atPath: table))
    }

    @Test func theLeastSureComeFirst() throws {
        let pictures = try ["cook", "abbot"].map { try write($0, 9) } + ["nowhere.png"]
        // Half of one class and half of the other.
        let outcome = try AkinProgram.run(
            ["query", index] + pictures + ["--sort", "confidence", "--json", "-k", "5"])
        let replies = try outcome.jsonLines()
        #expect(replies[0]["error"] is String)
        let confidences = replies.dropFirst().compactMap { $0["confidence"] as? Double }
        #expect(confidences.count == 2 && confidences == confidences.sorted())
        // In the table too.
        let table = folder + "/table.csv"
        try AkinProgram.run(
            ["query", index] + pictures + ["--sort", "confidence", "-k", "5", "--csv", table]
        ).expectSuccess()
        let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\r\n")
        #expect(rows.count == 4)
        for (row, reply) in zip(rows.dropFirst(), replies) {
            #expect(row.hasPrefix("\(reply["input"] as? String ?? "?"),"))
        }
    }

    @Test func aSummaryAtTheEnd() throws {
        let pictures = try ["cook", "abbot", "cook"].map { try write($0, 9) } + ["nowhere.png"]
        let text = try AkinProgram.run(["query", index] + pictures).output
        #expect(text.contains("\n\n4 pictures: 2 cook, 1 abbot, 1 not read\n"))
        #expect(text.split(separator: "\n")[3].hasPrefix("not read "))
    }

    /// What a spreadsheet would change is marked, and what is not read has its place too.
    @Test func aTableForSpreadsheets() throws {
        let file = folder + "/table.csv"
        try workshop.draw("007", 0..<4)
        try AkinProgram.run("index", "add", index, workshop.pictures).expectSuccess()
        let pictures = [try write("007", 9), "nowhere.png"]
        try AkinProgram.run(["query", index] + pictures + ["--csv", file]).expectSuccess()
        let bytes = try Data(contentsOf: URL(filePath: file))
        #expect(bytes.prefix(3) == Data([0xEF, 0xBB, 0xBF]))
        let rows = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\r\n")
        #expect(rows.count == 3 && rows[0].hasPrefix("picture,verdict,answer,probability,second answer,"))
        #expect(rows[1].hasPrefix("\(pictures[0]),known,'007,"))
        #expect(rows[2].hasPrefix("nowhere.png,,,,,,,,\"there is no such file"))
    }
}

/// `akin query INDEX --files-from - --json`, kept open.
private struct OpenQuery {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ index: String, _ options: String...) throws {
        process.executableURL = AkinProgram.url
        process.arguments = ["query", index, "--files-from", "-", "--json"] + options
        (process.standardInput, process.standardOutput) = (input, output)
        process.standardError = FileHandle.nullDevice
        // A shell has ctrl-C ignored by what runs in its background, and by all that this starts.
        signal(SIGINT, SIG_DFL)
        try process.run()
    }

    /// Asks about a picture.
    func answer(_ picture: String) throws -> [String: Any] {
        // Where it has ended: an error, and no signal that ends the tests.
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, nil)
        defer {
            var (pending, number) = (sigset_t(), Int32())
            if sigpending(&pending) == 0, sigismember(&pending, SIGPIPE) == 1 { sigwait(&pipe, &number) }
            pthread_sigmask(SIG_UNBLOCK, &pipe, nil)
        }
        try input.fileHandleForWriting.write(contentsOf: Data((picture + "\n").utf8))
        return try line()
    }

    /// The next that it prints.
    func line() throws -> [String: Any] {
        var line = Data()
        while line.last != 0x0A {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "it has ended")
            line += more
        }
        return try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
    }

    func send(signal: Int32) { kill(process.processIdentifier, signal) }

    /// Ends its input; the exit code.
    func end() throws -> Int32 {
        try input.fileHandleForWriting.close()
        return ended()
    }

    /// Waits until it ends; the exit code.
    func ended() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}

extension ProgramResult {
    fileprivate func expectSuccess(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(code == 0, "\(errors)", sourceLocation: sourceLocation)
    }

    /// What was asked has been replied to, and yet nothing could be used.
    fileprivate func expectFailureAfterOutput(
        _ beginning: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            code == 1 && errors.hasPrefix("akin: error: " + beginning), "\(errors)",
            sourceLocation: sourceLocation)
    }
}
