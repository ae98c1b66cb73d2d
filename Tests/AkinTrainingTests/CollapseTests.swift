import AkinBasics
import AkinEmbedding
import AkinNetworks
import AkinTensors
import AkinTraining
import AkinVectorSearch
import TestSupport
import Testing

/// What counts as a training that has come to nothing, and what does not.
@Suite struct CollapseTests {
    /// As a trainer looks at them: at pairs of its pictures.
    private func collapse(_ embeddings: Matrix, _ labels: [String], _ metric: Metric = .l2) -> Collapse? {
        let pairs = try? VerificationPairs(labels: labels, count: 1024, seed: 1)
        return Collapse(of: embeddings, labels: labels, pairs: pairs?.pairs ?? [], by: metric)
    }

    private func matrix(_ rows: [[Float]]) -> Matrix {
        Matrix(rows: rows.count, columns: rows[0].count, trusted: rows.flatMap { $0 })
    }

    private func labels(_ counts: [Int]) -> [String] {
        counts.enumerated().flatMap { Array(repeating: "class \($0)", count: $1) }
    }

    @Test func onePointIsCollapsed() {
        var random = SeededGenerator(seed: 1)
        for counts in [[2, 2], [1, 1], [12, 12, 12], [90, 5, 5]] {
            let labels = labels(counts)
            let point: [Float] = [0.3, 0.7, 0.1]
            for metric in [Metric.l2, .cosine] {
                #expect(collapse(matrix(labels.map { _ in point }), labels, metric) == .onePoint)
                let rounded = labels.map { _ in point.map { $0 * (1 + (random.uniform() - 0.5) * 2e-6) } }
                #expect(collapse(matrix(rounded), labels, metric) == .onePoint)
                #expect(collapse(matrix(labels.map { _ in [0, 0, 0] }), labels, metric) == .onePoint)
            }
        }
        // All but a few, as where units are dead.
        let many = labels([50, 50])
        #expect(
            collapse(matrix(many.indices.map { $0 % 25 == 0 ? [1, Float($0)] : [0, 0] }), many) == .onePoint)
    }

    /// What a network does that has learned all that there is.
    @Test func aPointForEachClassIsNot() {
        for counts in [[2, 2], [1, 1], [1, 1, 1], [2, 1, 1], [500, 10], [98, 1, 1], [40, 40, 40]] {
            let labels = labels(counts)
            let points: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
            let rows = labels.map { points[Int(String($0.last!))!] }
            for metric in [Metric.l2, .cosine] {
                #expect(collapse(matrix(rows), labels, metric) == nil, "\(counts)")
            }
        }
    }

    /// Of few pictures chance makes anything.
    @Test(arguments: 0..<40) func noiseOfFewPicturesIsNot(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for counts in [[1, 1], [2, 1], [2, 2], [3, 3], [5, 5, 5, 5]] {
            let labels = labels(counts)
            let rows = labels.map { _ in (0..<8).map { _ in random.uniform() } }
            #expect(collapse(matrix(rows), labels) == nil, "\(counts)")
        }
    }

    /// What there is none of is found more often than not, in 63 of 100 drawings of pairs, so that 8 of 20 are as good as certain; a
    /// small difference is never called none.
    @Test func noDifferenceAmongManyPicturesIsAndASmallOneIsNot() {
        let labels = labels(Array(repeating: 150, count: 10))
        var found = 0
        for seed in 0..<20 {
            var random = SeededGenerator(seed: UInt64(seed))
            let noise = labels.map { _ in (0..<8).map { _ in random.uniform() } }
            if collapse(matrix(noise), labels) == .noDifference { found += 1 }
            // Centres so near each other that the nearest neighbour is mostly wrong.
            let centres = (0..<10).map { _ in (0..<8).map { _ in random.uniform() * 0.4 } }
            let weak = zip(labels, noise).map { label, row in
                zip(row, centres[Int(String(label.last!))!]).map { $0 + $1 }
            }
            #expect(collapse(matrix(weak), labels) == nil, "seed \(seed)")
        }
        #expect(found >= 8)
    }

    @Test func equalDistancesAreNoDifference() {
        let labels = labels([2, 2])
        let rows: [[Float]] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
        #expect(collapse(matrix(rows), labels) == .noDifference)
        // A similarity that has learned nothing: all weights are 0.
        let nothing = Metric.learnedL1(LearnedL1(weights: [0, 0], offset: 0.7))
        #expect(collapse(matrix([[0, 1], [0, 1.1], [5, 1], [5, 1.1]]), labels, nothing) == .noDifference)
        #expect(collapse(matrix([[0, 1], [0, 1.1], [5, 1], [5, 1.1]]), labels) == nil)
        // Of classes with a picture each nothing is known.
        #expect(collapse(matrix(rows), ["a", "b", "c", "d"]) == nil)
    }

    @Test func whatIsNoNumberIsToldElsewhere() {
        #expect(collapse(matrix([[.nan], [1], [1]]), ["a", "a", "b"]) == nil)
        #expect(collapse(matrix([[.infinity], [1], [1]]), ["a", "a", "b"]) == nil)
    }

    /// Steps so large that all sigmoids come to lie at their ends.
    private func hopeless() throws -> Recipe {
        try Recipe.small(
            training: "epochs: 15, batch: 24, learning-rate: 0.3, loss: triplet, mining: batch-hard",
            backbone:
                "  - flatten\n  - dense: {units: 64, activation: relu}\n  - dense: {units: 32, activation: sigmoid}"
        )
    }

    @Test func aTrainingThatCollapsedIsToldAndItsCheckpointMarked() throws {
        let images = DrawnSymbols(6, seed: 1).images
        let folder = try TemporaryFolder()
        let files = TrainingFiles(checkpoint: folder.path + "/hopeless.safetensors")
        let recipe = try hopeless()
        let report = try Trainer(recipe, data: images).run(files: files)
        #expect(report.finished && report.collapsed == .onePoint)
        #expect(
            report.failure(of: recipe)?.description
                == "training has collapsed: the embeddings of its pictures lie at one point, so that the checkpoint "
                + "tells nothing apart; train again with a lower learning-rate than 0.3, with mining: semi-hard or random, or "
                + "another loss")
        let marked = try Checkpoint(contentsOf: files.checkpoint)
        #expect(marked.details.collapsed == .onePoint)
        // The mark is no part of what it computes.
        let plain = try Trainer(recipe, data: images)
        try plain.run()
        #expect(plain.checkpoint.hash == marked.hash && plain.checkpoint.details.collapsed == nil)

        // Interrupted it is not judged, and gone on with it is judged at its end.
        let other = TrainingFiles(checkpoint: folder.path + "/other.safetensors")
        let first = try Trainer(recipe, data: images).run(files: other) { $0.epoch < 2 }
        #expect(!first.finished && first.collapsed == nil)
        #expect(try Checkpoint(contentsOf: other.last).details.collapsed == nil)
        let second = try Trainer(recipe, data: images).run(files: other, resume: true)
        #expect(second.collapsed == .onePoint)
        #expect(try Checkpoint(contentsOf: other.checkpoint).bytes == marked.bytes)
    }

    /// A new training from a marked checkpoint is judged by itself.
    @Test func theMarkIsNotHandedOn() throws {
        let images = DrawnSymbols(6, seed: 1).images
        let folder = try TemporaryFolder()
        let files = TrainingFiles(checkpoint: folder.path + "/good.safetensors")
        var recipe = try Recipe.small(training: "epochs: 12, batch: 16, learning-rate: 0.005")
        let good = try Trainer(recipe, data: images)
        #expect(try good.run(files: files).collapsed == nil)
        try good.checkpoint.marked(as: .noDifference).write(to: OutputFile(files.checkpoint, replacing: true))
        #expect(try Checkpoint(contentsOf: files.checkpoint).details.collapsed == .noDifference)
        recipe.training.start = files.checkpoint
        recipe.training.epochs = 1
        let again = TrainingFiles(checkpoint: folder.path + "/again.safetensors")
        #expect(try Trainer(recipe, data: images).run(files: again).collapsed == nil)
        #expect(try Checkpoint(contentsOf: again.checkpoint).details.collapsed == nil)
    }

    /// Every loss, the first epochs and tiny sets: nothing of that is a collapse.
    @Test(arguments: TrainerRunTests.recipes.indices) func ordinaryTrainingsAreNot(_ which: Int) throws {
        let (training, backbone) = TrainerRunTests.recipes[which]
        let folder = try TemporaryFolder()
        let recipe = try Recipe.small(training: "epochs: 1, seed: 3, \(training)", backbone: backbone)
        let files = TrainingFiles(checkpoint: folder.path + "/one.safetensors")
        #expect(
            try Trainer(recipe, data: DrawnSymbols(6, seed: 9).grouped).run(files: files).collapsed == nil)
    }

    @Test func twoClassesOfTwoAreNot() throws {
        let images = DrawnSymbols(2, ofEachOf: 2, seed: 1).images
        let folder = try TemporaryFolder()
        for loss in ["contrastive", "triplet", "cross-entropy", "binary-cross-entropy", "normalised-softmax"]
        {
            let recipe = try Recipe.small(training: "epochs: 20, loss: \(loss), learning-rate: 0.005")
            let files = TrainingFiles(checkpoint: "\(folder.path)/\(loss).safetensors")
            #expect(try Trainer(recipe, data: images).run(files: files).collapsed == nil, "\(loss)")
        }
    }
}
