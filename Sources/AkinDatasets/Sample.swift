import AkinBasics
import AkinImages
import AkinTensors

/// One labelled picture of a data set, not yet read.
public struct Sample: Sendable {
    /// Its class.
    public var label: String
    /// Where it comes from: a file's absolute path, or `path#number` in an IDX or CIFAR file.
    public let source: String
    /// What it was cut from, where known: a page, a manuscript, a writer.
    public var group: String?
    /// The part of the data set to which it belongs, where known, such as "train" or "test".
    public var split: String?
    private let place: Place

    private enum Place: Sendable {
        /// A file at `source`.
        case file
        case packed(any PackedPictures, number: Int)
    }

    /// A file. It is not looked at yet; `path` is made absolute.
    public init(file path: String, label: String, group: String? = nil, split: String? = nil) {
        self.label = label
        self.source = absolutePath(path)
        self.group = group
        self.split = split
        place = .file
    }

    init(_ images: any PackedPictures, number: Int, label: String) {
        self.init(images, number: number, source: "\(images.path)#\(number)", label: label, group: nil)
    }

    init(_ images: any PackedPictures, number: Int, source: String, label: String, group: String?) {
        self.label = label
        self.source = source
        self.group = group
        place = .packed(images, number: number)
    }

    /// A file whose path is left as it is.
    init(source: String, label: String, group: String?) {
        self.label = label
        self.source = source
        self.group = group
        place = .file
    }

    /// Its undecoded content, read once for both its hash and its picture.
    public func content(limits: DecodingLimits = DecodingLimits()) throws(DatasetError) -> Content {
        switch place {
        case .file:
            do throws(FileError) {
                return Content(
                    source: source, limits: limits,
                    data: .file(try FileBytes.read(source, limit: limits.bytes)))
            } catch {
                throw .file(path: source, error)
            }
        case .packed(let images, let number):
            return Content(source: source, limits: limits, data: .image(images[number]))
        }
    }

    /// What a sample holds: a file's bytes, or a packed item's pixels.
    public struct Content: Sendable {
        fileprivate let source: String
        fileprivate let limits: DecodingLimits
        fileprivate let data: Data

        fileprivate enum Data: Sendable {
            case file([UInt8])
            case image(Image)
        }

        /// The hash of the file's bytes, or of the packed item's pixels.
        public var hash: ContentHash {
            switch data {
            case .file(let bytes): bytes.withUnsafeBytes { ContentHash(of: $0) }
            case .image(let image): image.pixels.withUnsafeBytes { ContentHash(of: $0) }
            }
        }

        /// The decoded picture; `target` as in `Image(decoding:fitting:)`.
        public func image(fitting target: (width: Int, height: Int)? = nil) throws(DatasetError) -> Image {
            switch data {
            case .file(let bytes):
                do throws(ImageError) {
                    return try Image(decoding: bytes, fitting: target, limits: limits)
                } catch {
                    throw .image(source: source, error)
                }
            case .image(let image): return image
            }
        }
    }
}
