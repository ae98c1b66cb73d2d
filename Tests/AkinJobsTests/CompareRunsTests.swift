import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

/// Trainings and runs side by side, and a run that is repeated from what it has kept.
@Suite struct CompareRunsTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        try workshop.folder.write(
            "recipe.yaml",
            """
            name: seals
            data: {format: folder, folder: pictures}
            preprocessing: {size: 12, placement: stretch}
            backbone: [flatten, dense: {units: 8, activation: sigmoid}]
            training: {batch: 12, epochs: 5, learning-rate: 0.01}
            evaluation: {protocol: leave-one-out, classifiers: [nearest-neighbours, ridge], k: 1}

            """)
    }

    private func recipe(_ settings: String...) throws -> Recipe {
        try Recipe(contentsOf: folder + "/recipe.yaml", setting: settings)
    }

    private func run(_ name: String, _ recipe: Recipe) throws -> RecipeRun {
        try RunRecipe(recipe, into: "\(folder)/\(name)").run(Monitor()).runs[0]
    }

    @Test func whatDiffersAndWhatCameOfIt() throws {
        let one = try run("one", recipe())
        let two = try run("two", recipe("margin=2", "epochs=7"))
        let compared = try CompareRuns([folder + "/one", folder + "/two"]).run(Monitor())
        #expect(compared.runs.map(\.name) == ["one", "two"] && compared.same.isEmpty)
        #expect(
            compared.differences == [
                .init(key: "training.margin", values: ["1.0", "2.0"]),
                .init(key: "training.epochs", values: ["5", "7"]),
            ])
        #expect(compared.runs.map(\.epochs) == [5, 7])
        for (kept, run) in zip(compared.runs, [one, two]) {
            #expect(
                kept.evaluation.map(\.classifier)
                    == ["nearest-neighbours, leave-one-out", "ridge, leave-one-out"])
            #expect(kept.evaluation.map(\.accuracy) == run.evaluation.map(\.accuracy))
            #expect(kept.evaluation[0].items == 12 && kept.finalLoss == run.train?.finalLoss)
        }
        // The same by their checkpoints and by their histories, but for what was evaluated.
        for ending in ["safetensors", "history.jsonl"] {
            let files = ["one", "two"].map { "\(folder)/\($0)/seals.\(ending)" }
            let again = try CompareRuns(files).run(Monitor())
            #expect(again.differences == compared.differences && again.runs.map(\.epochs) == [5, 7])
            #expect(again.runs.map(\.finalLoss) == compared.runs.map(\.finalLoss))
            #expect(again.runs.map(\.name) == ["one/seals", "two/seals"])
        }
    }

    /// By its checkpoint, or by the recipe in its folder: the same weights; and that they are is said.
    @Test func repeatedItIsTheSame() throws {
        let first = try run("one", recipe("seed=9"))
        let checkpoint = folder + "/one/seals.safetensors"
        let again = try RunRecipe(try Recipe(contentsOf: checkpoint)).run(Monitor()).runs[0]
        #expect(again.backbone == first.backbone && again.seed == 9)
        #expect(
            try Data(contentsOf: URL(filePath: folder + "/one/seals-again/seals.safetensors"))
                == Data(contentsOf: URL(filePath: checkpoint)))
        let third = try run("three", Recipe(contentsOf: folder + "/one/report/recipe.yaml"))
        #expect(third.backbone == first.backbone)
        let report = try TrainBackbone(try Recipe(contentsOf: checkpoint)).run(Monitor()).report
        #expect(report.checkpoint == folder + "/one/seals-again.safetensors")

        // By the name of the file, so that two do not come into one place; and none is prolonged by its checkpoint.
        let copy = folder + "/copy.safetensors"
        try FileManager.default.copyItem(atPath: checkpoint, toPath: copy)
        #expect(TrainBackbone(try Recipe(contentsOf: copy)).output == folder + "/copy-again.safetensors")
        let longer = try Recipe(contentsOf: checkpoint, setting: ["epochs=9"])
        for output in [checkpoint, folder + "/y.safetensors"] {
            #expect(throws: JobError.recipe(checkpoint, .repetitionProlonged)) {
                try TrainBackbone(longer, output: output, resuming: true).run(Monitor())
            }
        }
        // What was made of it is.
        let prolonged = try TrainBackbone(longer, resuming: true).run(Monitor()).report
        #expect(prolonged.epochs == 9 && prolonged.checkpoint == report.checkpoint)

        let both = [folder + "/one", folder + "/three"]
        let compared = try CompareRuns(both).run(Monitor())
        #expect(compared.differences.isEmpty && compared.same == [.init(runs: [0, 1], isSameBackbone: true)])
        #expect(
            compared.text().contains(
                "Both have the same recipe and seed, and the same pictures, and the same backbone, bit for bit."
            ))
        // Other pictures in the same place are no secret.
        try workshop.draw("cook", 4..<6)
        _ = try run("four", Recipe(contentsOf: checkpoint))
        let other = try CompareRuns([folder + "/one", folder + "/four"]).run(Monitor())
        #expect(other.differences.map(\.key) == ["pictures"] && other.same.isEmpty)
        // Where they are gone, it is said where they were.
        try FileManager.default.moveItem(atPath: workshop.pictures, toPath: folder + "/moved")
        let gone = try #require(
            throws: JobError.self
        ) {
            try TrainBackbone(try Recipe(contentsOf: checkpoint), output: folder + "/x.safetensors").run(
                Monitor())
        }
        let wanted = "\(checkpoint) wants its pictures from '\(workshop.pictures)'"
        #expect("\(gone)".hasPrefix(wanted), "\(gone)")
        let moved = TrainBackbone(
            try Recipe(contentsOf: checkpoint), pictures: folder + "/moved", output: folder + "/x.safetensors"
        )
        #expect(try moved.run(Monitor()).report.finished)
    }

    @Test func aPageAndATable() throws {
        _ = try run("one", recipe())
        _ = try run("two", recipe("seed=2", "epochs=3"))
        let (page, table) = (folder + "/page.html", folder + "/table.csv")
        try CompareRuns(
            [folder + "/one", folder + "/two"], page: OutputFile(page), table: OutputFile(table)
        ).run(Monitor())
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("<th>training.seed</th>") && html.contains("aria-label=\"Loss\""))
        #expect(!html.contains("://") && !html.contains("src="))
        // A line for each run in each picture, and none of what was not recorded.
        let pictures = html.components(separatedBy: "<svg viewBox=\"0 0 464")
        #expect(
            pictures.count > 3 && pictures.dropFirst().allSatisfy { $0.ranges(of: "<polyline").count == 2 })
        #expect(!html.contains("not recorded") && !html.contains("Classes held back"))
        let rows = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\r\n")
        #expect(rows.count == 1 + 5 + 3 && rows[0].contains("run,epoch,loss,"))
        let records = try TrainingFiles(checkpoint: folder + "/two/seals.safetensors").records()
        #expect(rows.last?.hasPrefix("two,3,\(records[2].loss),") == true)
    }

    @Test func whatTellsOfNoRun() throws {
        let file = try workshop.folder.write("x.history.jsonl", "nothing\n")
        for path in [workshop.pictures, file] {
            #expect(throws: JobError.notARun(path)) { try CompareRuns([path]).run(Monitor()) }
        }
        #expect(throws: JobError.unreadable(folder + "/y.jsonl", .missing)) {
            try CompareRuns([folder + "/y.jsonl"]).run(Monitor())
        }
        #expect(throws: CheckpointError.self) { try CompareRuns([folder + "/recipe.yaml"]).run(Monitor()) }
        // A checkpoint of before tells no recipe.
        let old = try CompareRuns([workshop.backbone]).run(Monitor())
        #expect(old.text().contains("was trained is not known"))
        // One that has collapsed says so, as its backbone does.
        let collapsed = folder + "/flat.safetensors"
        try Workshop.checkpoint().marked(as: .onePoint).write(to: OutputFile(collapsed))
        let flat = try CompareRuns([collapsed, workshop.backbone]).run(Monitor())
        #expect(flat.runs.map(\.collapsed) == [.onePoint, nil])
        #expect(
            flat.text().contains("flat: the training has collapsed: the embeddings of its pictures lie at"))
        #expect(
            String(decoding: try jsonLine(of: flat), as: UTF8.self).contains("\"collapsed\":\"one-point\""))
        #expect(try keys(of: ShowBackbone(BackboneName(collapsed)).run(Monitor())).contains("collapsed"))
        #expect(
            try !keys(of: ShowBackbone(BackboneName(workshop.backbone)).run(Monitor())).contains("collapsed"))
        // A training that was ended says why.
        let ended = StopRecord(epoch: 2, step: 1, stopped: "the loss has exploded")
        let line = String(decoding: try JSONEncoder().encode(ended), as: UTF8.self)
        let stopped = try workshop.folder.write("z.history.jsonl", line + "\n")
        let compared = try CompareRuns([stopped]).run(Monitor())
        #expect(compared.runs[0].stopped == ended && compared.text().contains("z: the loss has exploded"))
    }
}
