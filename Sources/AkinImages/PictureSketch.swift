/// A picture made small, square and grey, by which copies of a picture are known again: turned, mirrored, scaled, cropped,
/// saved anew or made lighter.
///
/// Two sketches are compared by correlation, which brightness and contrast do not change. `48 * 48` values are enough to tell
/// different pictures of one thing apart, and few enough for every two of a thousand pictures to be compared.
package struct PictureSketch: Sendable {
    /// Rows, and values in each.
    package static let side = 48

    /// `[side, side]`, 0...1.
    let values: [Float]

    /// To which size a picture is best decoded for it.
    package static let decodingSize = (width: 2 * side, height: 2 * side)

    private static let preprocessing = Preprocessing(trusted: side, width: side, placement: .stretch)

    /// Nil of a picture with next to no contrast, which is like any other such.
    package init?(_ image: Image) {
        let values = Self.preprocessing.input(from: image)
        guard values.max()! - values.min()! > 0.05 else { return nil }
        self.values = values
    }

    private init(_ values: [Float]) { self.values = values }

    /// One of the eight ways in which a square can be laid.
    package struct Turn: Sendable, Hashable {
        /// Quarters of a circle, against the clock, 0...3.
        package let quarters: Int
        /// Whether it is mirrored left to right after that.
        package let isMirrored: Bool

        package init(quarters: Int, isMirrored: Bool) {
            (self.quarters, self.isMirrored) = (quarters, isMirrored)
        }

        /// That which takes it back.
        package var inverse: Turn {
            // What is turned and then mirrored is its own inverse.
            isMirrored ? self : Turn(quarters: (4 - quarters) % 4, isMirrored: false)
        }

        /// All, the picture as it is first.
        package static let all = [false, true].flatMap { isMirrored in
            (0..<4).map { Turn(quarters: $0, isMirrored: isMirrored) }
        }
    }

    /// Laid in another way.
    package func turned(_ turn: Turn) -> PictureSketch {
        PictureSketch(Self.turned(values, side: Self.side, turn))
    }

    /// Of `side * side` values.
    private static func turned(_ values: [Float], side: Int, _ turn: Turn) -> [Float] {
        guard turn.isMirrored || turn.quarters != 0 else { return values }
        return [Float](unsafeUninitializedCapacity: values.count) { target, count in
            let warp = Warp(
                height: side, width: side, flipHorizontal: turn.isMirrored, quarterTurns: turn.quarters)
            warp.apply(values, height: side, width: side, channels: 1, to: target.baseAddress!)
            count = values.count
        }
    }

    /// A part of the picture: its edges as shares of the width and the height, 0...1.
    package struct Part: Sendable, Equatable {
        package var left: Float
        package var top: Float
        package var right: Float
        package var bottom: Float

        /// All of it.
        package static let whole = Part(left: 0, top: 0, right: 1, bottom: 1)

        /// Squares of one size, in the middle, in the corners and at the edges.
        static func squares(_ size: Float) -> [Part] {
            let places: [Float] = [0, (1 - size) / 2, 1 - size]
            return places.flatMap { y in
                places.map { x in Part(left: x, top: y, right: x + size, bottom: y + size) }
            }
        }

        /// What share of the picture it is.
        package var share: Float { (right - left) * (bottom - top) }
    }

    /// A part at another size, `[count, count]`, bilinearly; into `target`.
    func sample(_ part: Part, count: Int, into target: UnsafeMutablePointer<Float>) {
        let side = Self.side
        values.withUnsafeBufferPointer { values in
            withUnsafeTemporaryAllocation(of: (Int, Float).self, capacity: 2 * count) { places in
                let (across, down) = (places.baseAddress!, places.baseAddress! + count)
                for i in 0..<count {
                    func place(_ low: Float, _ high: Float) -> (Int, Float) {
                        let at = (low + (Float(i) + 0.5) / Float(count) * (high - low)) * Float(side) - 0.5
                        let inside = min(max(at, 0), Float(side) - 1.001)
                        return (Int(inside), inside - Float(Int(inside)))
                    }
                    (across + i).initialize(to: place(part.left, part.right))
                    (down + i).initialize(to: place(part.top, part.bottom))
                }
                for y in 0..<count {
                    let upper = values.baseAddress! + down[y].0 * side
                    let lower = upper + side
                    for x in 0..<count {
                        let (column, along) = across[x]
                        let first = upper[column] + along * (upper[column + 1] - upper[column])
                        let second = lower[column] + along * (lower[column + 1] - lower[column])
                        target[y * count + x] = first + down[y].1 * (second - first)
                    }
                }
            }
        }
    }
}

extension PictureSketch {
    /// Values by which pictures are looked for that may be the same: `[coarseSide, coarseSide]`.
    package static let coarseSide = 12

    /// The parts of a picture that are looked for in others.
    package static let coarseParts =
        [Part.whole] + Part.squares(0.9) + Part.squares(0.8)

    /// A part in few values, laid in another way: their mean taken away, and of length 1, so that the product of two is
    /// their correlation.
    package func coarse(_ part: Part, _ turn: Turn = Turn(quarters: 0, isMirrored: false)) -> [Float] {
        let side = Self.coarseSide
        let values = [Float](unsafeUninitializedCapacity: side * side) { target, count in
            sample(part, count: side, into: target.baseAddress!)
            count = side * side
        }
        var turned = Self.turned(values, side: side, turn)
        let mean = turned.reduce(0, +) / Float(turned.count)
        for i in turned.indices { turned[i] -= mean }
        let length = turned.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for i in turned.indices { turned[i] = length > 1e-4 ? turned[i] / length : 0 }
        return turned
    }
}
