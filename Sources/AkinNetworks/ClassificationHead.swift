import AkinTensors

/// The softmax head that a backbone was trained with: a dense layer from embeddings to the classes trained on
/// (thesis, section 5.1).
public struct ClassificationHead: Sendable {
    /// The classes that it knows, in the order of its outputs.
    public let labels: [String]
    /// `[dimension, classes]`
    private let weights: [Float]
    /// `[classes]`
    private let bias: [Float]

    /// Throws where the checkpoint has none.
    public init(of checkpoint: Checkpoint) throws(HeadError) {
        labels = checkpoint.details.labels
        weights = try checkpoint.headTensor("head.weight", shape: [checkpoint.dimension, labels.count])
        bias = try checkpoint.headTensor("head.bias", shape: [labels.count])
    }

    /// For each of `embeddings` `[items, dimension]` the class with the highest score, of equal ones the first.
    ///
    /// - Throws: `HeadError.wrongDimension` where they are of another backbone.
    public func labels(of embeddings: Matrix) throws(HeadError) -> [String] {
        let dimension = weights.count / max(1, labels.count)
        guard embeddings.columns == dimension else {
            throw .wrongDimension(expected: dimension, found: embeddings.columns)
        }
        guard embeddings.rows > 0 else { return [] }
        var scores = Matrix(zeros: embeddings.rows, columns: labels.count)
        for row in 0..<embeddings.rows { scores[row] = bias[...] }
        scores.values.withUnsafeMutableBufferPointer { scores in
            BLAS.multiply(
                embeddings.values, stride: embeddings.columns, by: weights, stride: labels.count,
                into: scores.baseAddress!, stride: labels.count, rows: embeddings.rows, columns: labels.count,
                inner: embeddings.columns, beta: 1)
        }
        return (0..<embeddings.rows).map { row in
            let scores = scores[row]
            var best = scores.startIndex
            for i in scores.indices where scores[i] > scores[best] { best = i }
            return labels[best - scores.startIndex]
        }
    }
}
