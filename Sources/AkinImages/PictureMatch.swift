/// How one picture lies in another, as far as that can be told of their sketches.
package struct PictureMatch: Sendable, Equatable {
    /// How the second is laid so that it agrees with the first.
    package let turn: PictureSketch.Turn
    /// The part of the second, laid so, that the first shows.
    package let part: PictureSketch.Part
    /// The correlation of that part with the first picture, -1...1.
    package let likeness: Float
    /// The same of fine details alone: what is left when what is blurred is taken away.
    package let detail: Float

    /// From these on two pictures are one. Of copies that were planted among photographs and drawings both were larger nearly
    /// always; two pictures of one thing come near the first, and seldom the second (`HelpWithLabels.md`).
    private static let (leastLikeness, leastDetail): (Float, Float) = (0.93, 0.85)

    /// Whether the two are one picture.
    package var isCopy: Bool { likeness >= Self.leastLikeness && detail >= Self.leastDetail }

    /// Values in a row when parts are laid upon each other.
    private static let side = 32
    /// A part has at least this share of the width and of the height.
    private static let least: Float = 0.6
    /// By which an edge is moved, and how often it may be tried.
    private static let steps: [Float] = [0.04, 0.02, 0.01, 0.005]
    private static let tries = 6
    /// With less after the coarsest step, more will not make a copy of it.
    private static let hopeless: Float = 0.8
    private static let beginnings =
        [PictureSketch.Part.whole] + PictureSketch.Part.squares(0.9)
        + PictureSketch.Part.squares(0.8)

    /// The first picture as a part of the second, which is laid in a given way: the part whose four edges agree best, found by
    /// moving one of them at a time.
    package init(of first: PictureSketch, in second: PictureSketch, _ turn: PictureSketch.Turn) {
        self.turn = turn
        let turned = second.turned(turn)
        let whole = Grid(first, .whole)
        func likeness(_ part: PictureSketch.Part) -> Float { whole.correlation(with: Grid(turned, part)) }
        var best = Self.beginnings.map { (part: $0, likeness: likeness($0)) }
            .max { $0.likeness < $1.likeness }!
        search: for step in Self.steps {
            for _ in 0..<Self.tries {
                let before = best.likeness
                for edge in [\PictureSketch.Part.left, \.top, \.right, \.bottom] {
                    for move in [-step, step] {
                        var part = best.part
                        part[keyPath: edge] += move
                        guard Self.isPart(part) else { continue }
                        let found = likeness(part)
                        if found > best.likeness + 1e-5 { best = (part, found) }
                    }
                }
                if best.likeness == before { break }
            }
            if best.likeness < Self.hopeless { break search }
        }
        part = best.part
        self.likeness = best.likeness
        detail = whole.details.correlation(with: Grid(turned, best.part).details)
    }

    private static func isPart(_ part: PictureSketch.Part) -> Bool {
        part.left > -0.001 && part.top > -0.001 && part.right < 1.001 && part.bottom < 1.001
            && part.right - part.left >= least && part.bottom - part.top >= least
    }

    /// Values in a square.
    private struct Grid {
        var values: [Float]
        var side: Int

        init(values: [Float], side: Int) { (self.values, self.side) = (values, side) }

        init(_ sketch: PictureSketch, _ part: PictureSketch.Part) {
            side = PictureMatch.side
            values = [Float](unsafeUninitializedCapacity: side * side) { target, count in
                sketch.sample(part, count: PictureMatch.side, into: target.baseAddress!)
                count = PictureMatch.side * PictureMatch.side
            }
        }

        /// 0 where one of them is of one colour.
        func correlation(with other: Grid) -> Float {
            let count = values.count
            return values.withUnsafeBufferPointer { x in
                other.values.withUnsafeBufferPointer { y in
                    // Eight sums side by side: one alone waits for each of its additions.
                    var (sumX, sumY, xx, yy, xy) = (
                        SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>()
                    )
                    for start in stride(from: 0, to: count & ~7, by: 8) {
                        let a = UnsafeRawPointer(x.baseAddress! + start).loadUnaligned(as: SIMD8<Float>.self)
                        let b = UnsafeRawPointer(y.baseAddress! + start).loadUnaligned(as: SIMD8<Float>.self)
                        sumX += a
                        sumY += b
                        xx += a * a
                        yy += b * b
                        xy += a * b
                    }
                    let n = Float(count & ~7)
                    let (meanX, meanY) = (sumX.sum() / n, sumY.sum() / n)
                    let varianceX = xx.sum() / n - meanX * meanX
                    let varianceY = yy.sum() / n - meanY * meanY
                    guard varianceX > 1e-7, varianceY > 1e-7 else { return 0 }
                    return (xy.sum() / n - meanX * meanY) / (varianceX * varianceY).squareRoot()
                }
            }
        }

        /// A little blurred, less what is left of it when it is blurred more; without the rim.
        var details: Grid {
            let fine = blurred
            let coarse = fine.blurred
            let rim = 2
            var result = Grid(values: [], side: side - 2 * rim)
            for y in rim..<side - rim {
                for x in rim..<side - rim {
                    result.values.append(fine.values[y * side + x] - coarse.values[y * side + x])
                }
            }
            return result
        }

        /// Each value with a quarter of each of its neighbours, across and down.
        private var blurred: Grid {
            func blur(_ values: [Float], _ step: Int, _ place: (Int) -> Int) -> [Float] {
                values.indices.map { i in
                    let at = place(i)
                    let before = at > 0 ? values[i - step] : values[i]
                    let after = at < side - 1 ? values[i + step] : values[i]
                    return (before + 2 * values[i] + after) / 4
                }
            }
            let across = blur(values, 1) { $0 % side }
            return Grid(values: blur(across, side) { $0 / side }, side: side)
        }
    }
}
