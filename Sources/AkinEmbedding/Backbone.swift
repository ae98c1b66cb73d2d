import AkinVectorSearch

/// What turns pictures into embeddings. It does not change: the same picture has the same embedding, to the last
/// bit, for as long as the backbone lives and after it was revived from its bytes.
public protocol Backbone: Sendable {
    /// The name under which `bytes` are kept, in an index or elsewhere: it says which type revives them.
    static var format: String { get }

    /// Revives what `bytes` gave. Where it consists of other backbones, they are of these `kinds`.
    init(bytes: [UInt8], kinds: BackboneRegistry) throws

    /// All that is needed to embed a picture again.
    var bytes: [UInt8] { get }
    /// Tells it from other backbones; its hash is of all that an embedding depends on.
    var identity: BackboneIdentity { get }
    /// Length of an embedding.
    var dimension: Int { get }
    /// What it takes of a picture.
    var input: BackboneInput { get }
    /// The distance that its embeddings are made for: an index compares them by it unless told otherwise.
    var metric: Metric.Kind { get }
    /// The distance that was learned together with the embeddings, where one was.
    var learnedL1: LearnedL1? { get }

    /// Sees to what it needs of this machine to embed, before the first pass; a backbone that needs nothing has nothing to do. One that
    /// was revived from its bytes can be described without it.
    ///
    /// - Throws: Where it cannot embed here, and why.
    func prepare() throws

    /// Room for embedding up to `capacity` inputs at once. Several passes of one backbone may run at the same time.
    func pass(capacity: Int) -> any BackbonePass
}

extension Backbone {
    /// Euclidean distance.
    public var metric: Metric.Kind { .l2 }
    /// None.
    public var learnedL1: LearnedL1? { nil }
    /// It needs nothing.
    public func prepare() throws {}
}

/// A backbone at work, with memory of its own. It is used by one thread at a time, not always the same one.
public protocol BackbonePass: AnyObject {
    /// Embeddings `[count, dimension]` of `count` inputs `[count, height, width, channels]`, or with several a
    /// picture `[count, input.count]`; no more than the pass has room for. The memory is good until the next call. An
    /// embedding must not depend on the other inputs. What cannot be embedded is not a number.
    func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float>
}
