import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinTensors
import TestSupport
import Testing

@Suite struct InputReaderTests {
    private let pictures: Pictures
    private let preprocessing = Preprocessing(trusted: 5, width: 7, channels: .rgb, invert: true)
    private var reader: InputReader { InputReader(pictures.samples, preprocessing: preprocessing) }

    init() throws { pictures = try Pictures() }

    @Test(arguments: [0..<0, 0..<23, 4..<9, 7..<8, 20..<23])
    func readsWhatAPlainLoopReads(range: Range<Int>) throws {
        let batch = reader.read(range)
        var (inputs, decoded, hashes) = ([Float](), [Int](), [ContentHash?]())
        for position in range {
            guard !pictures.damaged.contains(position) else {
                hashes.append(nil)
                continue
            }
            let content = try pictures.samples[position].content()
            hashes.append(content.hash)
            decoded.append(position)
            inputs += preprocessing.input(
                from: try content.image(fitting: preprocessing.decodingTarget))
        }
        #expect(batch.range == range && batch.hashes == hashes)
        #expect(batch.decoded == decoded && batch.inputs == inputs)
        #expect(batch.skipped.map(\.position) == pictures.damaged.filter(range.contains))
    }

    @Test func namesWhatItSkips() {
        let skipped = reader.read(0..<23).skipped
        #expect(skipped.map(\.skipped.source) == pictures.damaged.map { pictures.samples[$0].source })
        #expect(skipped[0].skipped.reason == "\(FileError.missing)")
        #expect(skipped.allSatisfy { !$0.skipped.reason.contains($0.skipped.source.path) })
    }

    @Test func decodesOnlyWhatIsWanted() throws {
        let all = reader.read(0..<23)
        let hash = try #require(all.hashes[3])
        let batch = reader.read(2..<20) { position, found in position % 2 == 0 || found == hash }
        // What cannot be decoded is not noticed unless it is wanted; what cannot be read is.
        #expect(batch.decoded == [2, 3, 4, 8, 10, 12, 14, 16, 18])
        #expect(batch.skipped.map(\.position) == [6, 11])
        #expect(batch.hashes[15] != nil && Array(batch.hashes.prefix(2)) == Array(all.hashes[2..<4]))
        let size = preprocessing.inputCount
        let inputs = batch.decoded.flatMap { position in
            let place = all.decoded.firstIndex(of: position)! * size
            return all.inputs[place..<place + size]
        }
        #expect(batch.inputs == inputs)
        let none = reader.read(0..<23) { _, _ in false }
        #expect(none.decoded.isEmpty && none.inputs.isEmpty)
        #expect(none.hashes.indices.filter { none.hashes[$0] == nil } == [0, 11])
    }

    @Test func readsAllIntoOneBuffer() {
        let (all, batch) = (reader.readAll(), reader.read(0..<23))
        #expect(all.decoded == batch.decoded && all.skipped == batch.skipped.map(\.skipped))
        #expect(Array(all.inputs.values.prefix(batch.inputs.count)) == batch.inputs)
        #expect(InputReader([], preprocessing: preprocessing).readAll().decoded.isEmpty)
    }

    @Test func whatWasReadIsEmbedded() throws {
        let backbone = PixelBackbone(side: 4, factor: 2)
        let batch = InputReader(pictures.samples, preprocessing: backbone.preprocessing).read(0..<23)
        let embeddings = try Embedder(backbone, batch: 6).embeddings(of: batch)
        #expect(embeddings.rows == 23 - pictures.damaged.count && embeddings.columns == 16)
        #expect(embeddings.values == batch.inputs.map { $0 * 2 })
    }
}
