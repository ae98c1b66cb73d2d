import Akin
import Foundation
import TestSupport
import Testing

/// From a folder to its index, as a program does it that is not `akin`.
@Suite struct LearnFolderTests {
    private let workshop: Workshop
    private let backbones: [BackboneName]

    init() throws {
        workshop = try Workshop()
        backbones = ["pixels", "hog", BackboneName(workshop.backbone)]
    }

    private func draw(_ counts: [String: Int]) throws {
        for (label, count) in counts { try workshop.draw(label, 0..<count) }
    }

    private func job(_ folder: String? = nil, time: Duration = .seconds(60)) -> LearnFolder {
        LearnFolder(folder ?? workshop.pictures, into: workshop.index, time: time, backbones: backbones)
    }

    @Test func findsWhatTellsThemApart() throws {
        try draw(["abbot": 6, "bishop": 6, "cook": 6, "dean": 5])
        let recorder = Recorder()
        let result = try job().run(recorder.monitor)
        let expectation = try #require(result.expectation)
        #expect(expectation.accuracy == 1 && expectation.newClass == 1 && expectation.interval.high == 1)
        #expect(result.pictures == 23 && result.classes == 4 && result.added.added == 23)
        #expect(result.tried.count >= 3 && result.tried[0].choice == result.chosen)
        #expect(
            recorder.titles == [
                "looking at the pictures", "trying backbones", "trying classifiers", "indexing",
                "leaving each out", "building the graph",
            ])
        #expect(
            try keys(of: result) == [
                "tried", "stopped", "chosen", "expected", "interval", "expected_new_class",
                "interval_new_class", "look", "pictures", "classes", "index", "added", "calibration",
                "seconds",
            ])
        #expect(
            result.calibration?.classifier == result.chosen.classifier && result.calibration?.border != nil)
        // What was tried has been embedded already.
        #expect(result.added.imagesPerSecond == 0)
        // The index is asked as was chosen.
        let index = try EmbeddingIndex(opening: workshop.index)
        #expect(try index.classifier == result.chosen.classifier && index.count == 23)
        let asked = try workshop.folder.write("q.png", Workshop.picture(of: "cook", 40).encodedAsPNG())
        #expect(try Query([asked], in: workshop.place).run(Monitor()).answers.map(\.label) == ["cook"])
        #expect(try EvaluateLeaveOneOut(workshop.place).run(Monitor()).errors == 0)
        let described = try DescribeIndex(workshop.place).run(Monitor())
        #expect(described.classifier == result.chosen.classifier)
    }

    /// What was chosen, run as a recipe, makes the same index to the same bits.
    @Test func theRecipeRepeatsIt() throws {
        try draw(["abbot": 5, "bishop": 4, "cook": 3])
        var job = job()
        job.backbones = ["pixels+hog", BackboneName(workshop.backbone)]
        job.reading.ignored = ["notes*"]
        for backbones in [job.backbones, [BackboneName(workshop.backbone)]] {
            job.backbones = backbones
            let learned = try job.run(Monitor())
            let file = try workshop.folder.write("again/recipe.yaml", try job.recipe(of: learned))
            let run = try RunRecipe(Recipe(contentsOf: file)).run(Monitor()).runs[0]
            #expect(run.train == nil && run.evaluation.map(\.classifier) == [learned.chosen.classifier.name])
            let index = try EmbeddingIndex(opening: workshop.folder.path + "/again/index")
            let (first, second) = (
                try EmbeddingIndex(opening: workshop.index).labelled(), try index.labelled()
            )
            #expect(first.embeddings == second.embeddings && first.items.map(\.id) == second.items.map(\.id))
            #expect(try index.classifier == learned.chosen.classifier)
            try Folder.remove(workshop.index)
        }
    }

    @Test func aRecipeWithAReadyBackboneTrainsNothing() throws {
        try draw(["abbot": 3, "bishop": 3])
        func recipe(_ more: String = "") throws -> Recipe {
            try Recipe(
                text: "data: {folder: pictures}\nbackbone: pixels\n\(more)",
                path: workshop.folder.path + "/r.yaml")
        }
        #expect(try recipe().ready == "pixels")
        try recipe().check()
        for key in ["training: {epochs: 3}", "preprocessing: {size: 8}", "index: {metric: l2}"] {
            #expect(throws: RecipeError.self) { try recipe(key) }
        }
        #expect(throws: RecipeError.self) {
            try recipe("evaluation: {protocol: leave-one-out, retrain: true}")
        }
        #expect(throws: JobError.self) {
            try TrainBackbone(recipe(), output: workshop.folder.path + "/x.safetensors").run(Monitor())
        }
        #expect(throws: EmbeddingError.self) {
            try RunRecipe(
                Recipe(
                    text: "data: {folder: pictures}\nbackbone: pixel\n",
                    path: workshop.folder.path + "/r.yaml")
            ).run(Monitor())
        }
        #expect(!Folder.isThere(workshop.folder.path + "/index"))
        let held = try recipe("evaluation: {protocol: test, classifiers: [ridge]}")
        #expect(throws: JobError.self) { try RunRecipe(held).run(Monitor()) }
    }

    /// Whatever the number of threads: the choice, the estimate and the index.
    @Test func repeats() throws {
        try draw(["abbot": 5, "bishop": 4, "cook": 3])
        let first = try job().run(Monitor())
        let vectors = try EmbeddingIndex(opening: workshop.index).labelled().embeddings
        try Folder.remove(workshop.index)
        let second = try ThreadPool.shared.alone { try job().run(Monitor()) }
        #expect(second.chosen == first.chosen && second.expectation == first.expectation)
        #expect(second.tried.map(\.accuracy) == first.tried.map(\.accuracy))
        #expect(try EmbeddingIndex(opening: workshop.index).labelled().embeddings == vectors)
    }

    @Test func onePictureAClass() throws {
        try draw(["abbot": 1, "bishop": 1, "cook": 1])
        let result = try job().run(Monitor())
        #expect(result.expectation == nil && result.silence != nil && result.tried.isEmpty)
        #expect(result.added.added == 3)
        #expect(try keys(of: result).contains("nothing_expected"))
        let asked = try workshop.folder.write("q.png", Workshop.picture(of: "bishop", 9).encodedAsPNG())
        #expect(try Query([asked], in: workshop.place).run(Monitor()).answers[0].label == "bishop")
    }

    @Test func threePicturesInAll() throws {
        try draw(["abbot": 2, "bishop": 1])
        let result = try job().run(Monitor())
        #expect(result.added.added == 3 && result.expectation?.items == 2)
    }

    @Test func copiesAreNoneToAskAbout() throws {
        try workshop.copyPictures("abbot", 1..<6)
        try workshop.copyPictures("bishop", 1..<6)
        let result = try job().run(Monitor())
        #expect(result.expectation == nil && result.added.added == 12)
    }

    @Test func groupsAreLeftOutTogether() throws {
        try draw(["abbot": 6, "bishop": 6])
        var lines = ["path,label,group"]
        for label in ["abbot", "bishop"] {
            for number in 0..<6 {
                lines.append("pictures/\(label)/\(number).png,\(label),page \(number / 2)")
            }
        }
        let manifest = try workshop.folder.write("manifest.csv", lines.joined(separator: "\n"))
        let result = try job(manifest).run(Monitor())
        #expect(result.added.added == 12 && result.expectation?.accuracy == 1)
        // Three pages tell less than twelve pictures.
        #expect(try #require(result.expectation).interval.low < 0.7)
    }

    @Test func badFoldersAreRefused() throws {
        try draw(["abbot": 4])
        #expect(throws: JobError.oneClass(workshop.pictures, label: "abbot")) { try job().run(Monitor()) }
        try draw(["bishop": 4])
        try workshop.folder.write("index/notes.txt", "mine")
        #expect(throws: IndexError.self) { try job().run(Monitor()) }
        #expect(try Folder.entries(workshop.index).map(\.name) == ["notes.txt"])
        try Folder.remove(workshop.index)
        try job().run(Monitor())
        #expect(throws: IndexError.alreadyAnIndex(path: workshop.index)) { try job().run(Monitor()) }
        #expect(!Folder.isThere(workshop.index + ".part"))
    }

    @Test func brokenPicturesAreLeftOut() throws {
        try draw(["abbot": 4, "bishop": 4])
        for number in 0..<4 { try workshop.folder.write("pictures/cook/\(number).png", "no picture") }
        let result = try job().run(Monitor())
        #expect(result.added.added == 8 && result.added.skipped.count == 4)
        try Folder.remove(workshop.index)
        try Folder.remove(workshop.pictures + "/bishop")
        #expect(throws: JobError.oneClass(workshop.pictures, label: "abbot")) { try job().run(Monitor()) }
    }

    /// Cancelled before anything is known there is nothing; afterwards, the best so far.
    @Test func cancelled() throws {
        try draw(["abbot": 12, "bishop": 12])
        #expect(try interruption(job(), after: 0) == .wroteNothing)
        #expect(!Folder.isThere(workshop.index))
        let result = try job().run(Recorder(cancellingAfter: 6).monitor)
        #expect(result.added.added == 24)
        #expect(try VerifyIndex(workshop.place).run(Monitor()).isSound)
    }

    /// A backbone that cannot embed all pictures in the time is not begun with; something is taken all the same.
    @Test func withoutTime() throws {
        try draw(["abbot": 6, "bishop": 6])
        let result = try job(time: .nanoseconds(1)).run(Monitor())
        #expect(result.chosen.backbone == "pixels" && result.added.added == 12)
        #expect(result.stopped.map(\.backbone) == ["hog", workshop.backbone])
    }

    @Test func drawingsAreTold() {
        var random = SeededGenerator(seed: 1)
        let photo = PictureLook([.init(Image.noise(width: 90, height: 70, channels: 3, using: &random))])
        #expect(!photo.areDrawn && photo.haveColour)
        var pixels = [UInt8](repeating: 250, count: 6400)
        for i in 3000..<3400 { pixels[i] = 10 }
        let drawing = PictureLook([.init(Image(width: 80, height: 80, channels: 1, trusted: pixels))])
        #expect(drawing.areDrawn && !drawing.haveColour)
    }
}
