import CAkinDecoding

/// The size in which a picture is kept, and what memory that takes.
struct PicturePlan {
    /// Of the rows that the decoder hands on.
    let rowWidth: Int
    let rows: Int
    /// Those of a row, alpha among them.
    let channels: Int
    /// What is kept.
    let width: Int
    let height: Int
    private let bits: Int
    /// The rows of a decoder that needs all of them at once, where there is no place for them in what is kept.
    private let held: UInt64

    init(of picture: akin_picture, for file: akin_encoded, limits: DecodingLimits) {
        rowWidth = Int(picture.row_width)
        rows = Int(picture.rows)
        channels = Int(picture.channels)
        bits = Int(picture.bits)
        let pixels = UInt64(picture.row_width) * UInt64(picture.rows)
        var box: UInt32 = 1
        if pixels > limits.wholePixels, file.target_width > 0, file.target_height > 0 {
            box = max(min(picture.row_width / file.target_width, picture.rows / file.target_height), 1)
        }
        width = rowWidth / Int(box)
        height = rows / Int(box)
        held = picture.whole != 0 && box > 1 ? Self.bytes(pixels, channels, bits) : 0
    }

    /// Whether rows are kept as they come.
    var isStraight: Bool { width == rowWidth && height == rows }
    /// 1 or 3.
    var colours: Int { channels & 1 == 0 ? channels - 1 : channels }
    /// Those that are kept until the picture is laid on a ground.
    var samples: Int { width * height * channels }

    /// What is kept, and what it takes until it is.
    var bytes: UInt64 {
        let kept = Self.bytes(UInt64(width) * UInt64(height), channels, bits)
        let row = Self.bytes(UInt64(rowWidth), channels, bits)
        let sums = UInt64(width) * UInt64(channels + 1) * 8
        return kept + held + (isStraight ? 0 : row + sums)
    }

    /// The picture once more, without alpha.
    var turnedBytes: UInt64 { Self.bytes(UInt64(width) * UInt64(height), colours, bits) }

    /// So much that it exceeds every limit where the product exceeds 64 bits: two sides of 32 bits can.
    private static func bytes(_ pixels: UInt64, _ channels: Int, _ bits: Int) -> UInt64 {
        let (bytes, overflow) = pixels.multipliedReportingOverflow(by: UInt64(channels * bits / 8))
        return overflow ? .max / 16 : min(bytes, .max / 16)
    }
}
