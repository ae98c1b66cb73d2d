import Akin
import Foundation
import TestSupport
import Testing

/// A report on an index, as a program makes it that is not `akin`.
@Suite struct ReportIndexTests {
    private let workshop: Workshop
    private var output: String { workshop.folder.path + "/report.html" }

    init() throws {
        workshop = try Workshop()
        for label in ["abbot", "bishop", "cook"] { try workshop.draw(label, 0..<5) }
        try workshop.makeIndex()
    }

    private func page() throws -> String { try String(contentsOfFile: output, encoding: .utf8) }

    @Test func tellsWhatThereIs() throws {
        let recorder = Recorder()
        let report = try ReportIndex(workshop.place).run(recorder.monitor)
        #expect(report.items == 15 && report.asked == 15 && report.file == nil && !report.byGroup)
        #expect(report.errors == 0 && report.accuracy == 1 && report.macroAccuracy == 1)
        #expect(report.calibrationError == nil && report.confusions.isEmpty)
        #expect(recorder.titles == ["leaving each out", "leaving each out"])
        #expect(report.classifiers.map(\.asked) == [Int](repeating: 15, count: 7))
        #expect(report.classifiers.contains { $0.classifier == .nearestNeighbours(k: 1) && $0.errors == 0 })
        #expect(
            report.summary[0]
                == "Of 100 new pictures like these, all 100 would be named right (between 79 and 100).")
        try CalibrateIndex(workshop.place).run(Monitor())
        let calibrated = try ReportIndex(workshop.place, to: OutputFile(output, replacing: true)).run(
            Monitor())
        #expect(
            try keys(of: calibrated) == [
                "index", "file", "summary", "items", "asked", "errors", "by_group", "accuracy", "interval",
                "macro_accuracy", "macro_interval", "auroc", "fpr_at_95_tpr", "calibration_error",
                "confusions", "classifiers",
            ])
        #expect(try page().components(separatedBy: "src=\"data:image/png;base64,").count - 1 == 15)
        // Nothing in the index is changed.
        #expect(try EmbeddingIndex(opening: workshop.index).history().first?.verb == .calibrate)
    }

    @Test func groupsAreLeftOutAsAWhole() throws {
        let vectors = try workshop.folder.write(
            "v.jsonl",
            Array(
                (0..<24).map { number in
                    let own = number % 3
                    return
                        "{\"label\": \"\(own)\", \"group\": \"page \(number / 6)\", \"embedding\": [\(Double(own * 4) + Double(number % 5) / 9), \(number % 7)], \"source\": \"\(number)\"}"
                }.joined(separator: "\n").utf8))
        let index = workshop.folder.path + "/vectors"
        try ImportItems([vectors], into: .folder(index)).run(Monitor())
        let report = try ReportIndex(.folder(index), to: OutputFile(output, replacing: true)).run(Monitor())
        #expect(report.byGroup && report.asked == 24)
        #expect(report.summary[0].contains("that it has not seen"))
        #expect(try page().contains("No pictures are at hand"))
    }

    @Test func fewItemsAreNoTrouble() throws {
        let empty = workshop.folder.path + "/empty"
        try CreateIndex(at: empty, backbone: Workshop.checkpoint()).run(Monitor())
        let nothing = try ReportIndex(.folder(empty), to: OutputFile(output, replacing: true)).run(Monitor())
        #expect(nothing.summary == ["The index is empty: it can answer nothing."] && nothing.accuracy == nil)
        #expect(try page().contains("The index is empty"))
        for count in [1, 2, 4] {
            let vectors = try workshop.writeVectors("v\(count).npy", rows: count, dimension: 3)
            let index = workshop.folder.path + "/few\(count)"
            try ImportItems([vectors], into: .folder(index)).run(Monitor())
            let report = try ReportIndex(.folder(index), to: OutputFile(output, replacing: true)).run(
                Monitor())
            #expect(report.items == count && !report.summary.isEmpty)
        }
        // One picture of each class.
        let singles = workshop.folder.path + "/singles"
        try CreateIndex(at: singles, backbone: Workshop.checkpoint()).run(Monitor())
        for label in ["abbot", "bishop", "cook"] {
            try AddPictures(["\(workshop.pictures)/\(label)/0.png"], to: .folder(singles), label: label)
                .run(Monitor())
        }
        let report = try ReportIndex(.folder(singles), to: OutputFile(output, replacing: true)).run(Monitor())
        #expect(report.asked == 0 && report.accuracy == nil)
        #expect(report.summary.contains { $0.hasPrefix("3 classes have a single picture") })
    }

    @Test func missingPicturesAreNamed() throws {
        try FileManager.default.removeItem(atPath: workshop.pictures + "/cook")
        try ReportIndex(workshop.place, to: OutputFile(output, replacing: true)).run(Monitor())
        #expect(try page().components(separatedBy: "src=\"data:image/png;base64,").count - 1 == 10)
        #expect(try page().contains("picture missing"))
    }

    @Test func someItemsAreEnough() throws {
        let report = try ReportIndex(workshop.place, to: OutputFile(output, replacing: true), limit: 6).run(
            Monitor())
        #expect(report.items == 15 && report.asked == 6)
        #expect(try page().contains("(6 of the 15, of each class its share)"))
        #expect(try page().contains(", of 15 in the index"))
    }

    @Test func whatCannotBeDoneIsExplained() throws {
        try FileManager.default.linkItem(atPath: workshop.pictures + "/cook/1.png", toPath: output)
        #expect(throws: JobError.fileInUse(output, by: .input)) {
            try ReportIndex(workshop.place, to: OutputFile(output, replacing: true)).run(Monitor())
        }
        let inside = workshop.index + "/report.html"
        #expect(throws: JobError.fileInUse(inside, by: .indexFolder)) {
            try ReportIndex(workshop.place, to: OutputFile(inside, replacing: true)).run(Monitor())
        }
    }

    @Test func canBeCancelled() throws {
        for updates in [1, 2, 500, 1003] {
            let job = ReportIndex(workshop.place, to: OutputFile(output, replacing: true))
            #expect(try interruption(job, after: updates) == .wroteNothing)
            #expect(!FileManager.default.fileExists(atPath: output))
        }
    }
}
