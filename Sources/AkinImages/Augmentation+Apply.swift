import AkinTensors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Augmentation {
    /// How many floats of scratch space `apply` needs.
    package func scratchCount(height: Int, width: Int, channels: Int) -> Int {
        ElasticField.scratchCount(height: height, width: width)
    }

    /// A changed copy of a picture, `[height, width, channels]`; all that is random comes from `generator`.
    ///
    /// Whatever moves points does so in one bilinear resampling, outside the picture its edge goes on; then values
    /// change in the order brightness and contrast, noise, erasing. They are not clamped: standardised ones have no
    /// limits, and a network sees no harm in the others leaving theirs. Allocates nothing.
    ///
    /// - Parameters:
    ///   - quarterTurns: quarters of a circle by which it is turned first, against the clock; where they are odd in
    ///     number, it has to be square.
    ///   - scratch: `scratchCount(height:width:channels:)` floats.
    ///   - destination: must not overlap the source.
    package func apply(
        _ source: UnsafePointer<Float>, height: Int, width: Int, channels: Int, quarterTurns: Int,
        generator: inout SeededGenerator, scratch: UnsafeMutablePointer<Float>,
        to destination: UnsafeMutablePointer<Float>
    ) {
        precondition(
            quarterTurns & 1 == 0 || height == width, "only a square picture can be turned by a quarter")
        let count = height * width * channels
        if movesPoints || quarterTurns & 3 != 0 {
            let warp = drawWarp(
                height: height, width: width, quarterTurns: quarterTurns, generator: &generator)
            let field =
                elastic > 0
                ? ElasticField(
                    amplitude: elastic, height: height, width: width, generator: &generator, scratch: scratch)
                : nil
            warp.apply(
                source, height: height, width: width, channels: channels, field: field, to: destination)
        } else {
            destination.update(from: source, count: count)
        }
        if brightness > 0 || contrast > 0 { changeLight(destination, count, &generator) }
        if noise > 0 { addNoise(destination, count, &generator) }
        if erasing > 0, generator.uniform() < erasing {
            erase(destination, height: height, width: width, channels: channels, &generator)
        }
    }

    private var movesPoints: Bool {
        rotation > 0 || scale != Bounds(1, 1) || shear > 0 || shift > 0 || flipHorizontal || flipVertical
            || elastic > 0
    }

    private func drawWarp(
        height: Int, width: Int, quarterTurns: Int, generator: inout SeededGenerator
    ) -> Warp {
        func either(_ limit: Float) -> Float { limit > 0 ? limit * (2 * generator.uniform() - 1) : 0 }
        func coin() -> Bool { generator.uniform() < 0.5 }
        let radian = Float.pi / 180
        let rotation = either(rotation) * radian
        let shear = either(shear)
        var factor = scale.low
        if scale.high > scale.low {
            factor = exp(log(scale.low) + generator.uniform() * log(scale.high / scale.low))
        }
        let shift = (x: either(shift) * Float(width), y: either(shift) * Float(height))
        return Warp(
            height: height, width: width, rotation: rotation, scale: factor,
            shear: shear == 0 ? 0 : tan(shear * radian), shift: shift,
            flipHorizontal: flipHorizontal && coin(), flipVertical: flipVertical && coin(),
            quarterTurns: quarterTurns)
    }

    /// Contrast about the mean, and brightness, in one pass.
    private func changeLight(
        _ values: UnsafeMutablePointer<Float>, _ count: Int, _ generator: inout SeededGenerator
    ) {
        let factor = contrast > 0 ? 1 + contrast * (2 * generator.uniform() - 1) : 1
        var offset = brightness > 0 ? brightness * (2 * generator.uniform() - 1) : 0
        if contrast > 0 {
            // Eight sums side by side: one alone waits for each of its additions.
            var sums = SIMD8<Float>()
            var i = 0
            while i + 8 <= count {
                sums += UnsafeRawPointer(values + i).loadUnaligned(as: SIMD8<Float>.self)
                i += 8
            }
            var sum = sums.sum()
            while i < count {
                sum += values[i]
                i += 1
            }
            offset += sum / Float(count) * (1 - factor)
        }
        for i in 0..<count { values[i] = values[i] * factor + offset }
    }

    /// Each value's noise is the sum of four uniform numbers of 16 bits, from one random number of 64: close to normal
    /// (its kurtosis 2.7 instead of 3, no value beyond 3.47 standard deviations), for a fifth of the price.
    private func addNoise(
        _ values: UnsafeMutablePointer<Float>, _ count: Int, _ generator: inout SeededGenerator
    ) {
        // A sum of four from 0 to 65535 has the variance 4 (65536^2 - 1) / 12.
        let factor = noise / (65536 * Float(1.0 / 3).squareRoot())
        let middle: Float = 2 * 65535
        for i in 0..<count {
            let bits = generator.next()
            let sum = (bits & 0xFFFF) &+ (bits >> 16 & 0xFFFF) &+ (bits >> 32 & 0xFFFF) &+ (bits >> 48)
            values[i] += factor * (Float(Int32(truncatingIfNeeded: sum)) - middle)
        }
    }

    private func erase(
        _ values: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int,
        _ generator: inout SeededGenerator
    ) {
        let area = (0.02 + 0.18 * generator.uniform()) * Float(height * width)
        // Evenly in the logarithm, as a tall one is as likely as a wide one.
        let aspect = exp((2 * generator.uniform() - 1) * log(Float(1 / 0.3)))
        let rows = min(max(Int((area * aspect).squareRoot().rounded()), 1), height)
        let columns = min(max(Int((area / aspect).squareRoot().rounded()), 1), width)
        let top = Int(generator.uniform() * Float(height - rows + 1))
        let left = Int(generator.uniform() * Float(width - columns + 1))

        var low = values[0]
        var high = values[0]
        for i in 0..<(height * width * channels) {
            low = min(low, values[i])
            high = max(high, values[i])
        }
        for y in top..<(top + rows) {
            let row = values + (y * width + left) * channels
            for i in 0..<(columns * channels) { row[i] = low + (high - low) * generator.uniform() }
        }
    }
}
