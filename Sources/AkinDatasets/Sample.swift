import AkinImages
import AkinTensors

/// One labelled picture of a data set, not yet decoded.
public struct Sample: Sendable {
    /// Its class.
    public var label: String
    /// Where it comes from: a file's absolute path, or `path#number` in an IDX file.
    public let source: String
    /// What it was cut from, where known: a page, a manuscript, a writer.
    public var group: String?
    /// The part of the data set to which it belongs, where known: "train" or "test".
    public var split: String?
    let place: Place

    enum Place: Sendable {
        case file
        case idx(IDXImages, number: Int)
    }

    init(label: String, source: String, group: String? = nil, split: String? = nil, place: Place) {
        self.label = label
        self.source = source
        self.group = group
        self.split = split
        self.place = place
    }

    /// A file as a sample, without looking at it; `path` is made absolute.
    public init(file path: String, label: String, group: String? = nil, split: String? = nil) {
        fatalError("to come")
    }

    /// Its undecoded content, read once for both its hash and its pixels.
    public func content(limits: DecodingLimits = DecodingLimits()) throws(DatasetError) -> Content {
        fatalError("to come")
    }

    /// What a sample holds: a file's bytes, or an IDX item's pixels.
    public struct Content: Sendable {
        /// The hash of the file's bytes, or of the IDX item's pixels.
        public var hash: ContentHash { fatalError("to come") }

        /// The decoded picture; `target` as in `Image(decoding:fitting:)`.
        public func image(fitting target: (width: Int, height: Int)? = nil) throws(DatasetError) -> Image {
            fatalError("to come")
        }
    }
}
final class IDXImages: Sendable {}
