import AkinTensors

/// The longest embedding that can be indexed.
package let largestDimension = 1 << 20

extension Matrix {
    /// Throws unless all rows are embeddings that can be stored and compared: of the right dimension, no value that is no
    /// number or infinite, and none so large that a distance could not be told.
    package func checkUsable(dimension: Int) throws(GalleryError) {
        guard columns == dimension else { throw .wrongDimension(expected: dimension, found: columns) }
        for row in 0..<rows where !isUsableEmbedding(self[row]) { throw .notFinite(position: row) }
    }
}

/// Whether an embedding can be stored and compared. A squared norm below a quarter of the largest float leaves room for
/// every sum that a metric takes.
package func isUsableEmbedding(_ embedding: ArraySlice<Float>) -> Bool {
    embedding.withUnsafeBufferPointer { isUsableEmbedding($0) }
}

/// As the above. Sixteen sums side by side; a value that is no number makes its own one.
package func isUsableEmbedding(_ embedding: UnsafeBufferPointer<Float>) -> Bool {
    guard let base = embedding.baseAddress else { return true }
    var norms = SIMD16<Float>.zero
    let whole = embedding.count & ~15
    for start in stride(from: 0, to: whole, by: 16) {
        let values = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<Float>.self)
        norms += values * values
    }
    var norm = norms.sum()
    for value in embedding[whole...] { norm += value * value }
    return norm < 0x1p125
}
