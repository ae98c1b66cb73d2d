import Akin
import Foundation
import TestSupport
import Testing

/// A training that is looked at before it is done, and one whose rate is looked for.
@Suite struct CheckTrainingTests {
    private let workshop: Workshop
    private var folder: String { workshop.folder.path }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook", "dean"] { try workshop.draw(label, 0..<4) }
    }

    private static let text = """
        name: seals
        data: {format: folder, folder: pictures}
        preprocessing: {size: 12, placement: stretch}
        backbone:
          - conv2d: {filters: 4, kernel: 3, activation: relu}
          - max-pooling2d: 2
          - flatten
          - dense: {units: 8, activation: sigmoid}
        training: {batch: 6, epochs: 30, learning-rate: 0.01}

        """

    private func recipe(_ text: String = text) throws -> Recipe {
        try Recipe(contentsOf: try workshop.folder.write("recipe.yaml", text))
    }

    private func files() throws -> Set<String> { Set(try Folder.entries(folder).map(\.name)) }

    @Test func saysWhatATrainingTakes() throws {
        try workshop.folder.write("pictures/cook/broken.png", "no picture")
        let text = Self.text.replacing(
            "epochs: 30", with: "epochs: 30, validation: {labels: [abbot, dean], ways: 2, episodes: 5}")
        let recipe = try recipe(text)
        let before = try files()
        let result = try CheckTraining(of: TrainBackbone(recipe)).run(Monitor())
        #expect(try files() == before)
        #expect(result.problems.isEmpty && result.skipped.count == 1)
        #expect(result.pictures?.classes == ["bishop": 4, "cook": 4] && result.pictures?.trained == 8)
        #expect(result.pictures?.validation == ["abbot": 4, "dean": 4])
        #expect(result.batches?.epoch == 2 && result.batches?.largest == 4 && result.batches?.epochs == 30)
        #expect(result.layers.map(\.name) == ["conv2d_1", "max_pooling2d_1", "flatten_1", "dense_1"])
        let own = 3 * 3 * 4 + 4 + 5 * 5 * 4 * 8 + 8
        // The head of two classes, which the contrastive loss has unless told otherwise.
        #expect(result.layers.reduce(0) { $0 + $1.parameters } == own)
        #expect(result.parameters == own + (try #require(result.headParameters)))
        #expect(result.multiplications == 10 * 10 * 3 * 3 * 4 + 100 * 8)
        let memory = try #require(result.memory)
        // All 17 that there is room for, and copies of those that are trained on and those held back.
        #expect(memory.pictures == (17 + 16) * 4 * 144)
        #expect(
            memory.gradient == 4 * (try #require(result.parameters)) && memory.moments == 2 * memory.gradient)
        // With what was best.
        #expect(memory.weights == 2 * memory.gradient)
        #expect(memory.activations > 4 * 4 * 10 * 10 * 4 && memory.total < result.peak + 50_000_000)
        let step = try #require(result.step)
        #expect(step.loss.isFinite && step.loss > 0 && step.gradientNorm > 0 && step.seconds > 0)
        let time = try #require(result.time)
        #expect(time.epoch >= 2 * time.step && abs(time.training - 30 * time.epoch) < 1e-9)
        #expect(
            try keys(of: result) == [
                "recipe", "name", "input", "layers", "parameters", "head_parameters", "multiplications",
                "pictures", "batches", "memory", "step", "time", "peak", "problems", "skipped",
            ])
    }

    /// All of them together, and what can be told all the same.
    @Test func saysAllThatIsWrong() throws {
        try workshop.folder.write("seals.safetensors", "mine")
        let wrong = Self.text.replacing("kernel: 3", with: "kernel: 30")
        let result = try CheckTraining(
            of: TrainBackbone(try recipe(wrong), pictures: folder + "/nowhere")
        ).run(Monitor())
        #expect(result.problems.count == 3, "\(result.problems)")
        let texts = result.problems.map { "\($0)" }
        #expect(texts[0].contains("seals.safetensors: it is there already"))
        #expect(texts[1].contains("window 30 x 30"))
        #expect(texts[2].contains("wants its pictures from '\(folder)/nowhere'"))
        #expect(result.layers.isEmpty && result.step == nil && result.pictures == nil)

        // The layers of a recipe whose pictures are missing.
        let second = try CheckTraining(
            of: TrainBackbone(try recipe(), pictures: folder + "/nowhere", replacing: true)
        ).run(Monitor())
        #expect(second.problems.count == 1 && second.layers.count == 4)
        // Of a training as it is, the same is found.
        for job in [
            TrainBackbone(try recipe(wrong), output: folder + "/a.safetensors"),
            TrainBackbone(try recipe(), pictures: folder + "/nowhere", output: folder + "/a.safetensors"),
            TrainBackbone(
                try recipe(Self.text.replacing("batch: 6", with: "batch: {classes: 9, images: 2}")),
                output: folder + "/a.safetensors"),
        ] {
            let found = try CheckTraining(of: job).run(Monitor()).problems
            let error = #expect(throws: (any Error).self) { try job.run(Monitor()) }
            #expect(found.map { "\($0)" } == [try "\(#require(error))"])
        }
    }

    /// What a recipe calls by a name is called so.
    @Test func aFrozenPartHasItsName() throws {
        let frozen = try recipe(
            """
            data: {format: folder, folder: pictures}
            backbone: {frozen: shapes, layers: [dense: 4]}
            training: {batch: 6, epochs: 1}
            """)
        let result = try CheckTraining(of: TrainBackbone(frozen)).run(Monitor())
        #expect(result.problems.isEmpty && result.layers.map(\.name) == ["frozen shapes", "dense_1"])
    }

    @Test func aStepThatGoesWrongIsAProblem() throws {
        let hot = try recipe(
            Self.text.replacing("learning-rate: 0.01", with: "learning-rate: 1e38, optimizer: sgd"))
        let result = try CheckTraining(of: TrainBackbone(hot)).run(Monitor())
        #expect(result.problems.count == 1 && "\(result.problems)".contains("try a lower learning-rate"))
        #expect(result.time == nil && result.memory != nil)
        #expect(try interruption(CheckTraining(of: TrainBackbone(try recipe())), after: 0) == .wroteNothing)
    }

    @Test func looksForARate() throws {
        let output = folder + "/rates.svg"
        let job = FindLearningRate(try recipe(), to: OutputFile(output))
        #expect(try interruption(job, after: 5) == .wroteNothing && !Folder.isThere(output))
        let recorder = Recorder()
        let result = try job.run(recorder.monitor)
        #expect(recorder.titles == ["trying rates"] && result.rate == 0.01)
        #expect(result.test.points.count > 100)
        let svg = try String(contentsOfFile: output, encoding: .utf8)
        #expect(
            svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n") && svg.contains("seals: loss by learning rate")
        )
        #expect(throws: WriteError.self) { try job.run(Monitor()) }
        let text = String(decoding: try jsonLine(of: result), as: UTF8.self)
        #expect(text.contains("\"learning_rate\":") && text.contains("\"points\":[{\"loss\":"))
        #expect(throws: JobError.fileInUse(folder + "/recipe.yaml", by: .input)) {
            try FindLearningRate(
                try recipe(), to: OutputFile(folder + "/recipe.yaml", replacing: true)
            ).run(Monitor())
        }
    }
}
