import AkinBasics
import AkinDatasets

/// Some samples that were read, and the inputs that were made of them.
public struct InputBatch: Sendable {
    /// The positions of the samples.
    public let range: Range<Int>
    /// For each of `range` the hash of its content; nil for those in `skipped`.
    public let hashes: [ContentHash?]
    /// The positions of those that became inputs, ascending. What has a hash and is not among them was not wanted.
    public let decoded: [Int]
    /// `[decoded.count, height, width, channels]`, or with several inputs a picture `[decoded.count, BackboneInput.count]`.
    public let inputs: [Float]
    /// The positions of those of `decoded` that are of one colour, as pictures or as inputs; ascending.
    public let blank: [Int]
    /// What could not be read or decoded and why, by ascending position.
    public let skipped: [(position: Int, skipped: Skipped)]
}
