import CAkinKernels

/// A correlation of an image with square kernels at stride 1, `y = bias + x * weight`, with fewer multiplications:
/// Winograd's minimal filtering (Lavin and Gray 2016) over tiles of 6 x 6 pixels. Tiles of the image and the kernels
/// are taken to their values at six points each way, multiplied there, summed over the channels, and taken back.
///
/// A kernel of 3 x 3 gives 4 x 4 outputs a tile and needs a quarter of the multiplications. Kernels of 4 and 7 are cut
/// into pieces of 3 and, last, 4 places each way with 3 x 3 outputs a tile: since pieces and outputs are 3 apart, all
/// pieces read the same transformed tiles, each the tile next to the one that the piece before it reads. In float32,
/// results differ from the plain sum by about 1e-6 of the largest.
struct WinogradCorrelation: Sendable {
    let input: Shape
    let output: Shape
    /// Zeros above and left of the image.
    let top: Int
    let left: Int
    let tiling: WinogradTiling

    /// Nil where it cannot be used or would not be faster.
    init?(input: Shape, output: Shape, kernel: LayerSpecification.Extent, top: Int, left: Int) {
        guard let tiling = WinogradTiling(kernel, inputs: input.channels, outputs: output.channels) else {
            return nil
        }
        self.input = input
        self.output = output
        self.top = top
        self.left = left
        self.tiling = tiling
        let (rows, columns) = (tiling.tiles(output.height), tiling.tiles(output.width))
        let more = tiling.pieces - 1
        let direct = tiling.kernel * tiling.kernel * output.height * output.width
        let least = tiling.cost(
            products: rows * columns + 2,
            transformed: (rows + more) * (columns + more) * input.channels + rows * columns * output.channels)
        guard least * 5 < direct * input.channels * output.channels * 4 else { return nil }
    }

    private var columns: Int { tiling.tiles(output.width) }
    private var blocks: WinogradBlocks {
        // So that what goes into a product stays in the second cache.
        WinogradBlocks(
            rows: tiling.tiles(output.height), most: 2800 / (input.channels * columns))
    }

    /// Floats of the transformed kernels: for each panel of outputs, for each place of a tile, `[pieces, pieces,
    /// inputs, panel]`.
    var packedCount: Int {
        let panel = Int(akin_panel_columns())
        return (output.channels + panel - 1) / panel * WinogradTiling.places * tiling.pieces * tiling.pieces
            * input.channels * panel
    }

    /// Floats of scratch space that `run` needs.
    var scratchCount: Int {
        tiles(rows: blocks.largest + tiling.pieces - 1).count
            + WinogradTiling.places
            * (blocks.largest * columns * Int(akin_panel_columns()) + WinogradTiling.gap)
    }

    private func tiles(rows: Int) -> akin_winograd_tiles {
        tiling.tiles(of: input, rows: rows, columns: columns + tiling.pieces - 1, left: -left)
    }

    /// `weight`: for each panel of outputs `[kernel, kernel, inputs, ...]`, `step` floats from one input to the next
    /// and `panelStep` from one panel to the next.
    func pack(
        _ weight: UnsafePointer<Float>, step: Int, panelStep: Int, into packed: UnsafeMutablePointer<Float>
    ) {
        let panel = Int(akin_panel_columns())
        let (inputs, pieces) = (input.channels, tiling.pieces)
        let plane = pieces * pieces * inputs * panel
        for first in stride(from: 0, to: output.channels, by: panel) {
            let from = weight + first / panel * panelStep
            let to = packed + first / panel * WinogradTiling.places * plane
            for a in 0..<pieces {
                for b in 0..<pieces {
                    let place = tiling.first(a) * tiling.kernel + tiling.first(b)
                    for c in 0..<inputs {
                        akin_winograd_weight(
                            from + (place * inputs + c) * step, tiling.kernel * inputs * step, inputs * step,
                            Int32(tiling.length(a)), Int32(tiling.length(b)), Int32(tiling.outputs),
                            to + ((a * pieces + b) * inputs + c) * panel, plane,
                            min(panel, output.channels - first))
                    }
                }
            }
        }
    }

