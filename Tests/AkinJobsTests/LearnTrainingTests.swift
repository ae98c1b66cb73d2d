import Akin
import Foundation
import TestSupport
import Testing

/// Learning where a backbone that is trained on the pictures knows them better than one that is taken as it is.
@Suite struct LearnTrainingTests {
    private let folder: TemporaryFolder
    private var pictures: String { folder.path + "/pictures" }
    private var index: String { folder.path + "/index" }
    private var backbone: String { folder.path + "/lines.safetensors" }

    init() throws {
        folder = try TemporaryFolder()
        let preprocessing = Preprocessing(trusted: 96, width: 96, invert: true)
        func convolution(_ filters: Int) -> LayerSpecification {
            .conv2d(
                filters: filters, kernel: .init(height: 3, width: 3), stride: .init(height: 1, width: 1),
                padding: .same, activation: .relu)
        }
        let network = try Network(
            [
                .averagePooling2d(window: 4, stride: 4), convolution(6), .maxPooling2d(window: 2, stride: 2),
                convolution(8), .maxPooling2d(window: 3, stride: 3), .flatten, .dense(units: 12),
            ], input: Shape(preprocessing))
        network.initialize(seed: 1)
        try Checkpoint(
            network, preprocessing: preprocessing,
            details: .init(name: "lines", seed: 1, epochs: 0, data: "none", labels: [])
        ).write(to: OutputFile(backbone, replacing: true))
    }

    /// A dark line on white that leans as its class does, somewhere: `leaning` 0, 1 or 2 by 60 degrees.
    private func line(leaning: Int, _ number: Int) -> Image {
        var generator = SeededGenerator(seed: UInt64(leaning), UInt64(number))
        let side = 48
        let angle = Double(leaning) * .pi / 3 + Double.random(in: -0.15...0.15, using: &generator)
        let (x0, y0) = (
            Double.random(in: 14...34, using: &generator), Double.random(in: 14...34, using: &generator)
        )
        var pixels = [UInt8](repeating: 250, count: side * side)
        for y in 0..<side {
            for x in 0..<side {
                let (dx, dy) = (Double(x) - x0, Double(y) - y0)
                let (along, across) = (
                    dx * cos(angle) + dy * sin(angle), dy * cos(angle) - dx * sin(angle)
                )
                if abs(along) < 12, abs(across) < 1.8 { pixels[y * side + x] = 20 }
            }
        }
        return Image(width: side, height: side, channels: 1, trusted: pixels)
    }

    private func draw(_ numbers: Range<Int>, in folder: String) throws {
        for (leaning, label) in ["flat", "left", "right"].enumerated() {
            for number in numbers {
                try self.folder.write(
                    "\(folder)/\(label)/\(number).png", line(leaning: leaning, number).encodedAsPNG())
            }
        }
    }

    private var job: LearnFolder {
        var job = LearnFolder(
            pictures, into: index, time: .seconds(3600), backbones: [BackboneName(backbone)])
        job.trainedOn = BackboneName(backbone)
        return job
    }

    @Test func whatIsTrainedIsTaken() throws {
        try draw(0..<8, in: "pictures")
        let recorder = Recorder()
        let result = try job.run(recorder.monitor)
        let training = try #require(result.chosen.training)
        #expect(training.epochs == 100 && training.batch == 64 && result.tried[0].choice == result.chosen)
        #expect(result.chosen.description.hasSuffix("lines.safetensors, trained on"))
        let untrained = try #require(result.tried.first { $0.choice.training == nil })
        #expect(result.tried[0].accuracy > untrained.accuracy)
        #expect(recorder.titles.filter { $0.hasPrefix("training") } == ["training on them", "training"])
        let expectation = try #require(result.expectation)
        #expect(expectation.items == 24 && expectation.accuracy > untrained.accuracy)
        // Of so few classes none can be left out.
        #expect(expectation.newClass == nil)
        // What it says of pictures that it has not seen.
        try draw(100..<130, in: "others")
        let asked = try EvaluateHeldOut(.folder(index), on: [folder.path + "/others"]).run(Monitor())
        #expect(asked.report.accuracy >= expectation.interval.low)
        #expect(try EmbeddingIndex(opening: index).classifier == result.chosen.classifier)

        // As a recipe, the same to the bits.
        let file = try folder.write("again/recipe.yaml", try job.recipe(of: result))
        let run = try RunRecipe(Recipe(contentsOf: file)).run(Monitor()).runs[0]
        #expect(run.train?.epochs == training.epochs && run.evaluation.isEmpty)
        let (first, second) = (
            try EmbeddingIndex(opening: index), try EmbeddingIndex(opening: folder.path + "/again/index")
        )
        #expect(try first.labelled().embeddings == second.labelled().embeddings)
        #expect(try first.backbone == second.backbone && first.classifier == second.classifier)
    }

    /// What is interrupted or takes too long is not taken; what was chosen before is.
    @Test func withoutTimeItIsNotTaken() throws {
        try draw(0..<8, in: "pictures")
        let result = try job.run(Recorder(in: "training").monitor)
        #expect(result.chosen.training == nil && result.tried.contains { $0.choice.training != nil })
        #expect(result.expectation?.newClass != nil && result.added.added == 24)
        try Folder.remove(index)
        let stopped = try job.run(Recorder(in: "training on them").monitor)
        #expect(stopped.chosen == result.chosen && stopped.expectation == result.expectation)
    }

    /// They are learned in another way, also where a class has but one picture.
    @Test func photographs() throws {
        var generator = SeededGenerator(seed: 7)
        func write(_ leaning: Int, _ number: Int) throws {
            let image = line(leaning: leaning, number)
            let noise = image.pixels.map {
                UInt8(clamping: Int($0) / 2 + Int.random(in: 0...120, using: &generator))
            }
            try folder.write(
                "pictures/\(leaning)/\(number).png",
                Image(width: image.width, height: image.height, channels: 1, trusted: noise).encodedAsPNG())
        }
        for leaning in 0..<3 { for number in 0..<8 { try write(leaning, number) } }
        try write(3, 0)
        var job = job
        let result = try job.run(Monitor())
        #expect(!result.look.areDrawn)
        let training = try #require(result.tried.lazy.compactMap(\.choice.training).first)
        #expect(training.epochs == 12 && training.classes == 2 && training.batch == 8)
        try Folder.remove(index)
        job.trains = false
        #expect(try job.run(Monitor()).tried.allSatisfy { $0.choice.training == nil })
    }

    /// What is known already need not be learned.
    @Test func itIsNotTriedInVain() throws {
        for (grey, label) in [(UInt8(250), "light"), (10, "dark")] {
            for number in 0..<4 {
                let pixels = (0..<400).map { $0 < 90 + number ? 128 : grey }
                try folder.write(
                    "pictures/\(label)/\(number).png",
                    Image(width: 20, height: 20, channels: 1, trusted: pixels).encodedAsPNG())
            }
        }
        let recorder = Recorder()
        let known = try job.run(recorder.monitor)
        #expect(known.look.areDrawn && known.chosen.training == nil)
        #expect(!recorder.titles.contains("training on them"))
    }
}
