/// The taps of one axis: how each new position is put together from old ones.
///
/// The filter is as wide as it is in the larger of an old and a new pixel: shrinking, that is an average weighted towards
/// the centre, so nothing is lost between the taps; enlarging, it is interpolation. (Pillow's BILINEAR, BICUBIC and BOX
/// and PyTorch's antialiased `bilinear` and `bicubic` are the same.)
private struct Taps {
    /// For each new position, the first old one and where its weights begin and end.
    var first: [Int] = []
    var ranges: [Range<Int>] = []
    var weights: [Float] = []

    /// For the positions `seen` of `new`.
    init(from old: Int, to new: Int, seen: Range<Int>, _ interpolation: Preprocessing.Interpolation) {
        first.reserveCapacity(seen.count)
        ranges.reserveCapacity(seen.count)
        let scale = Double(old) / Double(new)
        let pixel = max(scale, 1)
        let radius = interpolation.radius * pixel
        for position in seen {
            let centre = (Double(position) + 0.5) * scale
            let low = max(0, Int((centre - radius + 0.5).rounded(.down)))
            let high = min(old, Int((centre + radius + 0.5).rounded(.down)))
            let heights = (low..<high).map { interpolation.height(at: Double($0) + 0.5 - centre, pixel) }
            let sum = heights.reduce(0, +)
            first.append(low)
            ranges.append(weights.count..<(weights.count + heights.count))
            weights.append(contentsOf: heights.map { Float($0 / sum) })
        }
    }

    /// The old positions that any of them asks for.
    var needed: Range<Int> {
        (first.first ?? 0)..<(zip(first, ranges).map { $0 + $1.count }.max() ?? 0)
    }
}