    func run(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, packed: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, rectifier: Rectifier, scratch: UnsafeMutablePointer<Float>
    ) {
        let panel = Int(akin_panel_columns())
        let (inputs, pieces) = (input.channels, tiling.pieces)
        let plane = pieces * pieces * inputs * panel
        for block in 0..<blocks.count {
            let rows = blocks[block]
            var from = tiles(rows: rows.count + pieces - 1)
            from.top = rows.lowerBound * tiling.outputs - top
            let products = scratch + from.count
            akin_winograd_input(&from, x, scratch)

            var to = tiling.tiles(of: output, rows: rows.count, columns: columns, left: 0)
            to.top = rows.lowerBound * tiling.outputs
            var arguments = akin_product_arguments()
            arguments.aRow = inputs
            arguments.aStep = 1
            arguments.aRun = from.columns * inputs
            arguments.bStep = panel
            arguments.bRun = pieces * inputs * panel
            arguments.runs = Int32(pieces)
            arguments.length = Int32(pieces * inputs)
            // With one piece, row after row of tiles is one matrix.
            let stretches = pieces == 1 ? 1 : rows.count
            arguments.rows = Int32(rows.count * columns / stretches)
            for first in stride(from: 0, to: output.channels, by: panel) {
                let count = min(panel, output.channels - first)
                arguments.columns = Int32(count)
                arguments.cRow = count
                to.plane = rows.count * columns * count + WinogradTiling.gap
                for place in 0..<WinogradTiling.places {
                    arguments.b = packed + (first / panel * WinogradTiling.places + place) * plane
                    for stretch in 0..<stretches {
                        arguments.a = UnsafePointer(scratch) + place * from.plane + stretch * arguments.aRun
                        arguments.c = products + place * to.plane + stretch * columns * count
                        akin_product(&arguments)
                    }
                }
                akin_winograd_output(
                    &to, products, count, bias.map { $0 + first }, rectifier.rawValue, y + first)
            }
        }
    }
}

/// The gradient of the kernels of such a correlation, by the same transforms. It is summed where it is transformed,
/// over several images, and taken back once.
struct WinogradWeightGradient: Sendable {
    let input: Shape
    let output: Shape
    let top: Int
    let left: Int
    let tiling: WinogradTiling

    /// Nil where it cannot be used or would not be faster.
    init?(input: Shape, output: Shape, kernel: LayerSpecification.Extent, top: Int, left: Int) {
        guard let tiling = WinogradTiling(kernel, inputs: input.channels, outputs: output.channels) else {
            return nil
        }
        self.input = input
        self.output = output
        self.top = top
        self.left = left
        self.tiling = tiling
        let tiles = tiling.tiles(output.height) * tiling.tiles(output.width)
        let direct = tiling.kernel * tiling.kernel * output.height * output.width
        // The sums are read and written for each image.
        let least = tiling.cost(products: tiles + 8, transformed: tiles * (input.channels + output.channels))
        guard least * 5 < direct * input.channels * output.channels * 4 else { return nil }
    }

    private var columns: Int { tiling.tiles(output.width) }
    private var blocks: WinogradBlocks {
        // Larger, since each block reads and writes all sums: the more so, the more sums there are.
        let sums = tiling.pieces * tiling.pieces * input.channels * output.channels
        let tiles = max(
            8000 / max(input.channels, output.channels), 2 * sums / (input.channels + output.channels))
        return WinogradBlocks(
            rows: tiling.tiles(output.height), most: tiles / columns)
    }
    private var plane: Int {
        tiling.pieces * tiling.pieces * input.channels * output.channels + WinogradTiling.gap
    }

    /// Floats of the sums.
    var sumCount: Int { WinogradTiling.places * plane }

    /// Floats of scratch space that `add` needs.
    var scratchCount: Int {
        inputTiles(rows: blocks.largest).count
            + tiling.tiles(of: output, rows: blocks.largest, columns: columns, left: 0).count
    }

    private func inputTiles(rows: Int) -> akin_winograd_tiles {
        tiling.tiles(
            of: input, rows: rows + tiling.pieces - 1, columns: columns + tiling.pieces - 1, left: -left)
    }

