extension Preprocessing {
    /// What to give `Image(decoding:fitting:)`; nil where the picture has to keep its own size.
    ///
    /// A decoder averages in its own way what it reduces. Where a picture is to be as other programs make it, it is decoded at
    /// twice the size at least, so that little depends on that way.
    public var decodingTarget: (width: Int, height: Int)? {
        switch placement {
        case .canvas: return nil
        case _ where decoding == .whole: return nil
        case .fit, .stretch, .crop:
            let isOurOwn = interpolation == .bilinear && placement != .crop && normalisation == nil
            guard !isOurOwn else { return (width, height) }
            let shorter = shorterSide ?? 0
            return (2 * max(width, shorter), 2 * max(height, shorter))
        }
    }

    /// The network's input, `[height, width, channels]`. Grey is Rec. 601's luma. A picture that has the right
    /// size already goes through without resampling.
    public func input(from image: Image) -> [Float] {
        [Float](unsafeUninitializedCapacity: inputCount) { buffer, count in
            write(image, to: buffer.baseAddress!)
            count = inputCount
        }
    }

    /// Writes the `inputCount` values of `input(from:)` to `destination`.
    package func write(_ given: Image, to destination: UnsafeMutablePointer<Float>) {
        let place = place(of: given)
        let image = shownLight(given, at: place)
        let isWhole = place.width == width && place.height == height
        if !isWhole { destination.update(repeating: Float(background), count: inputCount) }
        switch image.samples {
        case .eight(let values):
            lay(values, of: image, at: place, on: destination, float: { Float($0) }, level: { $0 })
        case .sixteen(let values):
            // Scalings that look for the contrast take it as if all of the range were used.
            let white = Float(scaling == .unit ? 65535 : image.white)
            lay(
                values, of: image, at: place, on: destination, float: { Float($0) },
                level: { $0 * 255 / white })
        }
        if scaling == .paper {
            for channel in 0..<channels.count { whiten(destination + channel, in: place) }
        }
        scale(UnsafeMutableBufferPointer(start: destination, count: inputCount))
    }

    /// Whether an input is of one colour all over.
    package func isBlank(_ input: UnsafeBufferPointer<Float>) -> Bool { input.repeats(every: channels.count) }

    /// Lays a picture at its place, in the canvas' channels; `level` takes its values to 0...255.
    @inline(__always)
    private func lay<Sample>(
        _ samples: [Sample], of image: Image, at place: Place, on destination: UnsafeMutablePointer<Float>,
        float: (Sample) -> Float, level: (Float) -> Float
    ) {
        if place.width == image.width, place.height == image.height {
            samples.withUnsafeBufferPointer {
                lay($0, at: place, channels: image.channels, on: destination) { level(float($0)) }
            }
        } else if place.width == width, place.height == height, image.channels == channels.count {
            image.resample(
                width: width, height: height, rows: 0..<height, columns: 0..<width, interpolation,
                to: destination)
            for i in 0..<inputCount { destination[i] = level(destination[i]) }
        } else {
            // Only what can be seen: the rest of a long narrow picture may be without end.
            let seen = place.seen
            let count = seen.width * seen.height * image.channels
            withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { placed in
                let (top, left) = (seen.top - place.top, seen.left - place.left)
                image.resample(
                    width: place.width, height: place.height, rows: top..<top + seen.height,
                    columns: left..<left + seen.width, interpolation, to: placed.baseAddress!)
                lay(UnsafeBufferPointer(placed), at: seen, channels: image.channels, on: destination, level)
            }
        }
    }

    /// Where a picture is laid on the canvas. It may be larger than that, and then begins outside.
    private struct Place {
        let width: Int
        let height: Int
        let left: Int
        let top: Int
        /// What can be seen of it, on the canvas.
        let rows: Range<Int>
        let columns: Range<Int>

        /// Of that which can be seen, as if there were nothing else.
        var seen: Place {
            Place(
                width: columns.count, height: rows.count, left: columns.lowerBound, top: rows.lowerBound,
                rows: rows, columns: columns)
        }
    }

    private func place(of image: Image) -> Place {
        let size = placedSize(of: image)
        // Rounded towards the top left, also where the picture is the larger one; `crop` as PyTorch's `CenterCrop`, to the
        // even number.
        func before(_ room: Int) -> Int {
            placement == .crop ? -Int((Double(-room) / 2).rounded(.toNearestOrEven)) : room >> 1
        }
        let (left, top) = (before(width - size.width), before(height - size.height))
        return Place(
            width: size.width, height: size.height, left: left, top: top,
            rows: max(top, 0)..<min(top + size.height, height),
            columns: max(left, 0)..<min(left + size.width, width))
    }

