import AkinTensors

extension TrainingPass {
    /// Floats that hold what layers put out, of all images of a batch, until the way back has used it.
    package var activationCount: Int {
        // What is written in the place of another lies where that does.
        var counts: [Int: Int] = [:]
        for place in tensors where place.perImage > 0 {
            counts[place.offset] = max(counts[place.offset, default: 0], place.perImage)
        }
        return capacity * counts.values.reduce(0, +)
    }

    /// Floats of its own besides: gradients on their way back, each share's of the parameters, weights as the kernels want them,
    /// and what the threads work in.
    package var workCount: Int { arena.count - activationCount }
}

extension EmbeddingPass {
    /// Floats that it works in.
    package var workCount: Int { arena.count }
}
