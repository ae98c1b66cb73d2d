import AkinBasics
import AkinImages
import AkinTensors

/// One labelled picture of a data set, not yet read.
public struct Sample: Sendable {
    /// Its class.
    public var label: String { didSet { label = label.composed } }
    /// Where it comes from: a file's absolute path, `path#number` of a page of it, counted from 1, or of a picture in an
    /// IDX or CIFAR file, counted from 0.
    public let source: Source
    /// What it was cut from, where known: a page, a manuscript, a writer.
    public var group: String? { didSet { group = group?.composed } }
    /// The part of the data set to which it belongs, where known, such as "train" or "test".
    public var split: String? { didSet { split = split?.composed } }
    private let place: Place

    private enum Place: Sendable {
        /// A file at `source`.
        case file
        case packed(any PackedPictures, number: Int)
        /// The bytes of a file that is read already.
        case memory([UInt8])
    }

    /// A file. It is not looked at yet; `path` is made absolute.
    public init(file path: String, label: String, group: String? = nil, split: String? = nil) {
        self.init(Source(absolutePath(path)), .file, label: label, group: group, split: split)
    }

    init(_ images: any PackedPictures, number: Int, label: String) {
        self.init(images, number: number, source: "\(images.path)#\(number)", label: label, group: nil)
    }

    init(_ images: any PackedPictures, number: Int, source: Source, label: String, group: String?) {
        self.init(source, .packed(images, number: number), label: label, group: group)
    }

    /// What a file holds, which is called `source`.
    package init(bytes: [UInt8], source: Source, label: String) {
        self.init(source, .memory(bytes), label: label, group: nil)
    }

    /// A file whose path is left as it is.
    init(source: Source, label: String, group: String?) {
        self.init(source, .file, label: label, group: group)
    }

    /// Two labels, or groups, that look the same are the same from here on.
    private init(_ source: Source, _ place: Place, label: String, group: String?, split: String? = nil) {
        self.source = source
        self.place = place
        self.label = label.composed
        self.group = group?.composed
        self.split = split?.composed
    }

    /// Its undecoded content, read once for both its hash and its picture.
    public func content(limits: DecodingLimits = .standard) throws(DatasetError) -> Content {
        switch place {
        case .file:
            do throws(FileError) {
                return Content(source: source, limits: limits, data: try fileOrPage(limits))
            } catch .tooLarge(let bytes, let limit) {
                throw .image(source: source, .fileTooLarge(bytes: bytes, limit: limit))
            } catch {
                throw .file(path: source.path, error)
            }
        case .memory(let bytes):
            return Content(source: source, limits: limits, data: .file(bytes, page: 0))
        case .packed(let images, let number):
            return Content(source: source, limits: limits, data: .image(images[number]))
        }
    }

    /// A file of the very name comes first.
    private func fileOrPage(_ limits: DecodingLimits) throws(FileError) -> Content.Data {
        do throws(FileError) {
            return .file(try FileBytes.read(source.path, limit: limits.memory), page: 0)
        } catch .missing {
            guard let name = PageName(source) else { throw .missing }
            return .file(try FileBytes.read(name.file, limit: limits.memory), page: name.page)
        }
    }

    /// The page of its file with that number, counted from 0.
    func page(_ number: Int) -> Sample {
        Sample("\(source)#\(number + 1)", .file, label: label, group: group, split: split)
    }

    /// How many pages its file has.
    func countPages() -> Int {
        guard case .file = place else { return 1 }
        return Image.pages(contentsOf: source.path)?.count ?? 1
    }

    /// What a sample holds: a file's bytes, or a packed item's pixels.
    public struct Content: Sendable {
        fileprivate let source: Source
        fileprivate let limits: DecodingLimits
        fileprivate let data: Data

        fileprivate enum Data: Sendable {
            case file([UInt8], page: Int)
            case image(Image)
        }

        /// The hash of the file's bytes, with the number of a page behind the first; or of the packed item's pixels.
        public var hash: ContentHash {
            switch data {
            case .file(let bytes, let page):
                bytes.withUnsafeBytes { ContentHash(of: $0) }.combined(with: page)
            case .image(let image): image.pixels.withUnsafeBytes { ContentHash(of: $0) }
            }
        }

        /// The decoded picture; `target` as in `Image(decoding:fitting:)`.
        public func image(fitting target: (width: Int, height: Int)? = nil) throws(DatasetError) -> Image {
            switch data {
            case .file(let bytes, let page):
                do throws(ImageError) {
                    return try Image(decoding: bytes, page: page, fitting: target, limits: limits)
                } catch {
                    throw .image(source: source, error)
                }
            case .image(let image): return image
            }
        }
    }
}
