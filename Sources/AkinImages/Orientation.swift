/// How a camera held the picture: EXIF's tag 0x0112, 1 to 8.
enum Orientation: Int, CaseIterable {
    case upright = 1, mirrored, turnedHalf, flipped, transposed, turnedRight, transversed, turnedLeft

    /// Whether width and height are exchanged.
    var swapsAxes: Bool { rawValue >= 5 }

    /// The picture as it is to be seen.
    func applied(to image: Image) -> Image {
        if self == .upright { return image }
        let (width, height) = swapsAxes ? (image.height, image.width) : (image.width, image.height)
        let samples: Image.Samples =
            switch image.samples {
            case .eight(let values): .eight(turned(values, image.width, image.height, image.channels))
            case .sixteen(let values): .sixteen(turned(values, image.width, image.height, image.channels))
            }
        return Image(
            width: width, height: height, channels: image.channels, samples: samples, depth: image.depth)
    }

    private func turned<Sample>(_ samples: [Sample], _ width: Int, _ height: Int, _ channels: Int) -> [Sample]
    {
        // Where the seen picture's pixel (x, y) lies in the stored one, as an offset and two steps.
        let right = channels
        let down = width * channels
        let lastColumn = (width - 1) * right
        let lastRow = (height - 1) * down
        let (origin, stepX, stepY) =
            switch self {
            case .upright: (0, right, down)
            case .mirrored: (lastColumn, -right, down)
            case .turnedHalf: (lastColumn + lastRow, -right, -down)
            case .flipped: (lastRow, right, -down)
            case .transposed: (0, down, right)
            case .turnedRight: (lastRow, -down, right)
            case .transversed: (lastColumn + lastRow, -down, -right)
            case .turnedLeft: (lastColumn, down, -right)
            }
        let (seenWidth, seenHeight) = swapsAxes ? (height, width) : (width, height)
        return [Sample](unsafeUninitializedCapacity: samples.count) { seen, count in
            samples.withUnsafeBufferPointer { stored in
                for y in 0..<seenHeight {
                    for x in 0..<seenWidth {
                        let from = origin + x * stepX + y * stepY
                        let to = (y * seenWidth + x) * channels
                        for channel in 0..<channels { seen[to + channel] = stored[from + channel] }
                    }
                }
            }
            count = samples.count
        }
    }
}
