import AkinBasics
import AkinImages
import Foundation
import TestSupport
import Testing

/// No command writes over a file that is there, unless `--force` says so; and none over what it reads, whatever is said.
@Suite struct OutputTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<5) }
        // A picture whose name does not say that it is one.
        try FileManager.default.moveItem(
            atPath: workshop.pictures + "/cook/1.png", toPath: workshop.pictures + "/cook/1.dat")
        try workshop.makeIndex()
        try workshop.folder.write(
            "recipe.yaml",
            """
            name: small
            data: {format: folder, folder: pictures}
            preprocessing: {size: 12, placement: stretch}
            backbone:
              - flatten
              - dense: {units: 4, activation: sigmoid}
            training: {batch: 12, epochs: 1}
            evaluation: {protocol: leave-one-out, classifiers: [nearest-neighbours], k: 1}

            """)
    }

    /// A command, what stands behind it, and the option whose file it writes; nil where that is an argument.
    private struct Writer {
        let command: String
        let arguments: [String]
        let option: String?
        let file: String

        init(_ command: String, _ arguments: [String], _ option: String?, _ file: String = "out.html") {
            (self.command, self.arguments) = (command, arguments)
            (self.option, self.file) = (option, file)
        }

        func words(_ path: String) -> [String] {
            command.split(separator: " ").map(String.init) + arguments + (option.map { [$0] } ?? []) + [path]
        }
    }

    private var writers: [Writer] {
        let (index, pictures, backbone) = (workshop.index, workshop.pictures, workshop.backbone)
        let recipe = folder + "/recipe.yaml"
        let picture = pictures + "/cook/1.dat"
        return [
            Writer("query", [index, picture], "--sheet"),
            Writer("query", [index, picture], "--csv", "out.csv"),
            Writer("evaluate leave-one-out", [index], "--sheet"),
            Writer("evaluate held-out", [index, pictures], "--sheet"),
            Writer("evaluate episodes", [backbone, pictures, "--ways", "2,3"], "--curve", "out.svg"),
            Writer("evaluate pairs", [backbone, pictures], "--curve", "out.svg"),
            Writer("evaluate shots", [index], "--svg", "out.svg"),
            Writer("map", [index], "--output"),
            Writer("report", [index], "--output"),
            Writer("check", [index], "--sheet"),
            Writer("compare", [backbone], "--report"),
            Writer("compare", [backbone], "--csv", "out.csv"),
            Writer("discover", [index, pictures], "--output", "out.csv"),
            Writer(
                "learn", [pictures, "--output", folder + "/learned", "--time", "1s"], "--recipe", "out.yaml"),
            Writer("learn", [pictures, "--output", folder + "/learned", "--time", "1s"], "--report"),
            Writer("train", [recipe], "--output", "out.safetensors"),
            Writer("train", [recipe], "--find-rate", "out.svg"),
            Writer("embed", ["hog", pictures], nil, "out.jsonl"),
            Writer("embed", [backbone, pictures, folder + "/out.npy"], nil, "out.csv"),
            Writer("index export", [index], nil, "out.jsonl"),
            Writer("index export", [index, folder + "/out.npy"], nil, "out.csv"),
            Writer("backbone import", [folder + "/none.onnx"], "--output", "out.safetensors"),
            Writer("backbone export", [backbone], "--output", "out.onnx"),
        ]
    }

    /// Options and arguments that name what a command makes, but no file of its own choice.
    private static let folders: Set = ["learn --output", "run --output"]

    /// So that a new command, or a new option, does not go by.
    @Test func allThatWriteAreKnown() throws {
        let dump = try AkinProgram.run("--experimental-dump-help").json()
        var found: Set<String> = []
        func walk(_ command: [String: Any], _ path: [String]) {
            for argument in command["arguments"] as? [[String: Any]] ?? [] {
                let what = argument["abstract"] as? String ?? ""
                let names = (argument["names"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
                guard argument["kind"] as? String == "option", let name = names.last else { continue }
                let isOutput =
                    ["output", "sheet", "curve", "svg", "report", "recipe"].contains(name)
                    || what.localizedCaseInsensitiveContains("write ") || what.contains("results go")
                if isOutput { found.insert((path + ["--" + name]).joined(separator: " ")) }
            }
            for next in command["subcommands"] as? [[String: Any]] ?? [] {
                walk(next, path + [next["commandName"] as? String ?? ""])
            }
        }
        walk(try #require(dump["command"] as? [String: Any]), [])
        let known = Set(writers.compactMap { writer in writer.option.map { "\(writer.command) \($0)" } })
        #expect(found == known.union(Self.folders))
    }

    @Test func aFileThatIsThereStays() throws {
        for writer in writers {
            let file = try workshop.folder.write(writer.file, "mine")
            defer { try? Folder.remove(file) }
            try AkinProgram.run(writer.words(file)).expectFailure(
                "can't write \(file): it is there already; choose another name, or give --force\n")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine", "\(writer.command)")
            #expect(!Folder.isThere(folder + "/learned"))
        }
        // Those that lie beside what was named.
        for name in [
            "out.history.jsonl", "out.history.svg", "out.last.safetensors", "out.finished.safetensors",
        ] {
            let file = try workshop.folder.write(name, "mine")
            defer { try? Folder.remove(file) }
            try AkinProgram.run("train", folder + "/recipe.yaml", "--output", folder + "/out.safetensors")
                .expectFailure("can't write \(file): it is there already")
        }
        let page = try workshop.folder.write("found.html", "mine")
        try AkinProgram.run("discover", workshop.index, workshop.pictures, "--output", folder + "/found.csv")
            .expectFailure("can't write \(page): it is there already")
    }

    /// A run has results of many names: each is looked at before the training.
    @Test func aRunLeavesAloneWhatItHasNotMade() throws {
        for name in ["small.safetensors", "small.history.jsonl", "report/nearest-neighbours.html"] {
            let file = try workshop.folder.write("results/" + name, "mine")
            try AkinProgram.run("run", folder + "/recipe.yaml", "--output", folder + "/results")
                .expectFailure(
                    "can't write \(file): it is there already; choose another name, or give --force\n")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
            try Folder.remove(file)
        }
        // The folder of the tests has an index that no run has made.
        try AkinProgram.run("run", folder + "/recipe.yaml").expectFailure(
            "the index '\(workshop.index)' is not as a run")
    }

    @Test func nothingThatIsReadIsReplaced() throws {
        let picture = workshop.pictures + "/cook/1.dat"
        let recipe = folder + "/recipe.yaml"
        try Folder.remove(folder + "/link.dat")
        try FileManager.default.createSymbolicLink(atPath: folder + "/link.dat", withDestinationPath: picture)
        let contents = try [picture, recipe, workshop.backbone].map {
            try Data(contentsOf: URL(filePath: $0))
        }
        for writer in writers
        where !["backbone import", "index export", "discover", "embed"].contains(writer.command) {
            let inputs =
                switch writer.command {
                case "backbone export", "compare": [workshop.backbone]
                case "train": [recipe, picture]
                case "evaluate episodes", "evaluate pairs": [picture, workshop.backbone]
                default: [picture, folder + "/link.dat"]
                }
            // A map is told by its ending.
            for input in inputs where writer.command != "map" {
                try AkinProgram.run(writer.words(input) + ["--force"]).expectFailure(
                    "'\(input)' is what this is made from")
            }
        }
        #expect(
            try contents
                == [picture, recipe, workshop.backbone].map { try Data(contentsOf: URL(filePath: $0)) })
        for name in ["data.mdb", "lock.mdb", "new.html"] {
            let inside = workshop.index + "/" + name
            for writer in writers where writer.arguments.first == workshop.index && writer.option == "--sheet"
            {
                try AkinProgram.run(writer.words(inside) + ["--force"]).expectFailure(
                    "'\(inside)' lies in the folder of the index")
            }
        }
        #expect(try AkinProgram.run("index", "verify", workshop.index).code == 0)
    }

    @Test func forceReplaces() throws {
        for writer in writers where writer.command != "backbone import" {
            let file = try workshop.folder.write(writer.file, "mine")
            let outcome = try AkinProgram.run(writer.words(file) + ["--force"])
            #expect(outcome.code == 0, "\(writer.command): \(outcome.errors)")
            #expect(try Data(contentsOf: URL(filePath: file)) != Data("mine".utf8), "\(writer.command)")
            try Folder.remove(folder + "/learned")
        }
    }

    /// Where the file's name was forgotten, a picture stands in its place.
    @Test func noPictureIsReplaced() throws {
        let other = try workshop.folder.write("other.PNG", Workshop.picture(of: "abbot", 7).encodedAsPNG())
        let before = try Data(contentsOf: URL(filePath: other))
        for writer in writers where writer.option != nil {
            for words in [writer.words(other) + ["--force"], writer.words(folder + "/new.jpeg")] {
                let outcome = try AkinProgram.run(words)
                #expect(
                    outcome.code == 64
                        && ["is a picture's name", "ends with .csv"].contains { outcome.errors.contains($0) },
                    "\(words): \(outcome.errors)")
            }
        }
        #expect(try Data(contentsOf: URL(filePath: other)) == before)
        #expect(!Folder.isThere(folder + "/new.jpeg"))
    }

    /// What else there is to say goes to standard error then.
    @Test func aDashIsStandardOutput() throws {
        for arguments in [["map", workshop.index, "--output"], ["check", workshop.index, "--sheet"]] {
            let outcome = try AkinProgram.run(arguments + ["-"])
            #expect(outcome.code == 0 && outcome.output.hasPrefix("<!DOCTYPE html>"), "\(outcome.errors)")
            #expect(outcome.output.hasSuffix("</html>\n") && outcome.errors.contains("15 items"))
            #expect(!outcome.errors.contains("/dev/fd"))
            try AkinProgram.run(arguments + ["-", "--json"]).expectWrongUsage("--json and a file at -")
        }
        try AkinProgram.run("train", folder + "/recipe.yaml", "--output", "-").expectWrongUsage(
            "Several files")
        #expect(try AkinProgram.run("map", workshop.index, "--output", "/dev/null").code == 0)
    }

    /// Other ways to the same files: a link into the index, its backbone by name, the list of a query, a picture that it asks about.
    @Test func noWayLeadsToWhatIsRead() throws {
        let (index, inside) = (workshop.index, workshop.index + "/data.mdb")
        let before = try Data(contentsOf: URL(filePath: inside))
        try FileManager.default.createSymbolicLink(atPath: folder + "/l.html", withDestinationPath: inside)
        try AkinProgram.run("check", index, "--sheet", folder + "/l.html", "--force").expectFailure(
            "'\(folder)/l.html' lies in the folder of the index")
        try AkinProgram.run("evaluate", "pairs", index, workshop.pictures, "--curve", inside, "--force")
            .expectFailure(
                "'\(inside)' lies in the folder of the index")
        let data = folder + "/data"
        let named = data + "/akin/backbones/mine.safetensors"
        try Folder.make(data + "/akin/backbones")
        try FileManager.default.copyItem(atPath: workshop.backbone, toPath: named)
        for words in [
            ["backbone", "export", "mine", "--output", named],
            ["evaluate", "pairs", "mine+hog", workshop.pictures, "--curve", named],
        ] {
            try AkinProgram.run(words + ["--force"], environment: ["XDG_DATA_HOME": data]).expectFailure(
                "'\(named)' is what this is made from")
        }
        let picture = workshop.pictures + "/cook/1.dat"
        let list = try workshop.folder.write("list.csv", picture + "\n")
        let drawn = try Data(contentsOf: URL(filePath: picture))
        try AkinProgram.run("query", index, "--files-from", list, "--csv", list, "--force").expectFailure(
            "'\(list)' is what this is made from")
        let late = try AkinProgram.run("query", index, "--files-from", list, "--csv", picture, "--force")
        #expect(late.code == 1 && late.errors.contains("'\(picture)' is what this is made from"))
        #expect(try Data(contentsOf: URL(filePath: picture)) == drawn)
        #expect(try Data(contentsOf: URL(filePath: inside)) == before)
        #expect(
            try Data(contentsOf: URL(filePath: named)) == Data(contentsOf: URL(filePath: workshop.backbone)))
    }

    /// What lies beside, under the names that things have while they are made, is somebody's.
    @Test func whatLiesBesideStays() throws {
        let mine = try ["index.part/mine", "report/files.json", "learned.part/mine"].map {
            try workshop.folder.write("results/" + $0, "mine")
        }
        try AkinProgram.run("run", folder + "/recipe.yaml", "--output", folder + "/results").expectFailure(
            "can't write \(mine[1]): it is there already")
        try Folder.remove(mine[1])
        #expect(
            try AkinProgram.run("run", folder + "/recipe.yaml", "--output", folder + "/results").code == 0)
        let learned = try AkinProgram.run(
            "learn", workshop.pictures, "--output", folder + "/results/learned", "--time", "1s", "--backbone",
            "pixels")
        #expect(learned.code == 0, "\(learned.errors)")
        for file in [mine[0], mine[2]] {
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        }
    }

    /// A training that ends in its first epoch says so, whatever files there are not yet.
    @Test func aTrainingThatEndsAtOnce() throws {
        let outcome = try AkinProgram.run(
            "train", folder + "/recipe.yaml", "--output", folder + "/x.safetensors", "--set",
            "learning-rate=1e38")
        #expect(
            outcome.code == 1 && outcome.errors.contains("try a lower learning-rate"), "\(outcome.errors)")
    }

    /// The parts of one output come one behind the other.
    @Test func standardOutputIsWrittenToWhereItStands() throws {
        let command = "{ echo first; \"$0\" check \"$1\" --sheet -; echo last; } > \"$2\" 2> /dev/null"
        let all = folder + "/all"
        _ = try Subprocess(
            URL(filePath: "/bin/sh"), ["-c", command, AkinProgram.url.path, workshop.index, all]
        ).wait()
        let text = try String(contentsOfFile: all, encoding: .utf8)
        #expect(text.hasPrefix("first\n<!DOCTYPE html>") && text.hasSuffix("</html>\nlast\n"))
        try AkinProgram.run("query", workshop.index, workshop.pictures, "--sheet", "-", "--csv", "-")
            .expectWrongUsage("Two files at -")
    }
}
