import AkinBasics
import AkinImages
import AkinTensors
import Foundation
import Testing

@Suite struct AugmentationTests {
    private let side = 24

    private func apply(
        _ augmentation: Augmentation, _ values: [Float], height: Int = 24, width: Int = 24, channels: Int = 1,
        quarterTurns: Int = 0, seed: UInt64
    ) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        let scratch = FloatBuffer(
            count: augmentation.scratchCount(height: height, width: width, channels: channels))
        defer { extendLifetime(scratch) }
        return [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
            augmentation.apply(
                values, height: height, width: width, channels: channels, quarterTurns: quarterTurns,
                generator: &generator, scratch: scratch.base, to: buffer.baseAddress!)
            count = values.count
        }
    }

    private func with(_ change: (inout Augmentation) -> Void) -> Augmentation {
        var augmentation = Augmentation()
        change(&augmentation)
        return augmentation
    }

    private func noise(_ count: Int) -> [Float] {
        var generator = SeededGenerator(seed: 5)
        return (0..<count).map { _ in generator.uniform() }
    }

    private let all: Augmentation = {
        var all = Augmentation()
        (all.rotation, all.scale, all.shear, all.shift) = (20, .init(0.8, 1.25), 10, 0.1)
        (all.flipHorizontal, all.flipVertical) = (true, true)
        (all.brightness, all.contrast, all.noise, all.erasing, all.elastic) = (0.2, 0.3, 0.05, 0.5, 2)
        return all
    }()

    @Test func noneIsACopy() {
        let values = noise(5 * 7 * 3)
        #expect(apply(Augmentation(), values, height: 5, width: 7, channels: 3, seed: 1) == values)
    }

    @Test func quarterTurnsAlone() {
        let values = noise(9)
        let turned = apply(Augmentation(), values, height: 3, width: 3, quarterTurns: 1, seed: 1)
        #expect(turned == [2, 5, 8, 1, 4, 7, 0, 3, 6].map { values[$0] })
        #expect(
            apply(Augmentation(), values, height: 3, width: 3, quarterTurns: 5, seed: 1) == turned)
        #expect(
            apply(Augmentation(), Array(values[..<6]), height: 2, width: 3, quarterTurns: 2, seed: 1)
                == values[..<6].reversed())
    }

    @Test func theSameSeedGivesTheSamePicture() {
        let values = noise(side * side * 3)
        var seen: Set<[Float]> = []
        for seed in 0..<20 as Range<UInt64> {
            let first = apply(all, values, channels: 3, seed: seed)
            #expect(first == apply(all, values, channels: 3, seed: seed))
            #expect(first.allSatisfy { $0.isFinite })
            seen.insert(first)
        }
        #expect(seen.count == 20)
    }

    @Test func flipsEveryOtherTime() {
        let values = noise(side * side)
        let mirrored = (0..<side).flatMap { y in values[(y * side)..<((y + 1) * side)].reversed() }
        let flip = with { $0.flipHorizontal = true }
        let results = (0..<400 as Range<UInt64>).map { apply(flip, values, seed: $0) }
        #expect(results.allSatisfy { $0 == values || $0 == mirrored })
        // 200 expected, with a standard deviation of 10.
        #expect((150...250).contains(results.count { $0 == mirrored }))
    }

    /// Seen on a ramp: where the middle and a point beside it were taken from.
    @Test func amountsStayWithinTheirLimits() {
        let ramp = (0..<side).flatMap { y in (0..<side).flatMap { [Float($0), Float(y)] } }
        let middle = Float(side - 1) / 2
        /// The map of places near the middle, `x' = a x + b y + c`.
        func map(_ augmentation: Augmentation, _ seed: UInt64) -> [SIMD2<Double>] {
            let result = apply(augmentation, ramp, channels: 2, seed: seed)
            func place(_ x: Int, _ y: Int) -> SIMD2<Double> {
                let i = 2 * (y * side + x)
                return SIMD2(Double(result[i]), Double(result[i + 1]))
            }
            let here = place(12, 12)
            let (a, b) = (place(13, 12) - here, place(12, 13) - here)
            return [a, b, here - 12 + SIMD2(repeating: Double(middle)) - 11.5 - (a + b - 1) * 0.5]
        }
        var angles: [Double] = []
        var factors: [Double] = []
        var slants: [Double] = []
        var shifts: [Double] = []
        for seed in 0..<300 as Range<UInt64> {
            let turned = map(with { $0.rotation = 30 }, seed)
            angles.append(atan2(turned[0].y, turned[0].x) * 180 / .pi)
            factors.append(1 / map(with { $0.scale = .init(0.8, 1.6) }, seed)[0].x)
            slants.append(atan(-map(with { $0.shear = 20 }, seed)[1].x) * 180 / .pi)
            let moved = map(with { $0.shift = 0.25 }, seed)[2]
            shifts += [-moved.x, -moved.y]
        }
        for (values, low, high) in [
            (angles, -30, 30), (factors, 0.8, 1.6), (slants, -20, 20), (shifts, -6, 6),
        ] as [([Double], Double, Double)] {
            let margin = (high - low) / 20
            #expect(values.min()! >= low - 0.01 && values.max()! <= high + 0.01)
            #expect(values.min()! < low + margin && values.max()! > high - margin)
        }
        // Evenly in the logarithm: half of them are below the geometric mean, 1.13.
        #expect((115...185).contains(factors.count { $0 < (0.8 * 1.6 as Double).squareRoot() }))
    }

    @Test func brightnessAndContrast() {
        let values = noise(side * side)
        let mean = values.reduce(0, +) / Float(values.count)
        for seed in 0..<200 as Range<UInt64> {
            let brighter = apply(with { $0.brightness = 0.2 }, values, seed: seed)
            let step = brighter[0] - values[0]
            #expect(abs(step) <= 0.2001)
            #expect(zip(brighter, values).allSatisfy { abs($0 - $1 - step) < 1e-5 })

            let result = apply(with { $0.contrast = 0.4 }, values, seed: seed)
            #expect(abs(result.reduce(0, +) / Float(values.count) - mean) < 1e-4)
            let factor = (result[0] - mean) / (values[0] - mean)
            #expect((0.599...1.401).contains(factor))
            #expect(zip(result, values).allSatisfy { abs($0 - mean - factor * ($1 - mean)) < 1e-4 })
        }
        // A length that is no multiple of eight has its rest counted too.
        let few = apply(with { $0.contrast = 1 }, [0, 0, 0, 0, 0, 0, 0, 0, 11], height: 3, width: 3, seed: 2)
        #expect(abs(few.reduce(0, +) - 11) < 1e-4)
    }

    @Test func noiseIsAboutNormal() {
        let count = 200 * 200
        let result = apply(
            with { $0.noise = 0.5 }, [Float](repeating: 3, count: count), height: 200, width: 200, seed: 9
        ).map { Double($0) - 3 }
        func moment(_ power: Double) -> Double { result.reduce(0) { $0 + pow($1, power) } / Double(count) }
        #expect(abs(moment(1)) < 0.01)
        #expect(abs(moment(2).squareRoot() - 0.5) < 0.01)
        #expect(abs(moment(3)) < 0.01)
        #expect(abs(moment(4) / (moment(2) * moment(2)) - 2.7) < 0.1)
        #expect(result.map(abs).max()! <= 0.5 * 3.4642)
        // A normal one has 68.3 and 95.4 % within one and two standard deviations.
        for (deviations, share) in [(1, 0.683), (2, 0.954)] as [(Double, Double)] {
            let within = result.count { abs($0) < 0.5 * deviations }
            #expect(abs(Double(within) / Double(count) - share) < 0.02)
        }
        // Neighbours have nothing to do with each other.
        let product = zip(result, result.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
        #expect(abs(product) < 0.01)
    }

    @Test(arguments: [(24, 24, 1), (30, 12, 3)]) func erasesARectangle(height: Int, width: Int, channels: Int)
    {
        // A checkerboard of 0 and 1, so that what lies in between is noise.
        let values = (0..<(height * width * channels)).map {
            Float(($0 / channels + $0 / channels / width) % 2)
        }
        var erased = 0
        var areas: [Double] = []
        for seed in 0..<400 as Range<UInt64> {
            let result = apply(
                with { $0.erasing = 0.3 }, values, height: height, width: width, channels: channels,
                seed: seed)
            #expect(result.allSatisfy { (0...1).contains($0) })
            let changed = values.indices.filter { result[$0] != values[$0] }.map { $0 / channels }
            guard !changed.isEmpty else { continue }
            erased += 1
            let (columns, rows) = (changed.map { $0 % width }, changed.map { $0 / width })
            let (across, down) = (columns.max()! - columns.min()! + 1, rows.max()! - rows.min()! + 1)
            #expect(changed.count == across * down * channels)
            areas.append(Double(across * down) / Double(height * width))
            guard height == width else { continue }
            #expect((0.22...4.5).contains(Double(down) / Double(across)))
        }
        // 120 expected, with a standard deviation of 9.
        #expect((80...160).contains(erased))
        // Whole pixels make it a little more or less.
        #expect(areas.min()! > 0.013 && areas.max()! < 0.225)
        #expect(areas.max()! > 0.15)
        #expect(abs(areas.reduce(0, +) / Double(areas.count) - 0.11) < 0.02)
    }
}
