import AkinEmbedding
import AkinImages
import AkinTensors

/// A picture moved or turned a little, as one lies that was cut out by another hand.
struct InputView: Sendable {
    /// To the right and down, as shares of the width and the height.
    var shift: (x: Float, y: Float) = (0, 0)
    /// Against the clock, in degrees.
    var rotation: Float = 0

    /// Moved by a twenty-fifth of the side, which is two pixels of 48, each way, and turned by five degrees either way.
    static let usual = [
        InputView(shift: (0.04, 0)), InputView(shift: (-0.04, 0)), InputView(shift: (0, 0.04)),
        InputView(shift: (0, -0.04)), InputView(rotation: 5), InputView(rotation: -5),
    ]

    /// Makes the view of inputs one behind the other, `BackboneInput.values(of:)`; outside a picture its edge goes on.
    func write(_ values: UnsafePointer<Float>, _ input: BackboneInput, to target: UnsafeMutablePointer<Float>)
    {
        var start = 0
        for part in input.parts {
            let warp = Warp(
                height: part.height, width: part.width, rotation: rotation * .pi / 180,
                shift: (shift.x * Float(part.width), shift.y * Float(part.height)))
            warp.apply(
                values + start, height: part.height, width: part.width, channels: part.channels.count,
                to: target + start)
            start += part.inputCount
        }
    }
}

extension Embedder {
    /// How many passes an averaged embedding takes: the picture as it is, and its views.
    public static let viewsOfAverage = 1 + InputView.usual.count

    /// Embeddings of what was read as `embeddings(of:)` makes them, `plain`, and averaged over small shifts and rotations of the
    /// inputs: `[batch.decoded.count, dimension]`. The mean is brought to the length of the plain one. It takes
    /// `viewsOfAverage` times as long as the plain ones alone; reading and decoding, which take no longer, come on top.
    func averagedEmbeddings(of batch: InputBatch) -> (plain: Matrix, averaged: Matrix) {
        let plain = embeddings(trusted: batch)
        var sums = plain.values
        let (count, input) = (batch.decoded.count, backbone.input)
        let inputs = FloatBuffer(count: count * input.count)
        for view in InputView.usual {
            batch.inputs.withUnsafeBufferPointer { values in
                nonisolated(unsafe) let values = values.baseAddress!
                ThreadPool.shared.forEach(count) { row, _ in
                    view.write(values + row * input.count, input, to: inputs.base + row * input.count)
                }
            }
            let seen = embeddings(of: UnsafeBufferPointer(inputs.values), count: count)
            for i in sums.indices { sums[i] += seen.values[i] }
        }
        var averaged = Matrix(rows: count, columns: plain.columns, trusted: sums)
        for row in 0..<count {
            func length(_ values: ArraySlice<Float>) -> Float {
                values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
            let (own, mean) = (length(plain[row]), length(averaged[row]))
            averaged[row] = mean > 0 ? averaged[row].map { $0 / mean * own }[...] : plain[row]
        }
        return (plain, averaged)
    }
}
