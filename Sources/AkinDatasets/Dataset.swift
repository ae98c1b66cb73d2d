import AkinBasics
import AkinImages
import AkinTensors

/// Labelled pictures, whatever they are stored in: a class-per-folder tree, files, a CSV manifest, IDX or
/// CIFAR files, Omniglot's tree.
///
/// Making one only finds the pictures. They are read and decoded when they are asked for, and only then shows
/// whether a file is damaged.
public struct Dataset: Sendable {
    /// In an order that does not depend on the file system.
    public let samples: [Sample]
    /// What was found but had to be left out.
    public let skipped: [Skipped]
    /// What lies beside the pictures and is none, or is not to be looked at.
    public let ignored: [Ignored]
    /// What is worth knowing before the pictures are used.
    public internal(set) var remarks: [DatasetRemark]
    /// Files of several pages that stand for their first one, where that has been looked at.
    public internal(set) var pages: [MorePages]
    /// Of `ignored`, what is not to be looked at: the files and folders that a system's name or a pattern says.
    package internal(set) var passedOver: Set<Source> = []
    /// Of a manifest, its labels as they are written there.
    package internal(set) var tableLabels = TableLabels()

    /// The given samples in the given order.
    public init(
        samples: [Sample], skipped: [Skipped] = [], ignored: [Ignored] = [], remarks: [DatasetRemark] = [],
        pages: [MorePages] = []
    ) {
        self.samples = samples
        self.skipped = skipped
        self.ignored = ignored
        self.remarks = remarks
        self.pages = pages
    }

    /// Several as one.
    public init(joining parts: [Dataset]) {
        self.init(
            samples: parts.flatMap(\.samples), skipped: parts.flatMap(\.skipped),
            ignored: Ignored.list(parts.flatMap(\.ignored)), remarks: parts.flatMap(\.remarks),
            pages: parts.flatMap(\.pages))
    }

    /// Other samples, of which the same is known.
    package func with(_ samples: [Sample]) -> Dataset {
        var dataset = Dataset(
            samples: samples, skipped: skipped, ignored: ignored, remarks: remarks, pages: pages)
        (dataset.passedOver, dataset.tableLabels) = (passedOver, tableLabels)
        return dataset
    }

    /// How many samples there are.
    public var count: Int { samples.count }

    /// The distinct labels, in the order of their characters' numbers.
    public var labels: [String] { Set(samples.map(\.label)).sorted() }

    /// The undecoded content of `samples[position]`, for whoever needs both its hash and its picture.
    public func content(
        at position: Int, limits: DecodingLimits = .standard
    ) throws(DatasetError) -> Sample.Content {
        try samples[position].content(limits: limits)
    }

    /// The decoded picture of `samples[position]`; `target` as in `Image(decoding:fitting:)`.
    public func image(
        at position: Int, fitting target: (width: Int, height: Int)? = nil,
        limits: DecodingLimits = .standard
    ) throws(DatasetError) -> Image {
        try content(at: position, limits: limits).image(fitting: target)
    }

    /// The hash of the bytes of the file of `samples[position]`, or of the pixels of an item in an IDX or CIFAR file.
    public func contentHash(at position: Int) throws(DatasetError) -> ContentHash {
        try content(at: position).hash
    }
}

/// Files of one kind that lie in a folder of pictures and were passed over.
public struct Ignored: Sendable, Codable, Hashable {
    /// An ending (".txt"), "without ending", the name of a system's folder or file ("@eaDir") in or behind which they
    /// are, "hidden", or the pattern that names them.
    public let kind: String
    /// How many files; of a system's folder that holds very many, so many as were counted.
    public let count: Int

    /// A report of what was passed over.
    public init(kind: String, count: Int) {
        self.kind = kind
        self.count = count
    }

    /// Each kind once, the most frequent first.
    package static func list(_ ignored: some Sequence<Ignored>) -> [Ignored] {
        Dictionary(ignored.map { ($0.kind, $0.count) }, uniquingKeysWith: +)
            .map { Ignored(kind: $0.key, count: $0.value) }
            .sorted { $0.count == $1.count ? bytesPrecede($0.kind, $1.kind) : $0.count > $1.count }
    }
}

extension Ignored: CustomStringConvertible {
    /// `3 .txt`.
    public var description: String { "\(count) \(kind)" }
}

/// Something that was found in a data set and left out.
public struct Skipped: Sendable, Codable, Hashable {
    /// Where it is: a path.
    public let source: Source
    /// What is wrong with it, and what to do.
    public let reason: String

    /// A report of what was left out, and why.
    public init(source: Source, reason: String) {
        self.source = source
        self.reason = reason
    }

    /// A picture that could not be read; its source is not said twice.
    package init(source: Source, error: DatasetError) {
        let text = "\(error)"
        let prefix = "\(source): "
        self.init(
            source: source, reason: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    }
}
