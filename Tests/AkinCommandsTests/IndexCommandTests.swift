import AkinImages
import AkinIndexing
import AkinItems
import AkinStorage
import Foundation
import TestSupport
import Testing

/// `akin index create|add|remove|relabel|list|stats`, as a user runs them.
@Suite struct IndexCommandTests {
    private let workshop: Workshop
    private var index: String { workshop.index }

    init() throws {
        workshop = try Workshop()
        try workshop.draw("abbot", 0..<3)
        try workshop.draw("bishop", 0..<2)
    }

    private func stats() throws -> [String: Any] {
        try AkinProgram.run("index", "stats", index, "--json").json()
    }

    @Test func aSecondWriterWaitsAndSaysSo() throws {
        try workshop.makeIndex()
        let environment = try Environment(at: index)
        let removing = try environment.write { _ in
            let removing = try AkinProgram.start(["index", "remove", index, "--label", "abbot"])
            while removing.isRunning, removing.errorsSoFar.isEmpty { usleep(2000) }
            #expect(removing.isRunning)
            return removing
        }
        let outcome = removing.wait()
        #expect(outcome.code == 0 && outcome.output == "3 items removed, 2 left\n")
        #expect(outcome.errors == "akin: waiting for another program that is changing the index\n")
        #expect(try EmbeddingIndex(opening: index).history().map(\.verb) == [.remove, .add])
    }

    /// The signal that comes with the limit does not end the program.
    @Test func aLimitOnFileSizesIsAnError() throws {
        try workshop.makeIndex()
        let before = try stats()["items"] as? Int
        try workshop.draw("count", 0..<40)
        let command = ["index", "add", index, workshop.pictures]
        let limited = try Subprocess(
            URL(fileURLWithPath: "/bin/bash"),
            ["-c", "ulimit -f 4; exec \"$@\"", "limited", AkinProgram.url.path] + command)
        let outcome = limited.wait()
        #expect(outcome.code == 1 && outcome.errors.contains("raise the limit on file sizes"), "\(outcome)")
        #expect(try stats()["items"] as? Int == before)
        #expect(try AkinProgram.run(command).code == 0)
    }

    @Test func makesAndFillsAnIndex() throws {
        let created = try AkinProgram.run(
            "index", "create", index, "--backbone", workshop.backbone, "--metric", "cosine", "--json")
        let made = try created.json()
        #expect(made["index"] as? String == index)
        #expect(made["dimension"] as? Int == 8)
        #expect(made["metric"] as? String == "cosine")
        #expect(created.errors == "")

        let added = try AkinProgram.run("index", "add", index, workshop.pictures, "--json").json()
        #expect(added["added"] as? Int == 5)
        #expect(added["updated"] as? Int == 0 && added["unchanged"] as? Int == 0)
        #expect((added["skipped"] as? [Any])?.count == 0)
        #expect(try #require(added["images_per_second"] as? Double) > 0)

        let again = try AkinProgram.run("index", "add", index, workshop.pictures, "--json").json()
        #expect(again["added"] as? Int == 0 && again["unchanged"] as? Int == 5)

        let found = try stats()
        #expect(found["items"] as? Int == 5)
        #expect(found["labels"] as? [String: Int] == ["abbot": 3, "bishop": 2])
        #expect(found["dimension"] as? Int == 8)
        #expect(found["metric"] as? String == "cosine")
        #expect(try #require(found["bytes"] as? Int) > 0)
        let backbone = try #require(found["backbone"] as? [String: Any])
        let shown = try AkinProgram.run("backbone", "show", workshop.backbone, "--json").json()
        #expect(backbone["hash"] as? String == shown["hash"] as? String && backbone["hash"] is String)
        #expect(backbone["name"] as? String == shown["backbone"] as? String)
        #expect(backbone["dimension"] as? Int == 8 && backbone["stored"] as? Bool == true)
    }

