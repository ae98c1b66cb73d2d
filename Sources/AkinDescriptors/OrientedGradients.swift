import Foundation

/// Histograms of oriented gradients (Dalal and Triggs 2005), in the settings that are usual: nine orientations of 20
/// degrees without regard to the sign, cells of 8 x 8 pixels, overlapping blocks of 2 x 2 cells, each normalised by
/// `L2-Hys`: scaled to unit length, cut off at 0.2 and scaled again (sections 6.2 to 6.4).
///
/// As scikit-image's `hog` has it: the gradient is the difference of the two neighbours, 0 at the border, and votes for one
/// orientation and one cell only; of several colours that one counts, pixel by pixel, whose gradient is the longest.
package struct OrientedGradients {
    /// Of the picture.
    package let height: Int
    package let width: Int
    package let channels: Int

    package init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    static let orientations = 9
    static let cell = 8
    static let block = 2

    /// Rows of whole cells; pixels below them do not vote.
    var cellRows: Int { height / Self.cell }
    /// Columns of whole cells.
    var cellColumns: Int { width / Self.cell }
    /// How many numbers the histograms are.
    package var cellCount: Int { cellRows * cellColumns * Self.orientations }
    /// How many numbers the blocks are.
    package var count: Int {
        (cellRows - Self.block + 1) * (cellColumns - Self.block + 1) * Self.block * Self.block
            * Self.orientations
    }

    /// Writes the blocks, `[rows, columns, 2, 2, 9]`, of a picture `[height, width, channels]`; `cells` is room for
    /// `cellCount` numbers.
    package func write(
        _ picture: UnsafePointer<Float>, to blocks: UnsafeMutablePointer<Float>,
        cells: UnsafeMutablePointer<Float>
    ) {
        vote(picture, in: cells)
        let across = Self.block * Self.orientations
        var block = blocks
        for row in 0...cellRows - Self.block {
            for column in 0...cellColumns - Self.block {
                for y in 0..<Self.block {
                    let cell = cells + ((row + y) * cellColumns + column) * Self.orientations
                    (block + y * across).update(from: cell, count: across)
                }
                Self.normalise(block, count: Self.block * across)
                block += Self.block * across
            }
        }
    }

    /// Each pixel votes with the length of its gradient; a cell's histogram is the mean over its pixels.
    private func vote(_ picture: UnsafePointer<Float>, in cells: UnsafeMutablePointer<Float>) {
        cells.update(repeating: 0, count: cellCount)
        let rowStride = width * channels
        for y in 0..<cellRows * Self.cell {
            let row = picture + y * rowStride
            // At the border both are the pixel itself.
            let isInside = y > 0 && y < height - 1
            let (above, below) = isInside ? (row - rowStride, row + rowStride) : (row, row)
            let histograms = cells + y / Self.cell * cellColumns * Self.orientations
            for x in 0..<cellColumns * Self.cell {
                let isInside = x > 0 && x < width - 1
                let (before, behind) = isInside ? (x - 1, x + 1) : (x, x)
                var (right, down, longest): (Float, Float, Float) = (0, 0, 0)
                for channel in 0..<channels {
                    let here = x * channels + channel
                    let r = row[behind * channels + channel] - row[before * channels + channel]
                    let d = below[here] - above[here]
                    let square = r * r + d * d
                    if square > longest { (right, down, longest) = (r, d, square) }
                }
                guard longest > 0 else { continue }
                histograms[x / Self.cell * Self.orientations + Self.orientation(right, down)] +=
                    longest.squareRoot()
            }
        }
        let share = 1 / Float(Self.cell * Self.cell)
        for i in 0..<cellCount { cells[i] *= share }
    }

    /// The multiples of 20 degrees up to 160, as cosine and sine.
    private static let boundaries: [SIMD2<Float>] = (1..<orientations).map {
        let angle = Double($0) * Double.pi / Double(orientations)
        return SIMD2(Float(cos(angle)), Float(sin(angle)))
    }

    /// Which of the orientations a gradient has. It is turned to between 0 and 180 degrees; then it has passed those
    /// boundaries to the left of which it lies.
    private static func orientation(_ right: Float, _ down: Float) -> Int {
        let isTurned = down < 0 || down == 0 && right < 0
        let (x, y) = isTurned ? (-right, -down) : (right, down)
        var passed = 0
        for boundary in boundaries where y * boundary.x >= x * boundary.y { passed += 1 }
        return passed
    }

    private static func normalise(_ block: UnsafeMutablePointer<Float>, count: Int) {
        // As in scikit-image: what keeps a block without gradients from a division by 0.
        let least: Float = 1e-5 * 1e-5
        func scale() {
            var squares: Float = 0
            for i in 0..<count { squares += block[i] * block[i] }
            let factor = 1 / (squares + least).squareRoot()
            for i in 0..<count { block[i] *= factor }
        }
        scale()
        for i in 0..<count { block[i] = min(block[i], 0.2) }
        scale()
    }
}
