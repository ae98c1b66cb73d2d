import AkinTensors
import CAkinKernels

/// A fully connected layer, `y = x * weight + bias`, with weights `[inputs, outputs]`. It takes the whole batch at
/// once, since the weights are often larger than the batch: products are cut into pieces of a size that does not
/// depend on the number of threads.
package struct Dense: Sendable {
    let input: Shape
    let units: Int
    var output: Shape { Shape(vector: units) }
    var parameters: [Parameter] { Parameter.weightAndBias([input.count, units]) }

    /// `y` `[count, units]` from `x` `[count, inputs]`.
    func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int, parameters: UnsafePointer<Float>,
        pool: ThreadPool
    ) {
        let inputs = input.count
        let columnBlocks = (units + 127) / 128
        let rowBlocks = columnBlocks >= 4 ? 1 : (count + 63) / 64
        pool.forEach(columnBlocks * rowBlocks) { block, _ in
            let columns = run(block % columnBlocks, of: columnBlocks, in: units)
            let rows = run(block / columnBlocks, of: rowBlocks, in: count)
            let bias = parameters + inputs * units + columns.lowerBound
            for row in rows { (y + row * units + columns.lowerBound).update(from: bias, count: columns.count) }
            BLAS.multiply(
                x + rows.lowerBound * inputs, stride: inputs, by: parameters + columns.lowerBound, stride: units,
                into: y + rows.lowerBound * units + columns.lowerBound, stride: units, rows: rows.count,
                columns: columns.count, inner: inputs, beta: 1)
        }
    }

    /// Writes the parameters' gradient and, unless nil, `dx` `[count, inputs]`.
    func backward(
        x: UnsafePointer<Float>, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>?, count: Int,
        parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        let inputs = input.count
        let biasGradient = gradient + inputs * units
        biasGradient.update(repeating: 0, count: units)
        for row in 0..<count { akin_add(biasGradient, dy + row * units, units) }
        let blocks = max(1, min(64, inputs / 512))
        pool.forEach(blocks) { block, _ in
            let part = run(block, of: blocks, in: inputs)
            BLAS.multiply(
                x + part.lowerBound, stride: inputs, aTransposed: true, by: dy, stride: units,
                into: gradient + part.lowerBound * units, stride: units, rows: part.count, columns: units, inner: count)
            guard let dx else { return }
            BLAS.multiply(
                dy, stride: units, by: parameters + part.lowerBound * units, stride: units, bTransposed: true,
                into: dx + part.lowerBound, stride: inputs, rows: count, columns: part.count, inner: units)
        }
    }
}