extension Preprocessing.Interpolation {
    /// Beyond which the filter is 0, in pixels.
    fileprivate var radius: Double {
        switch self {
        case .area: 0.5
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    /// How high the filter is at this distance from its centre, where `pixel` is the larger of an old and a new one.
    fileprivate func height(at distance: Double, _ pixel: Double) -> Double {
        // As Pillow takes it: the edge of a box falls to one side or the other by the last bit.
        let place = distance * (1 / pixel)
        let x = abs(place)
        switch self {
        case .area: return place > -0.5 && place <= 0.5 ? 1 : 0
        case .bilinear: return max(0, 1 - abs(distance / pixel))
        case .bicubic where x < 1: return (1.5 * x - 2.5) * x * x + 1
        case .bicubic where x < 2: return ((-0.5 * x + 2.5) * x - 4) * x + 2
        case .bicubic: return 0
        }
    }
}

extension Image {
    /// Its values as they are kept, 0 to 255 or to 65535, at another size: of that the given rows and columns, `[rows,
    /// columns, channels]`, into `destination`. Sums are taken in a fixed order.
    func resample(
        width newWidth: Int, height newHeight: Int, rows: Range<Int>, columns: Range<Int>,
        _ interpolation: Preprocessing.Interpolation, to destination: UnsafeMutablePointer<Float>
    ) {
        let across = Taps(from: width, to: newWidth, seen: columns, interpolation)
        let downwards = Taps(from: height, to: newHeight, seen: rows, interpolation)
        switch (samples, interpolation) {
        case (.eight(let values), .bicubic):
            resample(values, across, downwards, most: 255, to: destination) { Float($0) }
        case (.sixteen(let values), .bicubic):
            resample(values, across, downwards, most: 65535, to: destination) { Float($0) }
        case (.eight(let values), _):
            resample(values, across, downwards, to: destination) { Float($0) }
        case (.sixteen(let values), _):
            resample(values, across, downwards, to: destination) { Float($0) }
        }
    }

    @inline(__always)
    private func resample<Sample>(
        _ samples: [Sample], _ across: Taps, _ downwards: Taps, to destination: UnsafeMutablePointer<Float>,
        _ float: (Sample) -> Float
    ) {
        let stride = width * channels
        let (newWidth, newHeight) = (across.first.count, downwards.first.count)
        let newStride = newWidth * channels
        samples.withUnsafeBufferPointer { samples in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: stride) { row in
                for y in 0..<newHeight {
                    // Down first, since whole rows are added at once; then across what is left.
                    row.initialize(repeating: 0)
                    for (tap, index) in downwards.ranges[y].enumerated() {
                        let weight = downwards.weights[index]
                        let source = samples.baseAddress! + (downwards.first[y] + tap) * stride
                        for i in 0..<stride { row[i] += weight * float(source[i]) }
                    }
                    let target = destination + y * newStride
                    for x in 0..<newWidth {
                        let start = across.first[x] * channels
                        for channel in 0..<channels {
                            var sum: Float = 0
                            var position = start + channel
                            for index in across.ranges[x] {
                                sum += across.weights[index] * row[position]
                                position += channels
                            }
                            target[x * channels + channel] = sum
                        }
                    }
                }
            }
        }
    }

    /// The same where the taps overshoot: across first, and what is beyond black and white cut off each time, since it is
    /// so in Pillow.
    @inline(__always)
    private func resample<Sample>(
        _ samples: [Sample], _ across: Taps, _ downwards: Taps, most: Float,
        to destination: UnsafeMutablePointer<Float>, _ float: (Sample) -> Float
    ) {
        let newStride = across.first.count * channels
        let needed = downwards.needed
        samples.withUnsafeBufferPointer { samples in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: needed.count * newStride) { rows in
                for y in 0..<needed.count {
                    let source = samples.baseAddress! + (needed.lowerBound + y) * width * channels
                    let target = rows.baseAddress! + y * newStride
                    for x in across.first.indices {
                        for channel in 0..<channels {
                            var sum: Float = 0
                            var position = across.first[x] * channels + channel
                            for index in across.ranges[x] {
                                sum += across.weights[index] * float(source[position])
                                position += channels
                            }
                            target[x * channels + channel] = min(max(sum, 0), most)
                        }
                    }
                }
                for y in downwards.first.indices {
                    let target = destination + y * newStride
                    target.update(repeating: 0, count: newStride)
                    for (tap, index) in downwards.ranges[y].enumerated() {
                        let weight = downwards.weights[index]
                        let line = downwards.first[y] + tap - needed.lowerBound
                        let source = rows.baseAddress! + line * newStride
                        for i in 0..<newStride { target[i] += weight * source[i] }
                    }
                    for i in 0..<newStride { target[i] = min(max(target[i], 0), most) }
                }
            }
        }
    }

    /// This picture at another size: averaged where it shrinks, interpolated where it grows.
    ///
    /// - Throws: `ImageError.badSize` where a side is not above 0, or both together are more than there can be.
    public func resized(
        width: Int, height: Int, _ interpolation: Preprocessing.Interpolation = .bilinear
    ) throws(ImageError) -> Image {
        guard (1...Self.mostPixels).contains(width), (1...Self.mostPixels).contains(height),
            width * height <= Self.mostPixels
        else {
            throw .badSize(width: width, height: height, channels: channels)
        }
        return resized(trustedWidth: width, height: height, interpolation)
    }

    /// No picture is made of more: of each channel as many numbers are held.
    private static let mostPixels = 1 << 30

    /// As the above, of sides above 0.
    package func resized(
        trustedWidth newWidth: Int, height newHeight: Int,
        _ interpolation: Preprocessing.Interpolation = .bilinear
    ) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "an image has pixels")
        if newWidth == width, newHeight == height { return self }
        let size = newWidth * newHeight * channels
        let values = [Float](unsafeUninitializedCapacity: size) { buffer, count in
            resample(
                width: newWidth, height: newHeight, rows: 0..<newHeight, columns: 0..<newWidth, interpolation,
                to: buffer.baseAddress!)
            count = size
        }
        let resized: Samples =
            switch samples {
            case .eight: .eight(values.map { UInt8(min(max($0 + 0.5, 0), 255)) })
            case .sixteen: .sixteen(values.map { UInt16(min(max($0 + 0.5, 0), 65535)) })
            }
        return Image(width: newWidth, height: newHeight, channels: channels, samples: resized, depth: depth)
    }
}
