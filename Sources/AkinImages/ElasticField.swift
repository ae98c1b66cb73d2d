import AkinTensors

/// A smooth random field of displacements (Simard, Steinkraus and Platt 2003): uniform random vectors on a grid of four
/// by four cells over the picture, between them cubic B-splines. These are about as wide as the paper's Gaussian of
/// 4 pixels on 29 x 29, and as their weights add up to 1, no point moves farther than a node does.
package struct ElasticField {
    private static let cells = 4
    /// A cubic spline reaches one node farther on the left, and two on the right.
    private static let nodes = cells + 3

    private let height: Int
    private let width: Int
    /// `[nodes, nodes, 2]`: the displacements at the nodes, x before y.
    private let grid: UnsafeMutablePointer<Float>
    /// `[nodes, 2]`: those of the nodes' columns in the present row.
    private let line: UnsafeMutablePointer<Float>
    /// `[width, 4]`: the weights of a column's four nodes.
    private let weights: UnsafeMutablePointer<Float>

    /// How many floats a field over a picture needs.
    package static func scratchCount(height: Int, width: Int) -> Int {
        2 * nodes * nodes + 2 * nodes + 4 * width
    }

    /// A field of up to `amplitude` pixels across and down, in `scratchCount` floats that it does not own.
    package init(
        amplitude: Float, height: Int, width: Int, generator: inout SeededGenerator,
        scratch: UnsafeMutablePointer<Float>
    ) {
        self.height = height
        self.width = width
        grid = scratch
        line = grid + 2 * Self.nodes * Self.nodes
        weights = line + 2 * Self.nodes
        for i in 0..<(2 * Self.nodes * Self.nodes) { grid[i] = amplitude * (2 * generator.uniform() - 1) }
        for x in 0..<width {
            let four = Self.weights(of: x, among: width)
            for i in 0..<4 { weights[4 * x + i] = four[i] }
        }
    }

    /// Has to be called before the row's displacements are taken.
    func begin(row: Int) {
        let four = Self.weights(of: row, among: height)
        let count = 2 * Self.nodes
        let from = grid + row * Self.cells / height * count
        for i in 0..<count {
            let upper = four[0] * from[i] + four[1] * from[count + i]
            line[i] = upper + four[2] * from[2 * count + i] + four[3] * from[3 * count + i]
        }
    }

    /// The displacement in a column of that row.
    @inline(__always)
    subscript(column: Int) -> (x: Float, y: Float) {
        let four = weights + 4 &* column
        let from = line + 2 &* (column &* Self.cells / width)
        let x = four[0] * from[0] + four[1] * from[2] + four[2] * from[4] + four[3] * from[6]
        let y = four[0] * from[1] + four[1] * from[3] + four[2] * from[5] + four[3] * from[7]
        return (x, y)
    }

    /// The uniform cubic B-spline's weights of the four nodes around the middle of a pixel.
    private static func weights(of position: Int, among count: Int) -> SIMD4<Float> {
        let place = (Float(position) + 0.5) * Float(cells) / Float(count)
        let t = place - Float(position * cells / count)
        let s = 1 - t
        return SIMD4(
            s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6,
            t * t * t / 6)
    }
}