    @Test func speaksToPeople() throws {
        let created = try AkinProgram.run("index", "create", index, "--backbone", workshop.backbone)
        #expect(created.output == "\(index): an empty index of 8 dimensions, metric l2\n")
        let added = try AkinProgram.run("index", "add", index, workshop.pictures, "--verbose")
        #expect(added.output.hasPrefix("5 added ("))
        #expect(added.errors.contains("kernels") && added.errors.contains("threads"))
        #expect(try AkinProgram.run("index", "stats", index).output.contains("  3  abbot\n  2  bishop\n"))
        let list = try AkinProgram.run("index", "list", index, "--label", "bishop").output
        #expect(list.split(separator: "\n").count == 2)
        #expect(list.contains("  bishop  \(workshop.pictures)/bishop/0.png\n"))
    }

    @Test func addsFilesWithALabelAndManifests() throws {
        try workshop.makeIndex()
        let file = try workshop.folder.write("new.png", Workshop.picture(of: "cook", 1).encodedAsPNG())
        #expect(try AkinProgram.run("index", "add", index, file, "--label", "cook", "--json").code == 0)
        try workshop.folder.write("more/d.png", Workshop.picture(of: "dean", 1).encodedAsPNG())
        let manifest = try workshop.folder.write("list.csv", "path,label,group\nmore/d.png,dean,page 7\n")
        #expect(try AkinProgram.run("index", "add", index, manifest).output.hasPrefix("1 added"))

        let lines = try AkinProgram.run("index", "list", index, "--json").jsonLines()
        #expect(lines.count == 7)
        #expect(lines.map { $0["id"] as? Int } == Array(1...7))
        #expect(lines[5]["label"] as? String == "cook" && lines[5]["source"] as? String == file)
        #expect(lines[6]["label"] as? String == "dean" && lines[6]["group"] as? String == "page 7")

        let both = try AkinProgram.run("index", "add", index, manifest, "--label", "x")
        both.expectWrongUsage("brings its own labels")
    }

