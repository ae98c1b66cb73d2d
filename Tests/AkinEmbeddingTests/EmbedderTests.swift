import AkinBasics
import AkinEmbedding
import AkinImages
import AkinTensors
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct EmbedderTests {
    private let backbone = PixelBackbone(side: 3, factor: 0.5)

    private func inputs(_ count: Int, seed: UInt64 = 1) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count * 9).map { _ in generator.uniform() }
    }

    @Test(arguments: [0, 1, 4, 5, 13])
    func embedsABatchAtATime(count: Int) throws {
        let inputs = inputs(count)
        let embeddings = try Embedder(backbone, batch: 4).embeddings(of: inputs, count: count)
        #expect(embeddings == Matrix(rows: count, columns: 9, trusted: inputs.map { $0 * 0.5 }))
    }

    @Test func embedsPictures() throws {
        var generator = SeededGenerator(seed: 2)
        let images = (3..<9).map { Image.noise(width: $0, height: 5, channels: 1, using: &generator) }
        let inputs = images.flatMap { backbone.preprocessing.input(from: $0) }
        let embedder = try Embedder(backbone, batch: 4)
        #expect(try embedder.embeddings(of: images) == embedder.embeddings(of: inputs, count: images.count))
        #expect(embedder.embeddings(of: [Image]()).rows == 0)
    }

    @Test func severalThreadsHaveAPassEach() throws {
        let meeting = Meeting(of: 4)
        let embedder = Embedder(Meeters(backbone: backbone, meeting: meeting))
        #expect(meeting.passes == 1)
        let threads = (0..<4).map { thread in
            let inputs = inputs(6, seed: UInt64(thread))
            return Background { () throws(EmbeddingError) in
                let expected = Matrix(rows: 6, columns: 9, trusted: inputs.map { $0 * 0.5 })
                for _ in 0..<200 where try embedder.embeddings(of: inputs, count: 6) != expected {
                    return false
                }
                return true
            }
        }
        for thread in threads { #expect(try thread.result()) }
        #expect(meeting.passes == 4)
    }

    @Test func aThreadAloneNeedsOnePass() throws {
        let meeting = Meeting(of: 1)
        let embedder = Embedder(Meeters(backbone: backbone, meeting: meeting))
        for count in 0..<20 { _ = try embedder.embeddings(of: inputs(count), count: count) }
        #expect(meeting.passes == 1)
    }

    /// Eight tasks at once, each with pictures of its own, get what each would get alone.
    @Test func tasksShareOne() async throws {
        let embedder = Embedder(backbone)
        var generator = SeededGenerator(seed: 7)
        let pictures = (0..<8).map { task in
            (0..<20).map { Image.noise(width: 3 + $0, height: 4 + task, channels: 1, using: &generator) }
        }
        let expected = pictures.map { Embedder(backbone).embeddings(of: $0) }
        let found = await withTaskGroup(of: (Int, [Matrix]).self) { group in
            for (task, own) in pictures.enumerated() {
                group.addTask { (task, (0..<50).map { _ in embedder.embeddings(of: own) }) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (task, expected) in expected.enumerated() {
            #expect(found[task]?.count == 50 && found[task]?.allSatisfy { $0 == expected } == true, "\(task)")
        }
    }

    @Test func whatCannotBeEmbeddedIsAnError() throws {
        #expect(throws: EmbeddingError.emptyBatch(0)) { try Embedder(backbone, batch: 0) }
        #expect(throws: EmbeddingError.wrongInputCount(pictures: 2, expected: 18, found: 9)) {
            try Embedder(backbone).embeddings(of: inputs(1), count: 2)
        }
        #expect(throws: EmbeddingError.self) { try Embedder(backbone).embeddings(of: [], count: -1) }
        #expect(throws: EmbeddingError.noInput) { try BackboneInput([]) }
    }
}

/// Threads wait here for one another, the first time that they come.
private final class Meeting: Sendable {
    private let size: Int
    private let state = Mutex((passes: 0, arrived: 0))
    private let complete = DispatchSemaphore(value: 0)

    init(of size: Int) { self.size = size }

    var passes: Int { state.withLock { $0.passes } }

    func countPass() { state.withLock { $0.passes += 1 } }

    func wait() {
        let arrived = state.withLock { state in
            state.arrived += 1
            return state.arrived
        }
        if arrived < size { complete.wait() }
        if arrived <= size { complete.signal() }
    }
}

/// A backbone whose passes meet.
private struct Meeters: Backbone {
    let backbone: PixelBackbone
    let meeting: Meeting

    static let format = "test-meeters"

    init(backbone: PixelBackbone, meeting: Meeting) {
        self.backbone = backbone
        self.meeting = meeting
    }

    init(bytes: [UInt8], kinds: BackboneRegistry) throws {
        self.init(backbone: try PixelBackbone(bytes: bytes, kinds: kinds), meeting: Meeting(of: 1))
    }

    var bytes: [UInt8] { backbone.bytes }
    var identity: BackboneIdentity { backbone.identity }
    var dimension: Int { backbone.dimension }
    var input: BackboneInput { backbone.input }

    func pass(capacity: Int) -> any BackbonePass {
        meeting.countPass()
        return Pass(pass: backbone.pass(capacity: capacity), meeting: meeting)
    }

    private final class Pass: BackbonePass {
        private let pass: any BackbonePass
        private let meeting: Meeting

        init(pass: any BackbonePass, meeting: Meeting) {
            self.pass = pass
            self.meeting = meeting
        }

        func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
            meeting.wait()
            return pass.run(inputs, count: count)
        }
    }
}
