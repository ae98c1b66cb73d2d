import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEmbedding
import AkinEvaluation
import AkinExchange
import AkinImages
import AkinIndexing
import AkinItems
import AkinJobs
import AkinNetworks
import AkinONNX
import AkinStorage
import AkinTensors
import AkinTraining
import AkinVectorSearch
import Foundation
import TestSupport
import Testing

/// What a Swift programmer reads who prints an error.
@Suite struct ErrorWordsTests {
    @Test func localizedDescriptionsAreTheErrorsWords() throws {
        let errors: [any Error] = [
            FileError.missing, ZipError.notAnArchive, ImageError.empty, DatasetError.emptyLabel,
            StorageError.openForReading(path: "x"), IndexError.notAnIndex(path: "x", reason: "it is none"),
            GalleryError.emptySource, ClassificationError.nothingToCompareWith, EvaluationError.noGroups,
            ExchangeError.tooManyFiles, EmbeddingError.noInput, CheckpointError.notAkin(path: "x"),
            NetworkError.nothingToTrain, HeadError.wrongDimension(expected: 1, found: 2),
            TrainingError.tooFewImages(found: 1), RecipeError.empty(path: "x"), FewShotError.noGroups,
            ONNXError.noRuntime, JobError.noItems("x"), TableProblem.tooLong(limit: 5), RecipeProblem.noTest,
            MatrixError.badSize(rows: -1, columns: 2), MetricError.dimensionsDiffer(1, 2),
        ]
        for error in errors {
            #expect(error.localizedDescription == "\(error)", "\(type(of: error))")
            #expect(!error.localizedDescription.contains("error 0"))
        }
        let missing = #expect(throws: IndexError.self) { try EmbeddingIndex(opening: "/nowhere") }
        #expect(
            missing?.localizedDescription.hasPrefix("'/nowhere' is no index: there is no such folder; ")
                == true)
        let folder = try TemporaryFolder()
        try folder.write("x", "mine")
        let inTheWay = #expect(throws: WriteError.self) { try OutputFile(folder.path + "/x").write([1]) }
        #expect(inTheWay?.localizedDescription.contains("it is there already; choose another name") == true)
    }

    /// What comes from outside, a file or a person, may be anything.
    @Test func valuesFromOutsideAreErrors() throws {
        #expect(throws: ImageError.badSize(width: 2, height: 2, channels: 4)) {
            try Image(width: 2, height: 2, channels: 4, pixels: Array(repeating: 0, count: 16))
        }
        #expect(throws: ImageError.wrongSampleCount(width: 2, height: 2, channels: 3, found: 11)) {
            try Image(width: 2, height: 2, channels: 3, pixels: Array(repeating: 0, count: 11))
        }
        for side in [0, -1, Int.max, Int.min] {
            #expect(throws: ImageError.self) { try Image(width: side, height: 2, channels: 3, pixels: []) }
            #expect(throws: ImageError.self) { try Image(width: 2, height: side, channels: 1, pixels: []) }
        }
        let image = try Image(width: 2, height: 1, channels: 1, pixels: [1, 2])
        #expect(throws: ImageError.self) { try image.resized(width: 0, height: 4) }
        #expect(throws: ImageError.self) { try image.resized(width: 4, height: .max) }
        let long = try Image(
            width: 70_000, height: 1, channels: 1, pixels: Array(repeating: 0, count: 70_000))
        #expect(throws: ImageError.tooLong(.jpeg, width: 70_000, height: 1, limit: 65_500)) {
            try long.encodedAsJPEG()
        }

        #expect(throws: MatrixError.doesNotFill(rows: 2, columns: 2, values: 3)) {
            try Matrix(rows: 2, columns: 2, values: [1, 2, 3])
        }
        for (rows, columns) in [(-1, 2), (-1, -1), (Int.max, 2), (Int.max / 2, 1)] {
            #expect(throws: MatrixError.badSize(rows: rows, columns: columns)) {
                try Matrix(rows: rows, columns: columns)
            }
        }
        let (one, two) = (try Matrix(rows: 1, columns: 1), try Matrix(rows: 1, columns: 2))
        #expect(throws: MetricError.dimensionsDiffer(1, 2)) { try Metric.l2.distances(from: one, to: two) }
        #expect(throws: MetricError.dimensionsDiffer(1, 2)) { try Metric.l2.distance(from: [1], to: [1, 2]) }
        #expect(throws: MetricError.exclusionsDiffer(queries: 1, exclusions: 2)) {
            try Metric.l2.nearest(1, to: one, among: one, excluding: [[], []])
        }
        let learned = Metric.learnedL1(LearnedL1(weights: [1, 2, 3], offset: 0))
        #expect(throws: MetricError.otherDimension(learned: 3, found: 1)) {
            try learned.nearest(1, to: one, among: one)
        }
        #expect(throws: GalleryError.wrongDimension(expected: 3, found: 1)) {
            try MemoryGallery(dimension: 1, metric: learned)
        }
        #expect(throws: ClassificationError.wrongDimension(expected: 3, found: 1)) {
            try Examples(labels: ItemLabels(["a"]), embeddings: one, metric: learned)
        }
        let four = try Matrix(rows: 4, columns: 1, values: [1, 2, 3, 4])
        #expect(throws: EvaluationError.metric(.otherDimension(learned: 3, found: 1))) {
            try PairOutcomes(labels: ["a", "a", "b", "b"], embeddings: four, metric: learned)
        }
        #expect(throws: JobError.nothingToCompare) { try CompareRuns([]).run(Monitor()) }
        for k in [0, -1] { #expect(try Metric.l2.nearest(k, to: one, among: one) == [[]]) }
        #expect(throws: GalleryError.noDimension(0)) { try MemoryGallery(dimension: 0) }
        #expect(throws: EvaluationError.self) { try Interval(3, of: 2) }
        #expect(throws: EvaluationError.self) { try Interval(-1, of: 2) }
        #expect(throws: FewShotError.oneKind(same: 0, different: 1)) {
            try Verification(same: [], different: [1])
        }
        #expect(throws: FewShotError.tooFewPairs(1)) {
            try VerificationPairs(labels: ["a", "a", "b"], count: 1, seed: 1)
        }
        for (ways, shots, count) in [(1, 1, 1), (2, 0, 1), (2, 1, 0), (-5, -5, -5)] {
            #expect(throws: FewShotError.badEpisodes(ways: ways, shots: shots, count: count)) {
                try Episodes(
                    labels: ["a", "a", "b", "b"], settings: .init(ways: ways, shots: shots, count: count))
            }
        }
        #expect(throws: TrainingError.wrongInputCount(labels: 1, expected: 4, found: 3)) {
            try PreparedImages(
                inputs: [1, 2, 3], labels: ["a"], preprocessing: Preprocessing(trusted: 2, width: 2))
        }
        #expect(throws: EvaluationError.countsDiffer(items: 2, things: "sources", 1)) {
            try LeaveOneOut(sources: ["x"], labels: ["a", "b"], classifier: .classMean, metric: .l2)
        }
        #expect(throws: DatasetError.badLabelDepth(0)) {
            try Dataset(folder: NSTemporaryDirectory(), FolderReading(labelDepth: 0))
        }
    }

    /// A classifier is a value that may be made of anything: it throws when it is asked.
    @Test func classifiersOfNonsenseThrow() throws {
        let gallery = try MemoryGallery(dimension: 2)
        let items = ["a", "a", "b", "b"].enumerated().map { NewItem(label: $1, source: "\($0)") }
        let embeddings = try Matrix(rows: 4, columns: 2, values: [0, 0, 0, 1, 5, 5, 5, 6])
        try gallery.write("items") {
            _ = try $0.add(items, embeddings: embeddings, backbone: gallery.backbone)
        }
        let rules: [Classifier] = [
            Classifier(Ridge(penalty: 0)), Classifier(Ridge(penalty: .nan)), Classifier(Ridge(penalty: -1)),
            Classifier(SupportVectors(cost: 0)), Classifier(SupportVectors(cost: .infinity)),
            Classifier(SupportVectors(kernel: .polynomial, degree: 0)), Classifier(RandomForest(trees: 0)),
            Classifier(RandomForest(trees: 100_000)), .nearestNeighbours(k: 0), .nearestNeighbours(k: -3),
        ]
        for rule in rules {
            #expect(throws: ClassificationError.self, "\(rule)") {
                try rule.answers(to: embeddings, in: gallery)
            }
        }
        #expect(throws: ClassificationError.countsDiffer(labels: 1, embeddings: 4)) {
            try Examples(labels: ItemLabels(["a"]), embeddings: embeddings, metric: .l2)
        }
        #expect(Classifier.classMean.prediction(fromDistances: [1, 2], labels: ItemLabels(["a"])) == nil)
    }

    /// Jobs are values too.
    @Test func jobsOfNonsenseThrow() throws {
        let nowhere = IndexPlace.folder("/nowhere")
        #expect(throws: JobError.self) { try CalibrateIndex(nowhere, strangersKnown: 0).run(Monitor()) }
        #expect(throws: JobError.self) { try CalibrateIndex(nowhere, strangersKnown: .nan).run(Monitor()) }
        #expect(throws: JobError.self) { try ReportIndex(nowhere, limit: 0).run(Monitor()) }
        #expect(throws: JobError.self) { try EvaluateShots(nowhere, draws: 0).run(Monitor()) }
    }
}
