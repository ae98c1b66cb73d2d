import Akin
import Foundation
import TestSupport
import Testing

/// A backbone of a program's own, all of it on this page: how it is written, and how an index is made with it, asked and
/// evaluated. A picture's embedding is how bright its quarters are.
private struct Quarters: Backbone {
    static let format = "quarters"
    let bytes: [UInt8]

    init() { bytes = Array("version 1".utf8) }
    init(bytes: [UInt8], kinds: BackboneRegistry) { self.bytes = bytes }

    var identity: BackboneIdentity { BackboneIdentity(named: "quarters") }
    var dimension: Int { 4 }
    var input: BackboneInput { BackboneInput(Preprocessing(trusted: 2, width: 2, placement: .stretch)) }
    func pass(capacity: Int) -> any BackbonePass { Pass() }

    /// The inputs are the quarters already.
    private final class Pass: BackbonePass {
        func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> { inputs }
    }
}

@Suite struct NewBackboneTests {
    private let backbones = BackboneRegistry([Quarters.self])

    /// A picture of which one quarter is bright.
    private func write(_ quarter: Int, _ number: Int, to folder: TemporaryFolder, _ name: String) throws {
        var generator = SeededGenerator(seed: UInt64(quarter), UInt64(number))
        let pixels = (0..<400).map { place in
            let isBright = place % 20 / 10 + 2 * (place / 200) == quarter
            return UInt8((isBright ? 200 : 30) + Int.random(in: 0...25, using: &generator))
        }
        try folder.write(
            "\(name)/quarter \(quarter)/\(number).png",
            Image(width: 20, height: 20, channels: 1, trusted: pixels).encodedAsPNG())
    }

    @Test func isUsedFromPicturesToAnAnswer() throws {
        let folder = try TemporaryFolder()
        for quarter in 0..<4 {
            for number in 0..<6 { try write(quarter, number, to: folder, number < 4 ? "known" : "new") }
        }
        let path = folder.path + "/index"
        let backbone = Quarters()
        do {
            let index = try EmbeddingIndex.create(at: path, backbone: backbone, backbones: backbones)
            let report = try index.add(
                try Dataset(folder: folder.path + "/known"), embedder: Embedder(backbone))
            #expect(report.added == 16 && report.skipped == [])
        }

        // The folder is enough, where the kind of backbone is known.
        let index = try EmbeddingIndex(opening: path, backbones: backbones)
        let revived = try index.storedBackbone
        #expect(revived is Quarters && revived.bytes == backbone.bytes)
        let error = #expect(throws: IndexError.self) { try EmbeddingIndex(opening: path) }
        #expect("\(try #require(error))".contains("kept as 'quarters'"))

        let new = try Dataset(folder: folder.path + "/new")
        let images = HeldOutImages(new, for: revived)
        let answers = try Classifier.averageClassDistance.answers(to: images.embeddings, in: index)
        #expect(answers.predictions.map(\.label) == new.samples.map(\.label))
        #expect(try index.verify().isSound)
        #expect(try index.sync(folder.path + "/known", embedder: Embedder(revived)).unchanged == 16)

        // From another backbone and back.
        try index.rebuild(with: Embedder(PixelBackbone(side: 2, factor: 3)))
        let both = BackboneRegistry([Quarters.self, PixelBackbone.self])
        let rebuilt = try EmbeddingIndex(opening: path, backbones: both)
        #expect(try rebuilt.storedBackbone is PixelBackbone && rebuilt.faults() == [])
        try rebuilt.undo()
        #expect(try EmbeddingIndex(opening: path, backbones: backbones).storedBackbone is Quarters)
    }
}
