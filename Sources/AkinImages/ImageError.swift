import AkinBasics

/// Why a picture could not be decoded.
public enum ImageError: ExplainedError, Hashable, Sendable {
    case file(path: String, FileError)
    case empty
    case unknownFormat(ForeignContent)
    case truncated(ImageFormat)
    /// `reason`: the decoder's words.
    case damaged(ImageFormat, reason: String)
    /// `reason`: which variant of the format it is, and what makes a picture of it that can be read.
    case unsupported(ImageFormat, reason: String)
    /// The library that reads the format is not installed; `reason`: which it is.
    case unavailable(ImageFormat, reason: String)
    case zeroSize(ImageFormat)
    /// The file has no such picture, counted from 0, but fewer.
    case noPage(Int, of: Int)
    /// In bytes of memory.
    case tooLarge(width: Int, height: Int, needed: Int, limit: Int)
    case outOfMemory(width: Int, height: Int)
    /// The file itself has more bytes than its decoding may need.
    case fileTooLarge(bytes: Int, limit: Int)
    /// There is no picture of this size: a side is not above 0, or the channels are neither 1 nor 3.
    case badSize(width: Int, height: Int, channels: Int)
    /// There are not `width * height * channels` samples.
    case wrongSampleCount(width: Int, height: Int, channels: Int, found: Int)
    /// A network takes no picture with such a side, in pixels.
    case badInputSide(Int, limit: Int)
    /// What is taken away from values, or what they are divided by, does not fit an input of so many channels.
    case badNormalisation(channels: Int)
    /// The format cannot hold a picture that is so wide or high.
    case tooLong(ImageFormat, width: Int, height: Int, limit: Int)
}

extension ImageError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .file(let path, let error): "\(path): \(error)"
        case .empty: "the file is empty (0 bytes); copy it again"
        case .unknownFormat(let content):
            "not a picture that can be read but \(content.name); \(content.remedy)"
        case .truncated(let format): "the \(format) file is truncated; copy it again"
        case .damaged(let format, let reason):
            "the \(format) file cannot be decoded (\(reason)); copy or export it again"
        case .unsupported(let format, let reason): "the \(format) file cannot be read: \(reason)"
        case .unavailable(let format, let reason): "\(format) files cannot be read here: \(reason)"
        case .zeroSize(let format): "the \(format) picture has no pixels; export it again"
        case .noPage(let page, let count):
            "picture \(page + 1) of a file that holds \(count); check the number"
        case .tooLarge(let width, let height, let needed, let limit):
            """
            \(width) x \(height) pixels need \(byteCount(needed)) of memory, more than the memory limit of \
            \(byteCount(limit)); scale it down or raise the limit
            """
        case .outOfMemory(let width, let height):
            "not enough memory for \(width) x \(height) pixels; scale it down"
        case .fileTooLarge(let bytes, let limit):
            "the file has \(byteCount(bytes)), more than the memory limit of \(byteCount(limit)); raise the limit"
        case .badSize(let width, let height, let channels):
            "there is no picture of \(width) x \(height) pixels with \(counted(channels, "channel")); give sides of 1 or more, "
                + "and 1 channel (grey) or 3 (RGB)"
        case .wrongSampleCount(let width, let height, let channels, let found):
            "\(counted(found, "sample")) for \(width) x \(height) pixels with \(counted(channels, "channel")); give as many as "
                + "width times height times channels"
        case .badInputSide(let side, let limit):
            "a network's input has no side of \(side) pixels; give 1 to \(limit)"
        case .badNormalisation(let channels):
            "an input of \(counted(channels, "channel")) takes a mean for each, and a deviation above 0 for each; give as many"
        case .tooLong(let format, let width, let height, let limit):
            "\(width) x \(height) pixels are more than a \(format) file can hold, whose sides have at most \(limit); scale it "
                + "down, or take another format"
        }
    }
}

/// In the largest unit of 1024 of which there is one at least: "512 MiB", "1.5 GiB".
private func byteCount(_ bytes: Int) -> String {
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024, unit < 5 {
        value /= 1024
        unit += 1
    }
    let tenths = Int((value * 10).rounded(.up))
    let number = tenths % 10 == 0 || tenths >= 1000 ? "\((tenths + 9) / 10)" : "\(tenths / 10).\(tenths % 10)"
    return "\(number) \(["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"][unit])"
}
