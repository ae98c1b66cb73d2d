import AkinTensors

extension Matrix {
    /// Calls `body` with a row where it lies.
    package func withRow<R>(_ row: Int, _ body: (UnsafeBufferPointer<Float>) -> R) -> R {
        values.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[row * columns..<(row + 1) * columns]))
        }
    }
}
