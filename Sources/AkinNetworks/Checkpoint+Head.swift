import AkinTensors
import AkinVectorSearch

extension Checkpoint {
    /// The similarity that was learned with the embeddings, as a distance.
    ///
    /// - Throws: where none was learned, one of other embeddings, or one whose distances may be no numbers.
    func learnedSimilarity() throws(HeadError) -> LearnedL1 {
        let learned = LearnedL1(
            similarity: try headTensor(Parameter.similarityWeight, shape: [dimension, 1]),
            bias: try headTensor(Parameter.similarityBias, shape: [1])[0])
        // With embeddings as large as are allowed, their distances must still be numbers.
        let most = learned.weights.reduce(learned.offset.magnitude) { $0 + $1.magnitude }
        guard most < 0x1p60 else { throw .tooLarge(checkpoint: name, tensor: Parameter.similarityWeight) }
        return learned
    }

    /// The metric of a name; `learnedL1` is the one that was learned with the embeddings.
    public func metric(_ kind: Metric.Kind) throws(HeadError) -> Metric {
        if let metric = Metric(kind) { return metric }
        return .learnedL1(try learnedSimilarity())
    }

    /// The values of a tensor that was trained on top of the backbone.
    func headTensor(_ name: String, shape: [Int]) throws(HeadError) -> [Float] {
        guard let tensor = head.first(where: { $0.name == name }) else {
            throw .missing(checkpoint: self.name, tensor: name)
        }
        guard tensor.shape == shape else {
            throw .wrongShape(checkpoint: self.name, tensor: name, expected: shape, found: tensor.shape)
        }
        return tensor.values
    }
}

extension Network {
    /// The similarity as it is now, as a distance; nil where none is being learned.
    package var learnedL1: LearnedL1? {
        func trained(_ name: String) -> [Float]? {
            parameters.first { $0.name == name }.map { Array(values.values[$0.range]) }
        }
        guard let weights = trained(Parameter.similarityWeight), let bias = trained(Parameter.similarityBias)
        else { return nil }
        return LearnedL1(similarity: weights, bias: bias[0])
    }
}

extension LearnedL1 {
    /// A learned similarity, `sum(weights * |x - y|) + bias`, grows with likeness (Koch et al. 2015, section 3.1): its
    /// sign turned round it is a distance, below 0 for a pair that the sigmoid takes for one class.
    fileprivate init(similarity weights: [Float], bias: Float) {
        self.init(weights: weights.map { -$0 }, offset: -bias)
    }
}
