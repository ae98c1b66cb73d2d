import Akin
import Foundation
import TestSupport
import Testing

/// The examples of the README and of the pages for programs: they compile, and do what is said there.
@Suite struct LibraryExamplesTests {
    @Test func databasePage() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/coins"
        _ = try EmbeddingIndex.create(
            at: path, dimension: 2, metric: .l2, backbone: BackboneIdentity(named: "two measures of a coin"))
        let index = try EmbeddingIndex(opening: path)

        let items = [
            NewItem(label: "denarius", source: "coin-1", group: "hoard A"),
            NewItem(label: "denarius", source: "coin-2", group: "hoard B"),
            NewItem(label: "aureus", source: "coin-3", group: "hoard A"),
        ]
        let measures = try Matrix(rows: 3, columns: 2, values: [3.8, 1.9, 3.7, 1.8, 7.9, 2.0])
        try index.add(items, embeddings: measures, backbone: index.backbone)

        let queries = try Matrix(rows: 1, columns: 2, values: [3.9, 1.9])
        let nearest = try index.neighbours(of: queries, k: 2)
        print(nearest[0].map(\.id), nearest[0].map(\.distance))
        #expect(nearest[0].map(\.id) == [1, 2])

        let others = try index.neighbours(of: queries, k: 2, excluding: [Exclusion(group: "hoard A")])
        let golden = try index.neighbours(of: queries, k: 2, filter: ItemFilter(labels: ["aureus"]))
        #expect(others[0].map(\.id) == [2] && golden[0].map(\.id) == [3])

        let counts = try index.read { view in
            let labels = try view.stats().labels
            return try labels.keys.sorted().map { label in (label, try view.items(label: label).count) }
        }
        #expect(counts.map(\.0) == ["aureus", "denarius"] && counts.map(\.1) == [1, 2])

        try index.write("coin 2 was weighed again") { change in
            let again = try Matrix(rows: 1, columns: 2, values: [3.6, 1.8])
            try change.remove(sources: ["coin-2"])
            let item = NewItem(label: "denarius", source: "coin-2a")
            try change.add([item], embeddings: again, backbone: index.backbone)
            try change.relabel("aureus", to: "aureus of Nero")
        }
        #expect(try index.items().map(\.source) == ["coin-1", "coin-3", "coin-2a"])

        print(try index.history()[0].summary)
        try index.undo()
        #expect(try index.items().map(\.source) == ["coin-1", "coin-2", "coin-3"])
        #expect(try index.items(label: "aureus").count == 1)

        try index.redo()
        try index.read { view in
            try view.forEachChange { change, isUndone, items in
                print(change.number, isUndone, items.map { "\($0.kind) \($0.item.source)" })
                return true
            }
        }
        #expect(try index.items().map(\.source) == ["coin-1", "coin-3", "coin-2a"])
    }

    @Test func recipesPage() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.path
        for (phase, label) in ["eagle", "lily", "lion"].enumerated() {
            for number in 1...3 {
                let picture = Image.gradient(
                    width: 20, height: 20 + number, channels: 1, phase: 20 * phase + number)
                try temporary.write("\(label)/\(number).png", picture.encodedAsPNG())
            }
        }

        let recipe = try Recipe(
            name: "seals", data: .init(folder: folder), preprocessing: .init(height: 32, width: 32),
            backbone: [
                .conv2d(filters: 8, kernel: 3, activation: .relu), .maxPooling2d(window: 2), .flatten,
                .dense(units: 16, activation: .sigmoid),
            ],
            training: .init(epochs: 2))
        let images = PreparedImages(try recipe.trainingData(), preprocessing: recipe.preprocessing)
        let trainer = try Trainer(recipe, data: images)
        try trainer.run()
        try trainer.checkpoint.write(to: "\(folder)/seals.safetensors")
        let picture = try Image(contentsOf: "\(folder)/lion/1.png")
        let embedding = Embedder(trainer.checkpoint).embeddings(of: [picture])

        #expect(trainer.epoch == 2 && embedding.rows == 1 && embedding.columns == 16)
        let read = try Checkpoint(contentsOf: "\(folder)/seals.safetensors")
        #expect(Embedder(read).embeddings(of: [picture]) == embedding)
    }

    /// Compiled only, like the next: it needs an index of its own.
    private func write(_ gallery: EmbeddingIndex) throws {
        try gallery.write("sheet 12 was read wrongly") { change in
            try change.remove(sources: ["sheet-12/stamp.png"])
            try change.relabel("eagel", to: "eagle")
        }
    }

    /// The demo that it looks at need not have run; nor have what the next ones work with.
    private func readme() throws {
        let index = try EmbeddingIndex(opening: "demo/clothing", readOnly: true)
        let picture = try Image(contentsOf: "demo/held-out/trained/coat/001.jpg")
        let embedding = try Embedder(index.storedBackbone).embeddings(of: [picture])
        let answer = try Classifier.nearestNeighbours(k: 5).answers(to: embedding, in: index).predictions[0]
        print(answer.label, answer.confidence)
        for neighbour in answer.neighbours {
            print(neighbour.distance, neighbour.item.label, neighbour.item.source)
        }
    }

    private func tasks(_ index: EmbeddingIndex) async throws {
        let embedder = try Embedder(index.storedBackbone)
        let folders = ["bag", "coat", "dress"]
        let embeddings = try await withThrowingTaskGroup(of: Matrix.self) { group in
            for folder in folders {
                group.addTask {
                    let picture = try Image(contentsOf: "demo/held-out/trained/\(folder)/001.jpg")
                    return embedder.embeddings(of: [picture])
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        print(embeddings.count)
    }

    private func jobs() throws {
        let monitor = Monitor(progress: { print("\($0.title): \($0.done) \($0.unit)") })
        let added = try AddPictures(["new-pictures"], to: "demo/clothing").run(monitor)
        let report = try EvaluateLeaveOneOut("demo/clothing").run(monitor)
        print(added.added, report.accuracy)
    }

    private func query() throws {
        let result = try Query(["unknown.jpg"], in: "seals").run(Monitor())
        for answer in result.answers { print(answer.source, answer.label) }
    }

    private func train() throws {
        let recipe = try Recipe(contentsOf: "recipe.yaml")
        let job = TrainBackbone(recipe, pictures: "pictures", output: "seals.safetensors")
        print(try job.run(Monitor()).report.finalLoss)
    }

    @Test(arguments: [
        "README.md", "Sources/AkinTraining/AkinTraining.docc/Recipes.md",
        "Sources/AkinIndexing/AkinIndexing.docc/Database.md", "Sources/AkinItems/Gallery.swift",
        "Sources/AkinJobs/Query/Query.swift", "Sources/AkinJobs/Training/TrainBackbone.swift",
    ])
    func everyExampleStandsHere(_ page: String) throws {
        let here = lines(of: try String(contentsOfFile: #filePath, encoding: .utf8))
        let text = try String(contentsOf: repository.appending(path: page), encoding: .utf8)
        let examples = text.replacing("///", with: "").split(separator: "```swift\n").dropFirst()
        #expect(!examples.isEmpty)
        for example in examples {
            let wanted = lines(of: String(example.prefix { $0 != "`" }))
            #expect(here.contains(wanted), "\(wanted.joined(separator: "\n"))")
        }
    }

    /// Without indentation, empty lines and imports.
    private func lines(of text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("import ") }
    }
}
