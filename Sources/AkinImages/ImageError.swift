import AkinBasics

/// Why a picture could not be decoded.
public enum ImageError: Error, Hashable, Sendable {
    case file(path: String, FileError)
    case empty
    /// `content`: what the bytes look like, "text" or "a GIF picture".
    case unknownFormat(content: String)
    case truncated(ImageFormat)
    /// `reason`: the decoder's words.
    case damaged(ImageFormat, reason: String)
    case zeroSize(ImageFormat)
    case tooLarge(width: Int, height: Int, limit: Int)
    case outOfMemory(width: Int, height: Int)
}

extension ImageError: CustomStringConvertible {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .file(let path, let error): "\(path): \(error)"
        case .empty: "the file is empty (0 bytes); copy it again"
        case .unknownFormat(let content):
            "not a picture that can be read but \(content); convert it to JPEG, PNG, PGM or PPM"
        case .truncated(let format): "the \(format) file is truncated; copy it again"
        case .damaged(let format, let reason):
            "the \(format) file cannot be decoded (\(reason)); copy or export it again"
        case .zeroSize(let format): "the \(format) picture has no pixels; export it again"
        case .tooLarge(let width, let height, let limit):
            "\(width) x \(height) pixels, more than the limit of \(limit) pixels; scale it down"
        case .outOfMemory(let width, let height):
            "not enough memory for \(width) x \(height) pixels; scale it down or lower the pixel limit"
        }
    }
}
