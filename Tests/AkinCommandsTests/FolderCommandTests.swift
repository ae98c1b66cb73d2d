import AkinBasics
import AkinImages
import Foundation
import TestSupport
import Testing

/// Folders and names as people have them, at the command line.
@Suite struct FolderCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }
    private var pictures: String { workshop.pictures }

    init() throws {
        workshop = try Workshop()
        #expect(try AkinProgram.run("index", "create", index, "--backbone", workshop.backbone).code == 0)
    }

    private func draw(_ name: String, _ label: String, _ number: Int) throws {
        let path = pictures + "/" + name
        try Folder.make(String(path[..<path.lastIndex(of: "/")!]))
        try OutputFile(path, replacing: true).write(Workshop.picture(of: label, number).encodedAsPNG())
    }

    private func stats() throws -> [String: Int]? {
        try AkinProgram.run("index", "stats", index, "--json").json()["labels"] as? [String: Int]
    }

    /// Through a shell, which alone can give arguments that are not UTF-8.
    private func shell(_ command: String, environment: [String: String] = [:]) throws -> ProgramResult {
        try Subprocess(
            URL(fileURLWithPath: "/bin/sh"), ["-c", command, AkinProgram.url.path, index, pictures],
            environment: environment
        ).wait()
    }

    /// A manifest that has been through a spreadsheet.
    @Test func aLabelThatASpreadsheetHasMadeIsRefused() throws {
        for number in 0..<3 { try draw("007/\(number).png", "king", number) }
        #expect(try AkinProgram.run("index", "add", index, pictures).code == 0)
        try workshop.folder.write("more/7.png", Workshop.picture(of: "king", 7).encodedAsPNG())
        let list = try workshop.folder.write("list.csv", "path,label\nmore/7.png,7\n")
        for more in [[], ["--dry-run"]] {
            try AkinProgram.run(["index", "add", index, list] + more).expectFailure(
                "\(list), line 2: '7' looks like what a spreadsheet makes of '007'")
        }
        #expect(try stats() == ["007": 3])
        // Marked, it is meant.
        try workshop.folder.write("list.csv", "path,label\nmore/7.png,'7\n")
        #expect(try AkinProgram.run("index", "add", index, list).code == 0)
        #expect(try stats() == ["007": 3, "7": 1])
        // One that is marked in the same table counts as known.
        for name in ["a", "b"] {
            try workshop.folder.write("more/\(name).png", Workshop.picture(of: "king", 8).encodedAsPNG())
        }
        let both = try workshop.folder.write("both.csv", "path,label\nmore/a.png,'08\nmore/b.png,8\n")
        try AkinProgram.run("index", "add", index, both).expectFailure(
            "\(both), line 3: '8' looks like what a spreadsheet makes of '08'")
    }

    @Test func whatIsPassedOverIsSaid() throws {
        for number in 0..<3 { try draw("king/fol. \(number)", "king", number) }
        try draw("king/@eaDir/0/THUMB.jpg", "king", 9)
        try draw("#recycle/old.png", "king", 8)
        for name in ["king/a.txt", "king/b.txt", "lists/c", "lists/d.md"] {
            try workshop.folder.write("pictures/" + name, "text")
        }
        let added = try AkinProgram.run("index", "add", index, pictures)
        #expect(added.code == 0 && added.output.hasPrefix("3 added, 6 ignored ("), "\(added.output)")
        #expect(
            added.errors == """
                akin: note: no picture in 'lists' (1 .md, 1 without ending) of \(pictures)
                akin: note: ignored 2 .txt, 1 #recycle, 1 .md, 1 @eaDir, 1 without ending

                """)
        #expect(try stats() == ["king": 3])
        let synced = try AkinProgram.run("index", "sync", index, pictures, "--json").json()
        let ignored = try #require(synced["ignored"] as? [[String: Any]])
        #expect(ignored.first?["kind"] as? String == ".txt" && ignored.first?["count"] as? Int == 2)
        #expect(ignored.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == 6)
        try AkinProgram.run("index", "add", index, pictures + "/lists", "--label", "x")
            .expectFailure("\(pictures)/lists holds no pictures, but 1 .md, 1 without ending; put pictures")
    }

    @Test func pagesAreCountedOrTaken() throws {
        let scan = try workshop.folder.write(
            "pictures/king/scan.tif", Fixtures.bytes("pictures/tiff-pages.tif"))
        let added = try AkinProgram.run("index", "add", index, pictures, "--json")
        #expect(added.code == 0)
        #expect(
            added.errors.contains(
                "note: 2 more pages behind the first that is taken: \(scan) (2); 'scan.tif#2' names a second")
        )
        let pages = try #require(try added.json()["pages"] as? [[String: Any]])
        #expect(pages.count == 1 && pages[0]["source"] as? String == scan && pages[0]["more"] as? Int == 2)
        let all = try AkinProgram.run("index", "sync", index, pictures, "--pages", "all", "--json").json()
        #expect(all["added"] as? Int == 2 && all["unchanged"] as? Int == 1)
        #expect((all["pages"] as? [Any])?.isEmpty == true)
        // They stay when the first ones are synced.
        let again = try AkinProgram.run("index", "sync", index, pictures, "--json").json()
        #expect(again["removed"] as? Int == 0)
        #expect(try stats() == ["king": 3])
        let answer = try AkinProgram.run("query", index, scan + "#2", "--json").json()
        #expect(answer["source"] as? String == scan + "#2" || answer["input"] as? String == scan + "#2")
    }

    #if os(Linux)
    /// libheif is opened when it is first needed: without it, all else is read.
    @Test func withoutLibheifTheMessageNamesIt() throws {
        try workshop.folder.write("pictures/king/a.avif", Fixtures.bytes("pictures/avif-420.avif"))
        try draw("king/b.png", "king", 1)
        // What is found first under its name is no library.
        try workshop.folder.write("libraries/libheif.so.1", "")
        let added = try AkinProgram.run(
            "index", "add", index, pictures, "--json",
            environment: ["LD_LIBRARY_PATH": workshop.folder.path + "/libraries"]
        ).json()
        #expect(added["added"] as? Int == 1)
        let skipped = try #require(added["skipped"] as? [[String: Any]])
        let reason = try #require(skipped.first?["reason"] as? String)
        #expect(skipped.count == 1 && reason.contains("Debian's package is libheif1"), "\(reason)")
    }
    #endif

    @Test func filesAreIgnoredOnRequest() throws {
        for name in ["king/1.png", "king/draft 2.png", "drafts/3.png", "king/4.bak.png"] {
            try draw(name, "king", 1)
        }
        try workshop.folder.write("pictures/.akinignore", "drafts/\n")
        let arguments = [pictures, "--ignore", "*draft*", "--ignore", "*.bak.*", "--json"]
        let added = try AkinProgram.run(["index", "add", index] + arguments).json()
        #expect(added["added"] as? Int == 1)
        #expect(try AkinProgram.run(["index", "sync", index] + arguments).json()["unchanged"] as? Int == 1)
        #expect(try AkinProgram.run(["query", index] + arguments).jsonLines().count == 1)
        #expect(
            try AkinProgram.run(["evaluate", "held-out", index, "--keep-copies"] + arguments).json()["items"]
                as? Int == 1)
    }

    @Test func partsOfADataSetAreRefused() throws {
        for part in ["train", "val", "test"] {
            for label in ["abbot", "bishop"] {
                for n in 0..<2 { try draw("\(part)/\(label)/\(n).png", label, n) }
            }
        }
        let message =
            "\(pictures) holds the parts of a data set (test, train, val), not classes; give one of them, such as "
            + "\(pictures)/train, or take labels from the folders in them (abbot, bishop) with --label-depth 2; "
        for command in [
            ["index", "add", index], ["index", "sync", index], ["evaluate", "held-out", index],
            ["evaluate", "pairs", workshop.backbone],
        ] { try AkinProgram.run(command + [pictures]).expectFailure(message) }
        #expect(try stats() == [:])

        let added = try AkinProgram.run("index", "add", index, pictures, "--label-depth", "2")
        #expect(added.code == 0 && added.errors == "")
        #expect(try stats() == ["abbot": 6, "bishop": 6])
        let held = ["evaluate", "held-out", index, pictures, "--json", "-k", "1"]
        #expect(try AkinProgram.run(held + ["--label-depth", "2"]).json()["errors"] as? Int == 0)
        #expect(try AkinProgram.run(held + ["--label-depth", "1"]).json()["errors"] as? Int == 12)
        try AkinProgram.run("index", "add", index, pictures, "--label-depth", "0")
            .expectWrongUsage("--label-depth must be at least 1")
        try AkinProgram.run("index", "add", index, pictures, "--label-depth", "2", "--label", "x")
            .expectWrongUsage("give no other label with it")
    }

    @Test func subfoldersAreSaid() throws {
        for user in ["anna", "bela"] {
            for kind in ["forged", "genuine"] { try draw("\(user)/\(kind)/1.png", user, 1) }
        }
        let added = try AkinProgram.run("index", "add", index, pictures)
        #expect(added.code == 0 && added.errors.hasPrefix("akin: note: the pictures of 'anna', 'bela' in "))
        #expect(added.errors.contains("; --label-depth 2 "))
        #expect(try stats() == ["anna": 2, "bela": 2])
        #expect(try AkinProgram.run("index", "add", index, pictures, "--label-depth", "1").errors == "")
    }

    /// A name that is not UTF-8 is taken, named by its text, and found again by that and by itself.
    @Test func anyNameIsTaken() throws {
        try draw(#"king/K\xf6nig.png"#, "king", 1)
        try draw(#"b\xfcrger/\\x41.png"#, "bishop", 1)
        let added = try AkinProgram.run("index", "add", index, pictures)
        #expect(added.code == 0 && added.output.hasPrefix("2 added ("), "\(added.errors)")
        #expect(try stats() == ["king": 1, #"b\xfcrger"#: 1])
        let sources = [pictures + #"/b\xfcrger/\\x41.png"#, pictures + #"/king/K\xf6nig.png"#]
        let listed = try AkinProgram.run("index", "list", index)
        #expect(sources.allSatisfy { listed.output.contains($0) })
        #expect(
            Set(
                try AkinProgram.run("index", "list", index, "--json").jsonLines().compactMap {
                    $0["source"] as? String
                }) == Set(sources))

        let byItself = try shell(#"exec "$0" query "$1" "$2/king/K$(printf '\366')nig.png" --json"#)
        #expect(byItself.code == 0, "\(byItself.errors)")
        #expect(try byItself.json()["source"] as? String == sources[1])
        for argument in [sources[1], sources[0], pictures + #"/b\xfcrger"#] {
            #expect(try AkinProgram.run("query", index, argument, "--json").code == 0)
        }
        // The name of a file comes before the text of another.
        let literal = try shell(#"exec "$0" query "$1" "$2/b$(printf '\374')rger/"'\x41.png' --json"#)
        #expect(try literal.json()["source"] as? String == sources[0], "\(literal.errors)")
        let gone = try AkinProgram.run("query", index, pictures + #"/king/L\xf6we.png"#)
        #expect(gone.errors.hasPrefix("akin: error: '\(pictures)/king/L\\xf6we.png': there is no such file"))

        let sheet = workshop.folder.path + "/answers.html"
        #expect(try AkinProgram.run("query", index, sources[1], "--sheet", sheet).code == 0)
        #expect(try String(contentsOfFile: sheet, encoding: .utf8).contains(#"K\xf6nig.png"#))
        // Out and in again, and away.
        let (items, vectors, lines) = (sheet + ".csv", sheet + ".npy", sheet + ".jsonl")
        #expect(try AkinProgram.run("index", "export", index, vectors, items).code == 0)
        #expect(try AkinProgram.run("index", "export", index, lines).code == 0)
        for files in [[vectors, items, "--same-backbone"], [lines]] {
            let back = try AkinProgram.run(["index", "import", index] + files + ["--json"]).json()
            #expect(back["unchanged"] as? Int == 2 || back["updated"] as? Int == 2, "\(back)")
        }
        #expect(
            try AkinProgram.run("index", "sync", index, pictures, "--json").json()["removed"] as? Int == 0)
        #expect(try AkinProgram.run("index", "remove", index, sources[0]).code == 0)
        #expect(try shell(#"exec "$0" index remove "$1" "$2/king/K$(printf '\366')nig.png""#).code == 0)
        #expect(try stats() == [:])
    }

    /// The index itself may lie in such a folder.
    @Test func anIndexMayLieAnywhere() throws {
        try draw("king/1.png", "king", 1)
        let made = try shell(
            #"""
            cd "$2" && mkdir "$(printf 'K\366')" && cd K* || exit 9
            "$0" index create ix --backbone "$BACKBONE" && "$0" index add ix .. && "$0" index compact ix &&
            "$0" index stats ../K*/ix --json && "$0" index snapshot ix "$(printf 'copy\377')" && "$0" index list copy*
            """#, environment: ["BACKBONE": workshop.backbone])
        #expect(made.code == 0 && made.output.contains(#""items":1"#), "\(made)")
    }

    @Test func tablesAreReadAsTheyAre() throws {
        for number in 0..<2 { try draw("\(number).png", "lion", number) }
        let manifest = try workshop.folder.write(
            "list.csv", "label;path;split;is_query\nlion;pictures/0.png;train;\nking;pictures/1.png;train;\n")
        let added = try AkinProgram.run("index", "add", index, manifest)
        #expect(added.code == 0 && added.output.hasPrefix("2 added ("))
        #expect(
            added.errors == """
                akin: note: the fields of \(manifest) are separated by semicolons, not by commas
                akin: note: columns of \(manifest) that were left out: is_query

                """)
        try workshop.folder.write("list.csv", "filename,class\na.png,x\n")
        try AkinProgram.run("index", "add", index, manifest)
            .expectFailure("\(manifest): no column 'path'; if 'filename' is meant, call it path")

        let vectors = workshop.folder.path + "/v.npy"
        #expect(try AkinProgram.run("index", "export", index, vectors, vectors + ".csv").code == 0)
        let items = try workshop.folder.write("items.csv", "\"class\";source\n\"x;y\";\"a\"\nz;b\n")
        let imported = try AkinProgram.run("index", "import", index + "2", vectors, items)
        #expect(imported.code == 0 && imported.errors.contains("separated by semicolons"))
        #expect(imported.errors.contains("left out: class (for label?)\n"))
        let listed = try AkinProgram.run("index", "list", index + "2", "--json").jsonLines()
        #expect(listed.map { $0["source"] as? String } == ["a", "b"])
    }

    /// On a terminal only.
    @Test func tablesAreFolded() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else {
            print("skipped: there is no script(1) here")
            return
        }
        let label = "a label that is much too long for a narrow terminal"
        for number in 0..<3 { try draw("\(label)/\(number).png", "king", number) }
        #expect(try AkinProgram.run("index", "add", index, pictures).code == 0)
        let commands = [
            #"index stats "$1""#, #"index list "$1""#, #"evaluate leave-one-out "$1" -k 1"#,
            #"query "$1" "$2"/a*/0.png --details"#,
        ]
        for command in commands {
            let whole = try shell(#"COLUMNS=40 exec "$0" "# + command)
            #expect(whole.code == 0 && whole.output.contains(label))
            let inner = ([AkinProgram.url.path, index, pictures].enumerated()).reduce(#""$0" "# + command) {
                $0.replacingOccurrences(of: "$\($1.offset)", with: $1.element)
            }
            let folded = try Subprocess(
                URL(fileURLWithPath: "/usr/bin/script"), ["-qec", inner, "/dev/null"],
                environment: ["COLUMNS": "40"]
            ).wait()
            // Sentences are left to the terminal.
            let lines = folded.output.split(whereSeparator: \.isNewline)
            let rows = lines.filter { $0.trimmingCharacters(in: .whitespaces).contains("  ") }
            #expect(
                folded.code == 0 && !rows.isEmpty && rows.allSatisfy { $0.count <= 40 }, "\(folded.output)")
            #expect(lines.contains { $0.contains("terminal") && $0.count <= 40 }, "\(folded.output)")
        }
    }
}