    /// The picture, or its negative where its ground is to be light and is dark; told by what can be seen of it.
    private func shownLight(_ image: Image, at place: Place) -> Image {
        guard ground == .either else { return image }
        let isWhole = placement != .canvas
        let rows =
            isWhole ? 0..<image.height : place.rows.lowerBound - place.top..<place.rows.upperBound - place.top
        let columns =
            isWhole
            ? 0..<image.width : place.columns.lowerBound - place.left..<place.columns.upperBound - place.left
        return image.isLightOnDark(rows: rows, columns: columns) ? image.negative : image
    }

    private func placedSize(of image: Image) -> (width: Int, height: Int) {
        switch placement {
        case .stretch: return (width, height)
        case .canvas: return (image.width, image.height)
        case .fit:
            // Whole numbers, so that the side that touches the canvas has exactly its length.
            if image.width * height >= image.height * width {
                return (width, max(1, (image.height * width * 2 + image.width) / (image.width * 2)))
            }
            return (max(1, (image.width * height * 2 + image.height) / (image.height * 2)), height)
        case .crop:
            let shorter = min(image.width, image.height)
            if let shorterSide {
                // Rounded down, as PyTorch's `Resize`.
                return (image.width * shorterSide / shorter, image.height * shorterSide / shorter)
            }
            if image.width * height <= image.height * width {
                return (width, max(height, (image.height * width * 2 + image.width) / (image.width * 2)))
            }
            return (max(width, (image.width * height * 2 + image.height) / (image.height * 2)), height)
        }
    }

    /// Lays values in the middle of the canvas, in its channels; what is outside is cut off.
    @inline(__always)
    private func lay<Value>(
        _ values: UnsafeBufferPointer<Value>, at place: Place, channels given: Int,
        on destination: UnsafeMutablePointer<Float>, _ float: (Value) -> Float
    ) {
        let columns = place.columns
        for y in place.rows {
            let from =
                values.baseAddress! + ((y - place.top) * place.width + columns.lowerBound - place.left)
                * given
            let to = destination + (y * width + columns.lowerBound) * channels.count
            switch (given, channels) {
            case (1, .grey), (3, .rgb):
                for i in 0..<(columns.count * given) { to[i] = float(from[i]) }
            case (_, .rgb):
                for x in 0..<columns.count {
                    for channel in 0..<3 { to[3 * x + channel] = float(from[x]) }
                }
            case (_, .grey):
                // In thousandths, so that equal red, green and blue give exactly themselves.
                for x in 0..<columns.count {
                    let (red, green, blue) = (
                        float(from[3 * x]), float(from[3 * x + 1]), float(from[3 * x + 2])
                    )
                    to[x] = (299 * red + 587 * green + 114 * blue) / 1000
                }
            }
        }
    }

    /// Stretches the contrast of one channel of the picture; the padding stays.
    private func whiten(_ values: UnsafeMutablePointer<Float>, in place: Place) {
        let step = channels.count
        func forEach(_ body: (UnsafeMutablePointer<Float>) -> Void) {
            for y in place.rows {
                for x in place.columns { body(values + (y * width + x) * step) }
            }
        }
        var counts = [Int](repeating: 0, count: 256)
        forEach { counts[Int($0.pointee.rounded())] += 1 }
        let pixels = place.rows.count * place.columns.count
        /// The level that at least this share of the pixels does not exceed.
        func level(_ share: Double) -> Float {
            var below = 0
            return Float(
                counts.firstIndex { count in
                    below += count
                    return Double(below) >= share * Double(pixels)
                }!)
        }
        let white = level(0.5)
        let range = max(white - level(0.01), 32)
        forEach { $0.pointee = min(max(255 - (white - $0.pointee) / range * 255, 0), 255) }
    }

    private func scale(_ values: UnsafeMutableBufferPointer<Float>) {
        if invert {
            for i in values.indices { values[i] = (255 - values[i]) / 255 }
        } else {
            for i in values.indices { values[i] /= 255 }
        }
        if scaling == .standardise { standardise(values) }
        guard let normalisation else { return }
        for channel in 0..<channels.count {
            let (mean, deviation) = (normalisation.mean[channel], normalisation.deviation[channel])
            for i in stride(from: channel, to: values.count, by: channels.count) {
                values[i] = (values[i] - mean) / deviation
            }
        }
    }

    private func standardise(_ values: UnsafeMutableBufferPointer<Float>) {
        let count = Double(values.count)
        let mean = values.reduce(0) { $0 + Double($1) } / count
        let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        // A blank picture has no contrast to standardise: it becomes zeros, not noise.
        let factor = variance > 1e-10 ? 1 / variance.squareRoot() : 0
        for i in values.indices { values[i] = Float((Double(values[i]) - mean) * factor) }
    }
}
