import Akin
import Foundation
import TestSupport
import Testing

/// What backbones are called, and what is done with them, as a program does it that is not `akin`.
@Suite struct BackboneJobsTests {
    private let workshop: Workshop
    private let folders: BackboneFolders

    init() throws {
        workshop = try Workshop()
        let folder = workshop.folder.path + "/backbones"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: workshop.backbone, toPath: folder + "/small.safetensors")
        folders = BackboneFolders([folder])
    }

    private func read(_ text: String) throws -> any Backbone {
        try BackboneName(text, in: folders).backbone()
    }

    @Test func aNameOrAPathIsRead() throws {
        let small = try Workshop.checkpoint().identity
        #expect(try read("small").identity == small)
        #expect(try read(workshop.backbone).identity == small)
        #expect(try read("hog").identity == HOGDescriptor().identity)
        #expect(try read("pixels-grey").identity == PixelDescriptor(.grey).identity)
        #expect(try BackboneName("shapes").backbone().identity.name == "shapes")
    }

    @Test func severalStandSideBySide() throws {
        let backbone = try #require(try read("hog+small+pixels") as? CombinedBackbone)
        #expect(backbone.parts.map(\.weight) == [1, 1, 1])
        #expect(backbone.identity.name == "hog+small+pixels")
        #expect(try read("hog+\(workshop.backbone)").identity.name == "hog+small")
        let plus = workshop.folder.path + "/a+b.safetensors"
        try FileManager.default.copyItem(atPath: workshop.backbone, toPath: plus)
        #expect(try read(plus).identity.name == "small")
        #expect(throws: EmbeddingError.badCombination(.repeated("hog"))) { try read("hog+small+hog") }
    }

    @Test func aNameThatNobodyHas() throws {
        let known = ["hog", "hog-grey", "pixels", "pixels-grey", "small"]
        #expect(throws: EmbeddingError.unknownName("hogg", nearest: "hog", known: known, isFile: false)) {
            try read("hogg")
        }
        #expect(throws: EmbeddingError.unknownName("", nearest: nil, known: known, isFile: false)) {
            try read("hog+")
        }
        #expect(throws: CheckpointError.self) { try read("./small") }
    }

    @Test func saysWhichThereAre() throws {
        try workshop.folder.write("backbones/broken.safetensors", "no backbone")
        try workshop.folder.write("backbones/hog.safetensors", "not what the name means")
        let recorder = Recorder()
        let found = try ListBackbones(in: folders).run(recorder.monitor)
        #expect(found.map(\.name) == ["pixels", "pixels-grey", "hog", "hog-grey", "small"])
        #expect(found.last?.path == folders.folders[0] + "/small.safetensors")
        #expect(recorder.notes.count == 1 && recorder.notes[0].contains("broken.safetensors"))
        #expect(try ListBackbones(in: BackboneFolders([])).run(Monitor()).count == 4)
    }

    @Test func saysWhatOneIs() throws {
        let small = try ShowBackbone(BackboneName("small", in: folders)).run(Monitor())
        #expect(small.dimension == 8 && small.metric == .l2 && small.data == "none")
        // A convolution of four 3 x 3 kernels and a dense layer, with their biases.
        #expect(small.parameters == 4 * 9 + 4 + 5 * 5 * 4 * 8 + 8)
        #expect(
            try keys(of: small) == [
                "name", "backbone", "hash", "format", "dimension", "parameters", "preprocessing", "metric",
                "licence", "data", "path",
            ])
        let both = try ShowBackbone(BackboneName("hog+small", in: folders)).run(Monitor())
        #expect(both.dimension == HOGDescriptor().dimension + 8 && both.parameters == small.parameters)
        #expect(both.parts.map(\.backbone.identity.name) == ["hog", "small"])
        #expect(
            try keys(of: both) == [
                "name", "backbone", "hash", "format", "dimension", "parameters", "metric", "licence",
                "parts",
            ])
    }

    @Test func whatACheckpointSaysOfItselfIsTold() throws {
        var details = try Workshop.checkpoint().details
        (details.metric, details.licence, details.source) = (.cosine, "MIT", "somewhere")
        let checkpoint = try Workshop.checkpoint(details: details)
        #expect(checkpoint.hash == (try Workshop.checkpoint().hash))
        try checkpoint.write(to: OutputFile(folders.folders[0] + "/named.safetensors", replacing: true))
        let shown = try ShowBackbone(BackboneName("named", in: folders)).run(Monitor())
        #expect(shown.metric == .cosine && shown.licence == "MIT" && shown.source == "somewhere")
        #expect(try MeasuredBackbone(read("named")).metric == .cosine)
        #expect(try MeasuredBackbone(read("named"), metric: .l2).metric == .l2)
        let made = try CreateIndex(at: workshop.index, backbone: read("named")).run(Monitor())
        #expect(made.metric == .cosine)
    }

    /// The index takes the backbone's metric unless told otherwise; so do evaluations.
    @Test func anIndexTakesTheMetricOfItsBackbone() throws {
        #expect(
            try CreateIndex(at: workshop.index, backbone: HOGDescriptor()).run(Monitor()).metric == .cosine)
        let other = workshop.folder.path + "/other"
        #expect(
            try CreateIndex(at: other, backbone: HOGDescriptor(), metric: .l1).run(Monitor()).metric == .l1)
        #expect(try MeasuredBackbone(HOGDescriptor()).metric == .cosine)
        let plain = workshop.folder.path + "/plain"
        #expect(try CreateIndex(at: plain, backbone: read("small")).run(Monitor()).metric == .l2)
    }

    /// From pictures to answers and to another backbone and back, with several side by side.
    @Test func anIndexKeepsSeveralSideBySide() throws {
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<4) }
        let backbone = try read("hog+small+pixels-grey")
        try CreateIndex(at: workshop.index, backbone: backbone).run(Monitor())
        #expect(try AddPictures([workshop.pictures], to: workshop.place).run(Monitor()).added == 8)
        let index = try EmbeddingIndex(opening: workshop.index)
        #expect(
            try index.storedBackbone.identity == backbone.identity && index.dimension == backbone.dimension)
        try workshop.folder.write("new.png", Workshop.picture(of: "bishop", 9).encodedAsPNG())
        let answers = try Query([workshop.folder.path + "/new.png"], in: workshop.place).run(Monitor())
            .answers
        #expect(answers.map(\.label) == ["bishop"])
        #expect(try VerifyIndex(workshop.place).run(Monitor()).isSound)

        let recorder = Recorder()
        try RebuildIndex(workshop.place, with: read("small")).run(recorder.monitor)
        #expect(recorder.notes.contains { $0.contains("made for the metric l2") })
        #expect(try EmbeddingIndex(opening: workshop.index).dimension == 8)
        try UndoChange(of: workshop.place).run(Monitor())
        #expect(try EmbeddingIndex(opening: workshop.index).storedBackbone.identity == backbone.identity)
        #expect(
            try EvaluateLeaveOneOut(workshop.place, classifier: .nearestNeighbours(k: 1)).run(Monitor())
                .errors == 0)
    }
}