    /// Adds one image's part to the sums. Puts zeros into `dy` where `y`, unless nil, is not positive, and adds what
    /// is left of it to the bias' gradient.
    func add(
        x: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>, y: UnsafePointer<Float>?,
        biasGradient: UnsafeMutablePointer<Float>, to sums: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (inputs, outputs, pieces) = (input.channels, output.channels, tiling.pieces)
        for block in 0..<blocks.count {
            let rows = blocks[block]
            var left = inputTiles(rows: rows.count)
            left.top = rows.lowerBound * tiling.outputs - top
            var right = tiling.tiles(of: output, rows: rows.count, columns: columns, left: 0)
            right.top = rows.lowerBound * tiling.outputs
            let gradients = scratch + left.count
            akin_winograd_input(&left, x, scratch)
            akin_winograd_gradient(&right, dy, y, gradients, biasGradient)

            var arguments = akin_product_arguments()
            arguments.aRow = 1
            arguments.aStep = inputs
            arguments.aRun = left.columns * inputs
            arguments.bStep = outputs
            arguments.bRun = columns * outputs
            arguments.bPanel = Int(akin_panel_columns())
            arguments.cRow = outputs
            arguments.rows = Int32(pieces * inputs)
            arguments.columns = Int32(outputs)
            arguments.runs = Int32(pieces == 1 ? 1 : rows.count)
            arguments.length = Int32(pieces == 1 ? rows.count * columns : columns)
            arguments.accumulate = 1
            for place in 0..<WinogradTiling.places {
                for piece in 0..<pieces {
                    arguments.a = UnsafePointer(scratch) + place * left.plane + piece * arguments.aRun
                    arguments.b = UnsafePointer(gradients) + place * right.plane
                    arguments.c = sums + place * plane + piece * pieces * inputs * outputs
                    akin_product(&arguments)
                }
            }
        }
    }

    /// Adds to `gradient`, `[kernel, kernel, inputs, outputs]`, what the sums stand for, and clears them.
    func finish(_ sums: UnsafeMutablePointer<Float>, into gradient: UnsafeMutablePointer<Float>) {
        let size = input.channels * output.channels
        for a in 0..<tiling.pieces {
            for b in 0..<tiling.pieces {
                let place = tiling.first(a) * tiling.kernel + tiling.first(b)
                akin_winograd_weight_gradient(
                    sums + (a * tiling.pieces + b) * size, plane, Int32(tiling.length(a)),
                    Int32(tiling.length(b)), Int32(tiling.outputs), gradient + place * size,
                    tiling.kernel * size, size, size)
            }
        }
        sums.update(repeating: 0, count: sumCount)
    }
}

/// How kernels and images are cut.
struct WinogradTiling: Sendable {
    /// Places of a tile.
    static let places = 36
    /// Floats between the planes of a transform: a distance that is a large power of two would have all planes share
    /// the same few places of the cache.
    static let gap = 16

    /// The kernel's side: 3, 4 or 7.
    let kernel: Int
    /// The side of what a tile puts out.
    let outputs: Int
    /// Into how many pieces the kernel is cut each way.
    let pieces: Int
    private let products: Int

    init?(_ kernel: LayerSpecification.Extent, inputs: Int, outputs: Int) {
        guard kernel.height == kernel.width, inputs % 16 == 0, outputs % 16 == 0 else { return nil }
        switch kernel.height {
        case 3: (self.outputs, pieces) = (4, 1)
        case 4: (self.outputs, pieces) = (3, 1)
        case 7: (self.outputs, pieces) = (3, 2)
        default: return nil
        }
        self.kernel = kernel.height
        products = Self.places * pieces * pieces * inputs * outputs
    }

    /// How many tiles it takes for an output of `size` pixels.
    func tiles(_ size: Int) -> Int { (size + outputs - 1) / outputs }

    /// The first of a piece's places in the kernel.
    func first(_ piece: Int) -> Int { piece * outputs }

    /// How many places a piece has.
    func length(_ piece: Int) -> Int { piece < pieces - 1 ? outputs : kernel - first(piece) }

    /// `rows` of tiles of an image.
    func tiles(of image: Shape, rows: Int, columns: Int, left: Int) -> akin_winograd_tiles {
        akin_winograd_tiles(
            height: image.height, width: image.width, channels: image.channels, top: 0, left: left,
            rows: rows,
            columns: columns, outputs: outputs, plane: rows * columns * image.channels + Self.gap)
    }

    /// What so many tiles multiplied and so many transformed (times channels) cost, in multiplications. A tile's
    /// transform takes about 110 cycles for 16 channels, in which 220 multiplications a channel could be done.
    func cost(products tiles: Int, transformed: Int) -> Int { tiles * products + 220 * transformed }
}

/// An image's rows of tiles, in blocks of nearly equal size.
private struct WinogradBlocks {
    private let rows: Int
    let count: Int

    /// At most `most` rows in a block, and one at least.
    init(rows: Int, most: Int) {
        self.rows = rows
        count = (rows + max(most, 1) - 1) / max(most, 1)
    }

    /// The most rows that a block has.
    var largest: Int { (rows + count - 1) / count }

    subscript(block: Int) -> Range<Int> { block * rows / count..<(block + 1) * rows / count }
}

extension akin_winograd_tiles {
    /// Floats of the transform.
    fileprivate var count: Int { WinogradTiling.places * plane }
}
