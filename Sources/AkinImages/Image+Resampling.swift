/// The taps of one axis: how each new position is put together from old ones.
///
/// A triangle as wide as the larger of an old and a new pixel: shrinking, that is an average weighted towards
/// the centre, so nothing is lost between the taps; enlarging, it is linear interpolation. (Pillow's BILINEAR and
/// PyTorch's antialiased `bilinear` are the same.)
private struct Taps {
    /// For each new position, the first old one and where its weights begin and end.
    var first: [Int] = []
    var ranges: [Range<Int>] = []
    var weights: [Float] = []

    init(from old: Int, to new: Int) {
        first.reserveCapacity(new)
        ranges.reserveCapacity(new)
        let scale = Double(old) / Double(new)
        let radius = max(scale, 1)
        for position in 0..<new {
            let centre = (Double(position) + 0.5) * scale
            let low = max(0, Int((centre - radius + 0.5).rounded(.down)))
            let high = min(old, Int((centre + radius + 0.5).rounded(.down)))
            let heights = (low..<high).map { max(0, 1 - abs((Double($0) + 0.5 - centre) / radius)) }
            let sum = heights.reduce(0, +)
            first.append(low)
            ranges.append(weights.count..<(weights.count + heights.count))
            weights.append(contentsOf: heights.map { Float($0 / sum) })
        }
    }
}

extension Image {
    /// Its values as they are kept, 0 to 255 or to 65535, at another size: `[height, width, channels]` into
    /// `destination`. Sums are taken in a fixed order.
    func resample(width newWidth: Int, height newHeight: Int, to destination: UnsafeMutablePointer<Float>) {
        switch samples {
        case .eight(let values):
            resample(values, width: newWidth, height: newHeight, to: destination) { Float($0) }
        case .sixteen(let values):
            resample(values, width: newWidth, height: newHeight, to: destination) { Float($0) }
        }
    }

    @inline(__always)
    private func resample<Sample>(
        _ samples: [Sample], width newWidth: Int, height newHeight: Int,
        to destination: UnsafeMutablePointer<Float>, _ float: (Sample) -> Float
    ) {
        let stride = width * channels
        let newStride = newWidth * channels
        samples.withUnsafeBufferPointer { samples in
            let across = Taps(from: width, to: newWidth)
            let downwards = Taps(from: height, to: newHeight)
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

    /// This picture at another size: averaged where it shrinks, interpolated where it grows.
    public func resized(width newWidth: Int, height newHeight: Int) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "an image has pixels")
        if newWidth == width, newHeight == height { return self }
        let size = newWidth * newHeight * channels
        let values = [Float](unsafeUninitializedCapacity: size) { buffer, count in
            resample(width: newWidth, height: newHeight, to: buffer.baseAddress!)
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
