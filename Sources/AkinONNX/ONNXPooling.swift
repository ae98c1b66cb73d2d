/// How an embedding is made of what a network puts out for a picture.
public enum ONNXPooling: String, Codable, Sendable, CaseIterable {
    /// It is one: `[n, dimension]`.
    case none
    /// The mean over all places of a map `[n, dimension, height, width]` (or `[n, height, width, dimension]`), or over all tokens
    /// `[n, tokens, dimension]`.
    case mean
    /// The first of the tokens `[n, tokens, dimension]`.
    case first
}

extension ONNXOutput {
    /// Where the components of the embeddings lie in it.
    struct Layout: Equatable {
        let dimension: Int
        /// How many vectors are pooled.
        let places: Int
        /// From one component to the next, and from one place to the next.
        let componentStride: Int
        let placeStride: Int
    }

    /// As `pooling` sees it; nil where it is no such output of a batch.
    func layout(_ pooling: ONNXPooling, order: ONNXUse.Order, batch: Int) -> Layout? {
        guard sides.allSatisfy({ $0 > 0 }) else { return nil }
        // A model for one picture may do without the side of the batch.
        let own = sides.first == batch && sides.count > 1 ? Array(sides.dropFirst()) : batch == 1 ? sides : []
        switch (own.count, pooling) {
        case (1, .none):
            return Layout(dimension: own[0], places: 1, componentStride: 1, placeStride: own[0])
        case (2, .first):
            return Layout(dimension: own[1], places: 1, componentStride: 1, placeStride: own[1])
        case (2, .mean):
            return Layout(dimension: own[1], places: own[0], componentStride: 1, placeStride: own[1])
        case (3, .mean) where order == .channelsFirst:
            let places = own[1] * own[2]
            return Layout(dimension: own[0], places: places, componentStride: places, placeStride: 1)
        case (3, .mean):
            return Layout(
                dimension: own[2], places: own[0] * own[1], componentStride: 1, placeStride: own[2])
        default: return nil
        }
    }

    /// Writes the embedding of the first picture; sums are taken in the order of the places.
    func write(_ layout: Layout, to embedding: UnsafeMutablePointer<Float>) {
        guard let values else { return }
        switch ONNXElement(rawValue: typeNumber) {
        case .float32:
            let floats = values.assumingMemoryBound(to: Float.self)
            write(layout, to: embedding) { floats[$0] }
        case .float16:
            let halves = values.assumingMemoryBound(to: UInt16.self)
            write(layout, to: embedding) { Float(half: halves[$0]) }
        case nil: embedding.update(repeating: .nan, count: layout.dimension)
        }
    }

    @inline(__always)
    private func write(
        _ layout: Layout, to embedding: UnsafeMutablePointer<Float>, _ value: (Int) -> Float
    ) {
        for component in 0..<layout.dimension {
            let start = component * layout.componentStride
            guard layout.places > 1 else {
                embedding[component] = value(start)
                continue
            }
            var sum = 0.0
            for place in 0..<layout.places { sum += Double(value(start + place * layout.placeStride)) }
            embedding[component] = Float(sum / Double(layout.places))
        }
    }
}
