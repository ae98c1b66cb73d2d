import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinItems
import AkinTensors

/// A backbone that is tried, and what it has made of the pictures so far.
struct LearningPart {
    /// As it is called.
    let name: String
    let backbone: any Backbone
    /// The embeddings of the first pictures, each `[dimension]`; of one that it cannot embed, zeros.
    private(set) var embeddings: [Float] = []
    /// Of what each was made; nil where it could not be.
    private(set) var contents: [ContentHash?] = []
    /// Which are of one colour.
    private(set) var blank: Set<Int> = []
    /// How many pictures that are.
    private(set) var count = 0
    /// How long it took, in seconds.
    private(set) var seconds = 0.0
    /// Why it is not gone on with.
    var stopped: LearnFolder.Result.Stop?

    init(_ name: String, _ backbone: any Backbone) {
        (self.name, self.backbone) = (name, backbone)
    }

    /// How long the others of `total` pictures will take, in seconds, as those did that have been embedded.
    func seconds(toEmbed total: Int) -> Double {
        count > 0 ? seconds / Double(count) * Double(total - count) : 0
    }

    /// How long one takes without reading the picture, tried out anew.
    var secondsOfEmbedding: Double {
        let embedder = Embedder(backbone)
        let count = 8
        let inputs = [Float](repeating: 0, count: count * backbone.input.count)
        func embed() { _ = inputs.withUnsafeBufferPointer { embedder.embeddings(of: $0, count: count) } }
        // The first time also gets the memory.
        embed()
        let began = ContinuousClock.now
        embed()
        return (ContinuousClock.now - began) / .seconds(1) / Double(count)
    }

    /// The first embeddings, `[first, dimension]`.
    func matrix(first: Int) -> Matrix {
        let dimension = backbone.dimension
        return Matrix(rows: first, columns: dimension, trusted: Array(embeddings.prefix(first * dimension)))
    }

    /// Embeds more of `samples`, until there are `wanted`.
    ///
    /// - Parameter goesOn: Asked before each batch; false ends it.
    mutating func embed(_ samples: [Sample], upTo wanted: Int, goesOn: (LearningPart) -> Bool) {
        guard count < wanted else { return }
        let embedder = Embedder(backbone)
        let reader = InputReader(Array(samples[count..<wanted]), for: backbone.input)
        // The first batch is small: it shows how long the others will take.
        for range in Self.batches(of: wanted - count, isFirst: count == 0) {
            guard goesOn(self) else { return }
            let began = ContinuousClock.now
            let batch = reader.read(range)
            let made = embedder.embeddings(trusted: batch)
            var rows = [ArraySlice<Float>?](repeating: nil, count: range.count)
            for (row, position) in batch.decoded.enumerated() where isUsableEmbedding(made[row]) {
                rows[position - range.lowerBound] = made[row]
            }
            for (row, content) in zip(rows, batch.hashes) {
                embeddings += row ?? ArraySlice(repeating: 0, count: backbone.dimension)
                contents.append(row == nil ? nil : content)
            }
            blank.formUnion(batch.blank.map { count + $0 - range.lowerBound })
            count += range.count
            seconds += (ContinuousClock.now - began) / .seconds(1)
        }
    }

    private static func batches(of count: Int, isFirst: Bool) -> [Range<Int>] {
        let head = isFirst ? min(count, 8) : 0
        let size = 64
        return (head > 0 ? [0..<head] : [])
            + stride(from: head, to: count, by: size).map { $0..<min($0 + size, count) }
    }
}
