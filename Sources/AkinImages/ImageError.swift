import AkinBasics

/// Why a picture could not be decoded.
public enum ImageError: Error, Hashable, Sendable {
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
}

extension ImageError: CustomStringConvertible {
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
