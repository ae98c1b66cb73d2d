import AkinBasics
import AkinImages
import AkinNetworks
import AkinTensors
import Foundation
import TestSupport
import Testing

/// What the program says where an index or a backbone tells nothing: equal pictures, blanks, collapsed trainings.
@Suite struct NothingToldTests {
    private let workshop: Workshop
    private var index: String { workshop.index }

    init() throws { workshop = try Workshop() }

    private func draw(_ shape: String, _ folder: String, _ numbers: Range<Int>, turned: Bool = false) throws {
        for number in numbers {
            let picture = DrawnStrokes.picture(of: shape, number)
            try workshop.folder.write(
                "\(folder)/\(shape)/\(number).png", (turned ? picture.negative : picture).encodedAsPNG())
        }
    }

    /// Six apples and twenty zebras are the same picture.
    @Test func equalPicturesShareTheVotes() throws {
        let picture = Workshop.picture(of: "a", 1).encodedAsPNG()
        for number in 10..<16 { try workshop.folder.write("pictures/apple/\(number).png", picture) }
        for number in 10..<30 { try workshop.folder.write("pictures/zebra/\(number).png", picture) }
        try workshop.makeIndex()
        let asked = workshop.pictures + "/zebra/10.png"
        for k in ["1", "5", "25", "26", "99"] {
            let answer = try AkinProgram.run("query", index, asked, "-k", k, "--json").json()
            #expect(answer["label"] as? String == "zebra" && answer["verdict"] as? String == "known")
            #expect(abs(try #require(answer["confidence"] as? Double) - 20.0 / 26) < 1e-6)
            #expect(answer["equally_near"] as? Int == (["26", "99"].contains(k) ? nil : 26))
            #expect(answer["tied"] == nil)
        }
        let text = try AkinProgram.run("query", index, asked, "-k", "5").output
        #expect(
            text.hasPrefix("zebra ") && text.hasSuffix(" 77 %  \(asked)  (26 items are equally near)\n"),
            "\(text)")
        // Unless votes are asked for, it is either.
        let either = try AkinProgram.run("query", index, asked, "--json").json()
        #expect(either["verdict"] as? String == "ambiguous" && either["confidence"] as? Double == 0.5)
        #expect(either["alternatives"] as? [String] == ["apple", "zebra"])
        #expect(
            try AkinProgram.run("query", index, asked).output.hasPrefix(
                "apple or zebra        50 %  \(asked)\n"))
        // Those that are farther away are not among the equals, whoever is asked.
        try workshop.draw("middle", 0..<1)
        #expect(try AkinProgram.run("index", "add", index, workshop.pictures).code == 0)
        let nearest = try AkinProgram.run("query", index, asked, "--classifier", "nearest-class", "--json")
            .json()
        #expect(
            nearest["tied"] as? [String] == ["apple", "zebra"] && nearest["confidence"] as? Double == 0.5)
        #expect(try AkinProgram.run("index", "undo", index).code == 0)
        // Left out, an apple is asked of 5 and 20; whatever is asked, it is a zebra.
        let left = try AkinProgram.run(
            "evaluate", "leave-one-out", index, "--keep-copies", "-k", "5", "--json"
        ).json()
        #expect(left["errors"] as? Int == 6)

        // As many of both.
        #expect(
            try AkinProgram.run(
                ["index", "remove", index] + (16..<30).map { workshop.pictures + "/zebra/\($0).png" }
            ).code == 0)
        let tied = try AkinProgram.run("query", index, asked, "-k", "5", "--json").json()
        #expect(tied["tied"] as? [String] == ["apple", "zebra"] && tied["confidence"] as? Double == 0.5)
        #expect(
            try AkinProgram.run("query", index, asked, "-k", "5", "--details").output.hasPrefix(
                "\(asked): apple or zebra (50 %; 12 items are equally near)\n"))
        let sheet = workshop.folder.path + "/sheet.html"
        #expect(try AkinProgram.run("query", index, asked, "--sheet", sheet).code == 0)
        #expect(
            try String(contentsOfFile: sheet, encoding: .utf8).contains(
                "<bdi>apple or zebra</bdi></strong> <span>50 %</span>"))
    }

    /// By the shipped backbone, strokes light on dark and dark on light are the same.
    @Test func lightOnDarkIsAsDarkOnLight() throws {
        for shape in DrawnStrokes.shapes {
            try draw(shape, "pictures", 0..<4)
            try draw(shape, "turned", 0..<4, turned: true)
        }
        let shipped = repository.appending(path: "Indexes/omniglot/omniglot.safetensors").path
        #expect(
            try AkinProgram.run("index", "create", index, "--backbone", shipped, "--metric", "cosine").code
                == 0)
        let added = try AkinProgram.run("index", "add", index, workshop.pictures)
        #expect(added.code == 0 && added.errors == "", "\(added.errors)")
        let left = try AkinProgram.run("evaluate", "leave-one-out", index, "-k", "1", "--json").json()
        #expect(left["errors"] as? Int == 0)
        #expect(try AkinProgram.run("index", "verify", index).code == 0)
        let turned = try AkinProgram.run(
            "query", index, workshop.folder.path + "/turned", "-k", "1", "--json"
        ).jsonLines()
        #expect(turned.count == 16)
        for answer in turned {
            let nearest = try #require((answer["neighbours"] as? [[String: Any]])?.first)
            #expect(nearest["distance"] as? Double == 0)
            let (asked, found) = (answer["source"] as? String, nearest["source"] as? String)
            #expect(asked?.replacing("/turned/", with: "/pictures/") == found)
        }
    }

    /// A backbone from before there was a choice of ground makes blanks of them: that is said.
    @Test func blankPicturesAreNamed() throws {
        let old = Preprocessing(trusted: 84, width: 84, scaling: .paper, ground: .light)
        let network = try Network(
            [.flatten, .dense(units: 8, activation: .sigmoid)], input: Shape(old))
        network.initialize(seed: 1)
        let details = Checkpoint.Details(name: "old", seed: 1, epochs: 0, data: "none", labels: [])
        try Checkpoint(network, preprocessing: old, details: details).write(
            to: OutputFile(workshop.backbone, replacing: true))
        for shape in DrawnStrokes.shapes { try draw(shape, "pictures", 0..<2) }
        #expect(
            try AkinProgram.run("index", "create", index, "--backbone", workshop.backbone).code == 0)
        let added = try AkinProgram.run("index", "add", index, workshop.pictures)
        #expect(added.output.hasPrefix("8 added, 8 of them blank"), "\(added.output)")
        let point = "8 of 8 items looked at have one and the same embedding, whatever their label (4 labels)"
        #expect(
            added.errors.contains(
                "akin: note: 8 pictures of one colour, or coming out so, which tell nothing: ")
                && added.errors.contains("/arc/0.png, ") && added.errors.contains(" and 5 more\n"))
        #expect(added.errors.contains("akin: note: \(point)"), "\(added.errors)")
        let again = try AkinProgram.run("index", "add", index, workshop.pictures, "--json")
        #expect(try again.json()["blank"] as? [String] == [])

        #expect(try AkinProgram.run("index", "stats", index).output.contains(point))
        let stats = try AkinProgram.run("index", "stats", index, "--json").json()
        #expect(stats["one_point"] as? [String: Int] == ["items": 8, "sampled": 8, "labels": 4])
        let verified = try AkinProgram.run("index", "verify", index)
        #expect(verified.code == 1 && verified.output.contains("of no use: \(point)"))
        #expect(verified.errors.hasPrefix("akin: error: the index does not tell its items apart; "))
        let answer = try AkinProgram.run("query", index, workshop.pictures + "/arc/0.png", "--json")
        #expect(try answer.json()["blank"] as? Bool == true)
        #expect(answer.errors.contains("akin: note: 1 picture of one colour, or coming out so"))
        #expect(
            try AkinProgram.run("query", index, workshop.pictures + "/arc/0.png").output
                .contains("  (a blank picture)\n"))
        // A sheet of paper, by any backbone.
        try workshop.folder.write(
            "one/white/1.png",
            Image(width: 9, height: 5, channels: 3, trusted: Array(repeating: 250, count: 135)).encodedAsPNG()
        )
        let synced = try AkinProgram.run("index", "sync", index, workshop.folder.path + "/one", "--json")
        #expect(try synced.json()["blank"] as? [String] == [workshop.folder.path + "/one/white/1.png"])
    }

    /// All units are dead from the beginning, and have no gradient that could wake them.
    @Test func aCollapsedTrainingFails() throws {
        let network = try Network(
            [.flatten, .dense(units: 8, activation: .relu)], input: Shape(height: 12, width: 12, channels: 1))
        network.values.base.update(repeating: -1, count: network.values.count)
        let details = Checkpoint.Details(name: "dead", seed: 1, epochs: 0, data: "none", labels: [])
        try Checkpoint(network, preprocessing: Preprocessing(trusted: 12, width: 12), details: details)
            .write(to: OutputFile(workshop.backbone, replacing: true))
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        let recipe = try workshop.folder.write(
            "recipe.yaml",
            """
            name: hopeless
            data: {folder: pictures}
            preprocessing: {size: 12}
            backbone: [flatten, dense: {units: 8, activation: relu}]
            training: {batch: 12, epochs: 2, loss: triplet, mining: batch-hard, learning-rate: 0.3, start: small.safetensors}
            evaluation: {protocol: leave-one-out, k: 1}

            """)
        let checkpoint = workshop.folder.path + "/hopeless.safetensors"
        let trained = try AkinProgram.run("train", recipe, "--output", checkpoint, "--json")
        #expect(trained.code == 1)
        #expect(try trained.json()["collapsed"] as? String == "one-point")
        let message =
            "training has collapsed: the embeddings of its pictures lie at one point, so that the checkpoint tells "
            + "nothing apart; train again with a lower learning-rate than 0.3, with mining: semi-hard or random, "
            + "or another loss"
        #expect(trained.errors == "akin: error: \(message)\n", "\(trained.errors)")
        let created = try AkinProgram.run("index", "create", index, "--backbone", checkpoint)
        #expect(created.code == 0)
        #expect(
            created.errors.hasPrefix("akin: note: the training of the backbone 'hopeless' has collapsed: "),
            "\(created.errors)")
        #expect(
            try AkinProgram.run("index", "add", index, workshop.pictures).errors
                .contains("12 of 12 items looked at have one and the same embedding"))

        let results = workshop.folder.path + "/results"
        let run = try AkinProgram.run("run", recipe, "--output", results)
        #expect(run.code == 1 && run.output.contains("12 items of 3 classes"))
        #expect(
            run.errors.contains("akin: note: \(message)\n")
                && run.errors.hasSuffix("akin: error: \(message)\n"))
        #expect(FileManager.default.fileExists(atPath: results + "/report/nearest-neighbours.json"))
    }
}
