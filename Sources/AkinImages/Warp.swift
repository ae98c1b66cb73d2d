#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An affine map, in pixels, from the places of a new picture to those of the old one, and the resampling by it.
///
/// Places of pixels are whole numbers, x to the right and y down. Everything happens about the picture's middle.
package struct Warp {
    /// A place of the old picture: `xx * x + xy * y + x0`, `yx * x + yy * y + y0`.
    private var xx: Float = 1
    private var xy: Float = 0
    private var x0: Float = 0
    private var yx: Float = 0
    private var yy: Float = 1
    private var y0: Float = 0

    /// The map of a picture that is, in this order, turned by quarters, mirrored, scaled, slanted, turned and moved.
    ///
    /// Without scale, slant and rotation, and with whole shifts, it is exact: pixels are copied.
    ///
    /// - Parameters:
    ///   - rotation: in radians, against the clock.
    ///   - shear: the tangent of the slant: the lower half goes to the right where it is positive.
    ///   - shift: to the right and down, in pixels.
    ///   - quarterTurns: against the clock.
    package init(
        height: Int, width: Int, rotation: Float = 0, scale: Float = 1, shear: Float = 0,
        shift: (x: Float, y: Float) = (0, 0), flipHorizontal: Bool = false, flipVertical: Bool = false,
        quarterTurns: Int = 0
    ) {
        // From the new place back to the old one, so each step undoes its own, the last first.
        let middle = (x: Float(width - 1) / 2, y: Float(height - 1) / 2)
        x0 = -middle.x - shift.x
        y0 = -middle.y - shift.y
        if rotation != 0 {
            let (cosine, sine) = (cos(rotation), sin(rotation))
            follow(by: cosine, -sine, sine, cosine)
        }
        if shear != 0 { follow(by: 1, -shear, 0, 1) }
        if scale != 1 { follow(by: 1 / scale, 0, 0, 1 / scale) }
        if flipHorizontal { follow(by: -1, 0, 0, 1) }
        if flipVertical { follow(by: 1, 0, 0, -1) }
        switch quarterTurns & 3 {
        case 1: follow(by: 0, -1, 1, 0)
        case 2: follow(by: -1, 0, 0, -1)
        case 3: follow(by: 0, 1, -1, 0)
        default: break
        }
        x0 += middle.x
        y0 += middle.y
    }

    /// Another linear map after this one.
    private mutating func follow(by a: Float, _ b: Float, _ c: Float, _ d: Float) {
        (xx, yx) = (a * xx + b * yx, c * xx + d * yx)
        (xy, yy) = (a * xy + b * yy, c * xy + d * yy)
        (x0, y0) = (a * x0 + b * y0, c * x0 + d * y0)
    }

    /// Resamples `[height, width, channels]` values, bilinearly; outside the picture its edge goes on.
    ///
    /// - Parameter field: moves the places once more, in pixels.
    package func apply(
        _ source: UnsafePointer<Float>, height: Int, width: Int, channels: Int, field: ElasticField? = nil,
        to destination: UnsafeMutablePointer<Float>
    ) {
        // With the number of channels known, the loops over them unroll.
        switch channels {
        case 1: resample(source, height, width, 1, field, destination)
        case 3: resample(source, height, width, 3, field, destination)
        default: resample(source, height, width, channels, field, destination)
        }
    }

    @inline(__always)
    private func resample(
        _ source: UnsafePointer<Float>, _ height: Int, _ width: Int, _ channels: Int, _ field: ElasticField?,
        _ destination: UnsafeMutablePointer<Float>
    ) {
        let (right, bottom) = (Float(width - 1), Float(height - 1))
        var to = destination

        @inline(__always) func sample(_ x: Float, _ y: Float) {
            let x = min(max(x, 0), right)
            let y = min(max(y, 0), bottom)
            let (column, row) = (Int(x), Int(y))
            let (alongX, alongY) = (x - Float(column), y - Float(row))
            let from = source + (row &* width &+ column) &* channels
            let next = column < width &- 1 ? channels : 0
            let below = row < height &- 1 ? width &* channels : 0
            for channel in 0..<channels {
                let corner = from + channel
                let upper = corner[0] + alongX * (corner[next] - corner[0])
                let lower = corner[below] + alongX * (corner[below &+ next] - corner[below])
                to[channel] = upper + alongY * (lower - upper)
            }
            to += channels
        }

        for y in 0..<height {
            let (startX, startY) = (xy * Float(y) + x0, yy * Float(y) + y0)
            if let field {
                field.begin(row: y)
                for x in 0..<width {
                    let (moveX, moveY) = field[x]
                    sample(startX + xx * Float(x) + moveX, startY + yx * Float(x) + moveY)
                }
            } else {
                for x in 0..<width { sample(startX + xx * Float(x), startY + yx * Float(x)) }
            }
        }
    }
}
