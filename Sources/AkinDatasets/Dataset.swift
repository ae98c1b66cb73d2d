import AkinImages
import AkinTensors

/// Labelled pictures, whatever they are stored in. Pictures are decoded when they are asked for.
public struct Dataset: Sendable {
    /// In a fixed order that does not depend on the file system.
    public let samples: [Sample]
    /// What was found but left out.
    public let skipped: [Skipped]

    public init(samples: [Sample], skipped: [Skipped] = []) {
        self.samples = samples
        self.skipped = skipped
    }

    public var count: Int { samples.count }

    /// The distinct labels, in the order of their UTF-8 bytes.
    public var labels: [String] { fatalError("to come") }

    /// The decoded picture of `samples[position]`; `target` as in `Image(decoding:fitting:)`.
    public func image(
        at position: Int, fitting target: (width: Int, height: Int)? = nil, limits: DecodingLimits = .init()
    ) throws(DatasetError) -> Image {
        fatalError("to come")
    }

    /// The hash of the file's bytes, or of the IDX item's pixels.
    public func contentHash(at position: Int) throws(DatasetError) -> ContentHash { fatalError("to come") }

    public init(folder: String) throws(DatasetError) { fatalError("to come") }
    public init(files: [String], label: String? = nil) throws(DatasetError) { fatalError("to come") }
    public init(manifest: String) throws(DatasetError) { fatalError("to come") }
    public init(idxImages images: String, labels: String, labelNames: [String]? = nil) throws(DatasetError) {
        fatalError("to come")
    }
    public func first(ofEachClass count: Int) -> Dataset { fatalError("to come") }
    public func random(ofEachClass count: Int, seed: UInt64) -> Dataset { fatalError("to come") }
    public func only(labels: [String]) throws(DatasetError) -> Dataset { fatalError("to come") }
    public func except(labels: [String]) throws(DatasetError) -> Dataset { fatalError("to come") }
    public func only(split: String) throws(DatasetError) -> Dataset { fatalError("to come") }
    public func only(groups: [String]) throws(DatasetError) -> Dataset { fatalError("to come") }
    public func except(groups: [String]) throws(DatasetError) -> Dataset { fatalError("to come") }
}

/// Something that was found in a data set and left out.
public struct Skipped: Sendable, Codable, Hashable {
    /// Where it is: a path.
    public let source: String
    /// What is wrong with it, and what to do.
    public let reason: String

    public init(source: String, reason: String) {
        self.source = source
        self.reason = reason
    }
}