    @Test func removesAndRelabels() throws {
        try workshop.makeIndex()
        let file = workshop.pictures + "/abbot/1.png"
        let removed = try AkinProgram.run("index", "remove", index, file, "--json").json()
        #expect(removed["removed"] as? Int == 1 && removed["items"] as? Int == 4)
        try AkinProgram.run("index", "remove", index, file).expectFailure(
            "no item of the index comes from '\(file)'")

        let relabelled = try AkinProgram.run(
            "index", "relabel", index, "--label", "bishop", "--to", "pope", "--json"
        ).json()
        #expect(relabelled["relabelled"] as? Int == 2 && relabelled["label"] as? String == "pope")
        #expect(try stats()["labels"] as? [String: Int] == ["abbot": 2, "pope": 2])

        // One that is not there: nothing is removed.
        try AkinProgram.run("index", "remove", index, "--id", "1", "--id", "99").expectFailure(
            "there is no item 99")
        try AkinProgram.run("index", "remove", index, "--label", "poep")
            .expectFailure("there is no label 'poep' in the index; did you mean 'pope'?")
        #expect(try stats()["items"] as? Int == 4)

        // A folder names all items from it.
        let folder = try AkinProgram.run("index", "remove", index, workshop.pictures + "/abbot/")
        #expect(folder.output == "2 items removed, 2 left\n")
        #expect(
            try AkinProgram.run("index", "remove", index, "--id", "4").output == "1 item removed, 1 left\n")
    }

    /// What somebody has corrected is not undone because the folder is called as it was.
    @Test func correctedLabelsStay() throws {
        try workshop.makeIndex()
        let one = workshop.pictures + "/abbot/1.png"
        #expect(
            try AkinProgram.run("index", "relabel", index, one, "--to", "dean").output
                == "1 item now 'dean', a new label\n")
        let note = "; 1 item kept a label that is not the folder's\n"
        for command in ["add", "sync"] {
            #expect(
                try AkinProgram.run("index", command, index, workshop.pictures).output == "5 unchanged" + note
            )
        }
        // Also where the picture has changed; --label and a manifest are asked for.
        try workshop.folder.write("pictures/abbot/1.png", Workshop.picture(of: "abbot", 99).encodedAsPNG())
        let changed = try AkinProgram.run("index", "add", index, workshop.pictures).output
        #expect(changed.hasPrefix("1 updated, 4 unchanged") && changed.hasSuffix(note), "\(changed)")
        #expect(try stats()["labels"] as? [String: Int] == ["abbot": 2, "bishop": 2, "dean": 1])
        #expect(try AkinProgram.run("index", "add", index, one, "--label", "pope").code == 0)
        #expect(try stats()["labels"] as? [String: Int] == ["abbot": 2, "bishop": 2, "pope": 1])
        try workshop.folder.write("list.csv", "path,label\npictures/abbot/1.png,abbot\n")
        #expect(try AkinProgram.run("index", "add", index, workshop.folder.path + "/list.csv").code == 0)
        #expect(try stats()["labels"] as? [String: Int] == ["abbot": 3, "bishop": 2])
    }

    @Test func slipsThatWouldChangeEverythingAreRefused() throws {
        try workshop.makeIndex()
        for command in [
            ["remove", index, ""], ["relabel", index, "", "--to", "x"], ["add", index, ""],
            ["sync", index, ""],
        ] {
            try AkinProgram.run(["index"] + command).expectWrongUsage("A path is empty")
        }
        try AkinProgram.run("query", index, "").expectWrongUsage("A path is empty")
        for label in ["", "  ", "\u{A0}"] {
            try AkinProgram.run("index", "add", index, workshop.pictures, "--label", label)
                .expectWrongUsage("at least one letter")
        }
        try AkinProgram.run("index", "relabel", index, "--label", "abbot", "--to", "dean ")
            .expectWrongUsage("The label 'dean ' begins or ends with a blank")
        #expect(try stats()["labels"] as? [String: Int] == ["abbot": 3, "bishop": 2])
    }

    /// A file that is opened must not get the number of a closed stream, and with it what is printed.
    @Test func closedStreamsAreNotWrittenIntoTheIndex() throws {
        try workshop.makeIndex()
        try workshop.folder.write("pictures/abbot/broken.png", "")
        let before = try stats()
        for closed in ["<&- >&- 2>&-", "2>&-", ">&- 2>&-", "<&- 2>&-"] {
            let shell = try Subprocess(
                URL(filePath: "/bin/sh"),
                [
                    "-c", "exec \"$0\" index add \"$1\" \"$2\" \(closed)", AkinProgram.url.path, index,
                    workshop.pictures,
                ]
            ).wait()
            // What is printed nowhere is lost.
            #expect(shell.code == (closed.contains(">&- ") ? 1 : 0), "\(closed)")
            #expect(
                try stats()["labels"] as? [String: Int] == before["labels"] as? [String: Int], "\(closed)")
            #expect(try AkinProgram.run("index", "verify", index).code == 0, "\(closed)")
        }
    }

    #if os(Linux)
    @Test(arguments: [[], ["--json"]]) func outputThatCannotBeWrittenIsAnError(json: [String]) throws {
        try workshop.makeIndex()
        let commands = [
            ["index", "list", index], ["index", "stats", index], ["index", "history", index],
            ["query", index, workshop.pictures], ["evaluate", "leave-one-out", index],
        ]
        for command in commands {
            let shell = try Subprocess(
                URL(filePath: "/bin/sh"),
                ["-c", "exec \"$@\" > /dev/full", "sh", AkinProgram.url.path] + command + json
            ).wait()
            #expect(shell.code == 1, "\(command)")
            #expect(
                shell.errors.contains(
                    "akin: error: the output could not be written: "),
                "\(shell.errors)")
            let silent = try Subprocess(
                URL(filePath: "/bin/sh"),
                ["-c", "exec \"$@\" 2> /dev/full", "sh", AkinProgram.url.path] + command + json
            ).wait()
            #expect(silent.code == 0 && !silent.output.isEmpty, "\(command)")
        }
    }

    @Test(arguments: ["--help", "help query", "--generate-completion-script bash", "--version"])
    func soAreHelpAndCompletions(command: String) throws {
        let shell = try Subprocess(
            URL(filePath: "/bin/sh"), ["-c", "exec \"$0\" \(command) > /dev/full", AkinProgram.url.path]
        ).wait()
        #expect(shell.code == 1 && shell.errors.contains("the output could not be written: "))
    }
    #endif

    @Test func followsAFolder() throws {
        try workshop.makeIndex()
        try FileManager.default.removeItem(atPath: workshop.pictures + "/abbot/1.png")
        try workshop.folder.write(
            "pictures/abbot/2.png", Workshop.picture(of: "abbot", 99).encodedAsPNG())
        try workshop.draw("cook", 0..<2)
        let elsewhere = try workshop.folder.write("e.png", Workshop.picture(of: "abbot", 5).encodedAsPNG())
        #expect(try AkinProgram.run("index", "add", index, elsewhere, "--label", "dean").code == 0)

        let report = try AkinProgram.run("index", "sync", index, workshop.pictures, "--json").json()
        let counts = ["added", "updated", "removed", "unchanged"].map { report[$0] as? Int }
        #expect(counts == [2, 1, 1, 3])
        #expect(try stats()["labels"] as? [String: Int] == ["abbot": 2, "bishop": 2, "cook": 2, "dean": 1])
        #expect(try AkinProgram.run("index", "sync", index, workshop.pictures).output == "6 unchanged\n")

        // A folder that has gone, or is empty, is no reason to remove everything.
        try FileManager.default.removeItem(atPath: workshop.pictures)
        let gone = try AkinProgram.run("index", "sync", index, workshop.pictures)
        gone.expectFailure("\(workshop.pictures)")
        try FileManager.default.createDirectory(atPath: workshop.pictures, withIntermediateDirectories: true)
        try AkinProgram.run("index", "sync", index, workshop.pictures)
            .expectFailure("\(workshop.pictures) holds no pictures")
        #expect(try stats()["items"] as? Int == 7)
    }

    /// What a user's folder may hold besides good pictures.
    @Test func goesOnPastFilesThatCannotBeRead() throws {
        let png = Workshop.picture(of: "abbot", 1).encodedAsPNG()
        let jpeg = try Workshop.picture(of: "abbot", 1, side: 64).encodedAsJPEG()
        let folder = workshop.folder
        let bad = [
            try folder.write("pictures/abbot/text.jpg", "not a picture at all"),
            try folder.write("pictures/abbot/truncated.jpg", Array(jpeg.prefix(jpeg.count / 2))),
            try folder.write("pictures/abbot/empty.png", []),
            try folder.write("pictures/abbot/huge.png", PNGWriter.claiming(width: 60000, height: 60000)),
        ]
        try folder.write("pictures/two words/one.png", png)
        try folder.write("pictures/Zürich/Größe.png", png)
        try folder.write("pictures/写本/巻一.png", png)
        let locked = try folder.write("pictures/abbot/locked.png", png)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: locked)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: locked) }
        // To the superuser no file is locked.
        let isLocked = getuid() != 0
        try FileManager.default.createSymbolicLink(
            atPath: workshop.pictures + "/abbot/loop", withDestinationPath: "..")
        try FileManager.default.createSymbolicLink(
            atPath: workshop.pictures + "/abbot/self.png", withDestinationPath: "self.png")

        #expect(try AkinProgram.run("index", "create", index, "--backbone", workshop.backbone).code == 0)
        let outcome = try AkinProgram.run("index", "add", index, workshop.pictures, "--json")
        #expect(outcome.code == 0)
        let report = try outcome.json()
        #expect(report["added"] as? Int == (isLocked ? 8 : 9))
        let skipped = try #require(report["skipped"] as? [[String: String]])
        let named = Set(skipped.map { $0["source"] })
        for path in bad + [workshop.pictures + "/abbot/self.png"] + (isLocked ? [locked] : []) {
            #expect(named.contains(path), "\(path) is not among the skipped")
            #expect(outcome.errors.contains(path))
        }
        for one in skipped {
            #expect(one["reason"]?.isEmpty == false && one["reason"]?.contains("\n") == false)
        }
        let huge = try #require(skipped.first { $0["source"] == bad[3] })
        #expect(huge["reason"]?.contains("cannot be decoded") == true)
        #expect(try #require(stats()["labels"] as? [String: Int])["two words"] == 1)

        let strict = try AkinProgram.run("index", "add", index, workshop.pictures, "--strict")
        #expect(strict.code == 1 && strict.output.contains("unchanged"))
        #expect(
            strict.errors.split(separator: "\n").last?.hasPrefix(
                "akin: error: \(skipped.count) images were skipped") == true)
    }

    @Test func wrongUsage() throws {
        try AkinProgram.run("index", "stats", index).expectFailure("'\(index)' is no index")
        try AkinProgram.run("index", "add", index, workshop.pictures).expectFailure("'\(index)' is no index")
        let text = try workshop.folder.write("notes.txt", "no checkpoint, just notes that somebody has taken")
        try AkinProgram.run("index", "create", index, "--backbone", text).expectFailure(
            "\(text) is not a checkpoint")
        try AkinProgram.run("index", "create", index, "--backbone", text + "x").expectFailure(
            "the checkpoint \(text)x")
        try AkinProgram.run("index", "create", index).expectWrongUsage("--backbone")
        try AkinProgram.run("index", "create", index, "--backbone", text, "--metric", "l3").expectWrongUsage(
            "l3")

        try workshop.makeIndex()
        try AkinProgram.run("index", "create", index, "--backbone", workshop.backbone)
            .expectFailure("'\(index)' is an index already")
        let empty = workshop.folder.path + "/empty"
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        try AkinProgram.run("index", "add", index, empty).expectFailure("\(empty) holds no pictures")
        let file = workshop.pictures + "/abbot/0.png"
        let unlabelled = try AkinProgram.run("index", "add", index, file)
        #expect(unlabelled.code == 1 && unlabelled.errors.contains("has no label"))
        let missing = try AkinProgram.run("index", "add", index, "nowhere.png", "--label", "x")
        #expect(missing.code == 1 && missing.errors.contains("nowhere.png': there is no such file"))
        try AkinProgram.run("index", "remove", index).expectWrongUsage("No items are named")
        try AkinProgram.run("index", "relabel", index, file).expectWrongUsage("--to")
    }

    /// However its accents are written, a label is one: counted, listed, renamed, asked for and removed.
    @Test func aLabelInTwoNormalFormsIsOne() throws {
        let (composed, decomposed) = ("\u{E9}v\u{EA}que", "e\u{301}ve\u{302}que")
        for (folder, numbers) in [("abbot", 0..<3), ("bishop", 3..<5)] {
            for number in numbers {
                let label = folder == "abbot" ? composed : decomposed
                try workshop.folder.write(
                    "pictures/\(label)/\(number).png",
                    Workshop.picture(of: "bishop", number).encodedAsPNG())
            }
        }
        let manifest = try workshop.folder.write(
            "m.csv", "path,label,group\npictures/\(composed)/0.png,\(decomposed),o\u{308}\n")
        try workshop.makeIndex()
        let named = try AkinProgram.run("index", "add", workshop.index, manifest)
        #expect(named.code == 0, "\(named.errors)")
        let stats = try AkinProgram.run("index", "stats", workshop.index, "--json").json()
        let labels = try #require(stats["labels"] as? [String: Int])
        #expect(labels.count == 3 && labels[composed] == 5)
        #expect(labels.keys.contains { Array($0.utf8) == Array(composed.utf8) })
        let picture = "\(workshop.pictures)/\(composed)/0.png"
        for label in [composed, decomposed] {
            let listed = try AkinProgram.run("index", "list", workshop.index, "--label", label, "--json")
            #expect(try listed.jsonLines().count == 5)
            let answer = try AkinProgram.run(
                "query", workshop.index, picture, "--only-label", label, "--json")
            #expect(try answer.json()["label"] as? String == composed, "\(answer.errors)")
            #expect(
                try AkinProgram.run(
                    "query", workshop.index, picture, "--only-group",
                    label == composed ? "\u{F6}" : "o\u{308}",
                    "--json"
                ).jsonLines().count == 1)
        }
        let renamed = try AkinProgram.run(
            "index", "relabel", workshop.index, "--label", decomposed, "--to", "n\u{303}", "--json")
        #expect(try renamed.json()["relabelled"] as? Int == 5)
        let removed = try AkinProgram.run("index", "remove", workshop.index, "--label", "\u{F1}", "--json")
        #expect(try removed.json()["removed"] as? Int == 5 && removed.json()["items"] as? Int == 5)
    }
}
