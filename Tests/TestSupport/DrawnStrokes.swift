import AkinImages
import AkinTensors
import Foundation

/// Strokes as a pen draws them, of four shapes, each at its own place and size: ink on a ground, either the lighter one.
package struct DrawnStrokes {
    package static let shapes = ["arc", "cross", "spiral", "zigzag"]

    /// Picture `number` of a shape, grey.
    ///
    /// - Parameters:
    ///   - thickness: Of the strokes, in pixels.
    ///   - noise: How far the values of ground and ink scatter at most.
    package static func picture(
        of shape: String, _ number: Int, side: Int = 84, thickness: Double = 4, ground: Int = 0,
        ink: Int = 255,
        noise: Int = 0
    ) -> Image {
        var random = SeededGenerator(seed: UInt64(shape.utf8.first!), UInt64(number))
        let scale = Double(side) / 84
        let (right, down) = (Double(random.uniform()) * 10 - 5, Double(random.uniform()) * 10 - 5)
        let size = 0.8 + 0.3 * Double(random.uniform())
        let points = (0...80).map { step in
            let (x, y) = point(of: shape, at: Double(step) / 80)
            return (x: (42 + size * (x - 42) + right) * scale, y: (42 + size * (y - 42) + down) * scale)
        }
        let lines = zip(points, points.dropFirst()).filter {
            hypot($0.x - $1.x, $0.y - $1.y) < 20 * scale
        }
        let pixels = (0..<side * side).map { place in
            let (x, y) = (Double(place % side) + 0.5, Double(place / side) + 0.5)
            let near = lines.map { distance(x, y, $0.0, $0.1) }.min() ?? .infinity
            // Smooth over two pixels.
            let share = min(max((thickness / 2 - near) / 2 + 0.5, 0), 1)
            let value = Double(ground) + share * Double(ink - ground)
            let scatter = noise > 0 ? Int.random(in: -noise...noise, using: &random) : 0
            return UInt8(clamping: Int(value.rounded()) + scatter)
        }
        return Image(width: side, height: side, channels: 1, trusted: pixels)
    }

    private static func point(of shape: String, at t: Double) -> (Double, Double) {
        switch shape {
        case "arc": (42 + 28 * cos(4 * t), 42 + 28 * sin(4 * t))
        case "zigzag": (14 + 56 * t, 20 + 88 * abs((3 * t).truncatingRemainder(dividingBy: 1) - 0.5))
        case "spiral": (42 + 30 * t * cos(10 * t), 42 + 30 * t * sin(10 * t))
        default: t < 0.5 ? (14 + 112 * t, 42) : (42, 14 + 112 * (t - 0.5))
        }
    }

    /// Of a point from a line between two others.
    private static func distance(
        _ x: Double, _ y: Double, _ from: (x: Double, y: Double), _ to: (x: Double, y: Double)
    ) -> Double {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let along = max(dx * dx + dy * dy, 1e-9)
        let t = min(max(((x - from.x) * dx + (y - from.y) * dy) / along, 0), 1)
        return hypot(x - from.x - t * dx, y - from.y - t * dy)
    }
}
