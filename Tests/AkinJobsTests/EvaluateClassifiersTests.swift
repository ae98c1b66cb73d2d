import Akin
import Foundation
import TestSupport
import Testing

@Suite struct EvaluateClassifiersTests {
    private let workshop: Workshop
    private var held: String { workshop.folder.path + "/held" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<4) }
        try workshop.makeIndex()
        for label in ["abbot", "bishop", "cook"] {
            for number in 3..<6 {
                try workshop.folder.write(
                    "held/\(label)/\(number).png", Workshop.picture(of: label, number).encodedAsPNG())
            }
        }
    }

    @Test func thoseOfTheThesis() throws {
        try workshop.folder.write("held/cook/broken.png", "no picture")
        let recorder = Recorder()
        let result = try EvaluateClassifiers(workshop.place, on: held).run(recorder.monitor)
        #expect(result.report.classifiers.count == 12 && result.skipped.count == 1)
        // Number 3 of each class is in the index as well.
        #expect(result.report.questions == 6 && result.report.copies == 3 && result.report.items == 12)
        #expect(result.report.classifiers.allSatisfy { $0.items == 6 })
        #expect(result.report.classifiers.map(\.errors).reduce(0, +) < 6)
        #expect(try keys(of: result) == keys(of: result.report))
        #expect(recorder.titles == ["embedding", "answering"])
        let all = try EvaluateClassifiers(
            workshop.place, on: held, classifiers: [.nearestNeighbours(k: 1)], keepingCopies: true
        ).run(Monitor())
        #expect(all.report.questions == 9 && all.report.copies == nil)
    }

    /// The pictures' own index gives the same as the pictures.
    @Test func anotherIndexIsAsked() throws {
        let other = workshop.folder.path + "/other"
        try CreateIndex(at: other, backbone: Checkpoint(contentsOf: workshop.backbone)).run(Monitor())
        try AddPictures([held], to: .folder(other)).run(Monitor())
        func rows(_ place: String) throws -> [String] {
            try EvaluateClassifiers(workshop.place, on: place).run(Monitor()).report.classifiers.map {
                "\($0.classifier) \($0.errors) of \($0.items)"
            }
        }
        #expect(try rows(other) == rows(held))

        let strange = workshop.folder.path + "/strange"
        try CreateIndex(at: strange, backbone: Workshop.checkpoint(seed: 2)).run(Monitor())
        try AddPictures([held], to: .folder(strange)).run(Monitor())
        let error = try #require(throws: GalleryError.self) {
            try EvaluateClassifiers(workshop.place, on: strange).run(Monitor())
        }
        guard case .otherBackbone = error else { throw error }
    }

    @Test func whatCannotBeAskedIsRefused() throws {
        #expect(throws: JobError.onlyCopies(workshop.index, index: workshop.index)) {
            try EvaluateClassifiers(workshop.place, on: workshop.index).run(Monitor())
        }
        let empty = workshop.folder.path + "/empty"
        try CreateIndex(at: empty, backbone: Checkpoint(contentsOf: workshop.backbone)).run(Monitor())
        #expect(throws: JobError.noItems(empty)) {
            try EvaluateClassifiers(.folder(empty), on: held).run(Monitor())
        }
        #expect(throws: EvaluationError.nothingToEvaluate) {
            try EvaluateClassifiers(workshop.place, on: empty).run(Monitor())
        }
        #expect(throws: ClassificationError.lacksSimilarity(metric: "l2")) {
            try EvaluateClassifiers(workshop.place, on: held, classifiers: [.learnedSimilarity])
                .run(Monitor())
        }
        #expect(
            try interruption(EvaluateClassifiers(workshop.place, on: held), after: 1) == .wroteNothing)
    }
}
