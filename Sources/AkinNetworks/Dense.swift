import AkinTensors
import CAkinKernels

/// A fully connected layer, `y = x * weight + bias`, with weights `[inputs, outputs]`. It takes the whole batch at
/// once, since the weights are often larger than the batch: products are cut into pieces of a size that does not
/// depend on the number of threads.
package struct Dense: Sendable {
    let input: Shape
    let units: Int
    var settings = LayerSpecification.ParameterSettings()
    /// For embedding, where a batch normalisation with its ReLU is folded into the layer.
    var rectifier = Rectifier.none
    var output: Shape { Shape(vector: units) }
    var parameters: [Parameter] { Parameter.weightAndBias([input.count, units], settings: settings) }

    /// `y` `[count, units]` from `x` `[count, inputs]`.
    func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int,
        parameters: UnsafePointer<Float>,
        pool: ThreadPool
    ) {
        let inputs = input.count
        let columnBlocks = (units + 127) / 128
        let rowBlocks = columnBlocks >= 4 ? 1 : (count + 63) / 64
        pool.forEach(columnBlocks * rowBlocks) { block, _ in
            let columns = run(block % columnBlocks, of: columnBlocks, in: units)
            let rows = run(block / columnBlocks, of: rowBlocks, in: count)
            let bias = parameters + inputs * units + columns.lowerBound
            for row in rows {
                (y + row * units + columns.lowerBound).update(from: bias, count: columns.count)
            }
            BLAS.multiply(
                x + rows.lowerBound * inputs, stride: inputs, by: parameters + columns.lowerBound,
                stride: units,
                into: y + rows.lowerBound * units + columns.lowerBound, stride: units, rows: rows.count,
                columns: columns.count, inner: inputs, beta: 1)
        }
    }

    /// Floats that `pack` writes.
    var packedCount: Int {
        let panel = Int(akin_panel_columns())
        return (units + panel - 1) / panel * panel * input.count
    }

    /// The weights in panels of `akin_panel_columns()` columns, `[units / panel][inputs][panel]`.
    func pack(_ weight: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>, pool: ThreadPool) {
        let panel = Int(akin_panel_columns())
        pool.forEach((units + panel - 1) / panel) { block, _ in
            let first = block * panel
            let columns = min(panel, units - first)
            var to = packed + first * input.count
            for row in 0..<input.count {
                to.update(from: weight + row * units + first, count: columns)
                (to + columns).update(repeating: 0, count: panel - columns)
                to += panel
            }
        }
    }

    /// As `forward`, with packed weights and with a row's result depending on that row alone, to the last bit:
    /// each value is summed in the order of the inputs, however many rows there are.
    func forward(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int, packed: UnsafePointer<Float>,
        bias: UnsafePointer<Float>, pool: ThreadPool
    ) {
        let panel = Int(akin_panel_columns())
        let inputs = input.count
        let panels = (units + panel - 1) / panel
        let rowBlocks = panels >= 8 ? 1 : (count + 55) / 56
        // A piece of a panel stays in the first cache while all rows of the block pass over it.
        let piece = 256
        pool.forEach(panels * rowBlocks) { block, _ in
            let first = block % panels * panel
            let rows = run(block / panels, of: rowBlocks, in: count)
            var arguments = akin_product_arguments()
            arguments.aRow = inputs
            arguments.aStep = 1
            arguments.bStep = panel
            arguments.c = y + rows.lowerBound * units + first
            arguments.cRow = units
            arguments.bias = bias + first
            arguments.rows = Int32(rows.count)
            arguments.columns = Int32(min(panel, units - first))
            arguments.runs = 1
            for start in stride(from: 0, to: inputs, by: piece) {
                arguments.a = x + rows.lowerBound * inputs + start
                arguments.b = packed + first * inputs + start * panel
                arguments.length = Int32(min(piece, inputs - start))
                arguments.accumulate = start > 0 ? 1 : 0
                arguments.relu = start + piece >= inputs ? rectifier.rawValue : 0
                akin_product(&arguments)
            }
        }
    }

    /// Writes the parameters' gradient and, unless nil, `dx` `[count, inputs]`, or adds to it.
    func backward(
        x: UnsafePointer<Float>, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>?,
        addsToInput: Bool,
        count: Int, parameters: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, pool: ThreadPool
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
                into: gradient + part.lowerBound * units, stride: units, rows: part.count, columns: units,
                inner: count)
            guard let dx else { return }
            BLAS.multiply(
                dy, stride: units, by: parameters + part.lowerBound * units, stride: units, bTransposed: true,
                into: dx + part.lowerBound, stride: inputs, rows: count, columns: part.count, inner: units,
                beta: addsToInput ? 1 : 0)
        }
    }
}
