import AkinImages
import AkinTensors
import Foundation
import Testing

@Suite struct WarpTests {
    private func noise(_ height: Int, _ width: Int, _ channels: Int, seed: UInt64 = 1) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<(height * width * channels)).map { _ in generator.uniform() }
    }

    private func apply(
        _ warp: Warp, _ values: [Float], _ height: Int, _ width: Int, _ channels: Int,
        field: ElasticField? = nil
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
            warp.apply(
                values, height: height, width: width, channels: channels, field: field,
                to: buffer.baseAddress!)
            count = values.count
        }
    }

    /// The picture with each pixel taken from where `place` says; its edge goes on outside.
    private func moved(
        _ values: [Float], _ height: Int, _ width: Int, _ channels: Int,
        _ place: (Int, Int) -> (x: Int, y: Int)
    ) -> [Float] {
        var result: [Float] = []
        for y in 0..<height {
            for x in 0..<width {
                let from = place(x, y)
                let (column, row) = (min(max(from.x, 0), width - 1), min(max(from.y, 0), height - 1))
                for channel in 0..<channels {
                    result.append(values[(row * width + column) * channels + channel])
                }
            }
        }
        return result
    }

    @Test(arguments: [(5, 7, 1), (7, 4, 3), (6, 6, 2), (1, 1, 1), (1, 9, 3)])
    func wholePixelsAreCopied(height: Int, width: Int, channels: Int) {
        let values = noise(height, width, channels)
        func expect(_ warp: Warp, _ place: (Int, Int) -> (x: Int, y: Int), line: Int = #line) {
            #expect(
                apply(warp, values, height, width, channels) == moved(values, height, width, channels, place),
                "line \(line)")
        }
        expect(Warp(height: height, width: width)) { ($0, $1) }
        expect(Warp(height: height, width: width, flipHorizontal: true)) { (width - 1 - $0, $1) }
        expect(Warp(height: height, width: width, flipVertical: true)) { ($0, height - 1 - $1) }
        expect(Warp(height: height, width: width, quarterTurns: 2)) { (width - 1 - $0, height - 1 - $1) }
        for (x, y) in [(1, 0), (0, -2), (3, 1), (-4, 30)] {
            expect(Warp(height: height, width: width, shift: (Float(x), Float(y)))) { ($0 - x, $1 - y) }
        }
        if height == width {
            // Against the clock: what was at the right end of a row comes to the top.
            expect(Warp(height: height, width: width, quarterTurns: 1)) { (width - 1 - $1, $0) }
            expect(Warp(height: height, width: width, quarterTurns: 3)) { ($1, height - 1 - $0) }
            expect(Warp(height: height, width: width, quarterTurns: -1)) { ($1, height - 1 - $0) }
            expect(Warp(height: height, width: width, flipHorizontal: true, quarterTurns: 1)) {
                (width - 1 - $1, width - 1 - $0)
            }
        }
    }

    @Test func quarterTurnsAreRotations() {
        let values = noise(8, 8, 1)
        for turns in 0..<4 {
            let rotated = apply(
                Warp(height: 8, width: 8, rotation: Float(turns) * .pi / 2), values, 8, 8, 1)
            let turned = apply(Warp(height: 8, width: 8, quarterTurns: turns), values, 8, 8, 1)
            #expect(zip(rotated, turned).allSatisfy { abs($0 - $1) < 1e-4 })
        }
    }

    /// The whole map, forwards as it is described, inverted and sampled in double precision.
    @Test func isTheNaiveOne() {
        for seed in 0..<40 as Range<UInt64> {
            var generator = SeededGenerator(seed: 7, seed)
            func random(_ low: Float, _ high: Float) -> Float { low + (high - low) * generator.uniform() }
            let height = Int.random(in: 1...20, using: &generator)
            let width = seed % 2 == 0 ? height : Int.random(in: 1...20, using: &generator)
            let channels = Int(seed % 3) + 1
            let (rotation, scale, shear) = (random(-3, 3), random(0.5, 2), random(-0.7, 0.7))
            let shift = (x: random(-3, 3), y: random(-3, 3))
            let (mirrored, toppled) = (generator.uniform() < 0.5, generator.uniform() < 0.5)
            let turns = seed % 2 == 0 ? Int(seed / 2 % 4) : 0
            let values = noise(height, width, channels, seed: seed)
            let warp = Warp(
                height: height, width: width, rotation: rotation, scale: scale, shear: shear, shift: shift,
                flipHorizontal: mirrored, flipVertical: toppled, quarterTurns: turns)
            let result = apply(warp, values, height, width, channels)

            /// Where a point, from the middle, comes to lie.
            func forwards(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
                var (x, y) = (x, y)
                for _ in 0..<turns { (x, y) = (y, -x) }
                if mirrored { x = -x }
                if toppled { y = -y }
                (x, y) = (x * Double(scale), y * Double(scale))
                x += Double(shear) * y
                let angle = Double(rotation)
                (x, y) = (cos(angle) * x + sin(angle) * y, cos(angle) * y - sin(angle) * x)
                return (x, y)
            }
            let (a, b) = (forwards(1, 0), forwards(0, 1))
            let determinant = a.x * b.y - b.x * a.y
            let middle = (x: Double(width - 1) / 2, y: Double(height - 1) / 2)
            func value(_ x: Int, _ y: Int, _ channel: Int) -> Double {
                let (column, row) = (min(max(x, 0), width - 1), min(max(y, 0), height - 1))
                return Double(values[(row * width + column) * channels + channel])
            }
            for y in 0..<height {
                for x in 0..<width {
                    let (u, v) = (
                        Double(x) - middle.x - Double(shift.x), Double(y) - middle.y - Double(shift.y)
                    )
                    let fromX = (b.y * u - b.x * v) / determinant + middle.x
                    let fromY = (a.x * v - a.y * u) / determinant + middle.y
                    let (column, row) = (Int(fromX.rounded(.down)), Int(fromY.rounded(.down)))
                    let (alongX, alongY) = (fromX - Double(column), fromY - Double(row))
                    for channel in 0..<channels {
                        let upper =
                            value(column, row, channel) * (1 - alongX)
                            + value(column + 1, row, channel) * alongX
                        let lower =
                            value(column, row + 1, channel) * (1 - alongX)
                            + value(column + 1, row + 1, channel) * alongX
                        let expected = upper * (1 - alongY) + lower * alongY
                        let found = result[(y * width + x) * channels + channel]
                        #expect(abs(Double(found) - expected) < 1e-4, "seed \(seed), \(x), \(y)")
                    }
                }
            }
        }
    }

    /// On a picture of the places themselves, what comes out is where each pixel was taken from.
    @Test(arguments: [(28, 28), (40, 17), (3, 2)]) func theElasticFieldIsSmoothAndBounded(
        height: Int, width: Int
    ) {
        let ramp = (0..<height).flatMap { y in (0..<width).flatMap { [Float($0), Float(y)] } }
        let scratch = FloatBuffer(count: ElasticField.scratchCount(height: height, width: width))
        var squares: Double = 0
        var largest: Float = 0
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: 3, seed)
            let field = ElasticField(
                amplitude: 2, height: height, width: width, generator: &generator, scratch: scratch.base)
            let result = apply(Warp(height: height, width: width), ramp, height, width, 2, field: field)
            let moves = zip(result, ramp).map { $0 - $1 }
            largest = max(largest, moves.map(abs).max()!)
            // Away from the edge, which would hide it.
            let (x, y) = (width / 2, height / 2)
            squares += Double(moves[2 * (y * width + x)] * moves[2 * (y * width + x)])
            guard width == 28 else { continue }
            for y in 3..<25 {
                for x in 3..<24 {
                    let here = 2 * (y * width + x)
                    // A spline's slope is at most the difference of two nodes, 7 pixels apart: 4 / 7.
                    #expect(abs(moves[here + 2] - moves[here]) < 4 / 7)
                    #expect(abs(moves[here + 1 + 2 * width] - moves[here + 1]) < 4 / 7)
                }
            }
        }
        #expect(largest <= 2.0001)
        if width == 28 {
            // The squares of the weights add up to 0.46 (between nodes) to 0.5 (on one) in each dimension, a node's
            // standard deviation is 2 / sqrt(3): 0.53 to 0.58 expected.
            #expect((0.4...0.75).contains((squares / 200).squareRoot()))
            #expect(largest > 1.2)
        }
        extendLifetime(scratch)
    }
}
