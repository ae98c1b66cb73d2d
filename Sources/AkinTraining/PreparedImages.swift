import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinTensors

/// Pictures ready for a network: preprocessed, in memory; or, for one above a frozen part, as vectors that this has made
/// of them.
public struct PreparedImages: Sendable {
    /// `[count, height, width, channels]`; of vectors `[count, dimension]`
    package let inputs: FloatBuffer
    package let inputCount: Int
    /// Of vectors, what else there is of each picture; nil of pictures.
    package let views: FrozenViews?
    /// The distinct labels, sorted.
    public let labels: [String]
    /// For each picture the position of its label in `labels`.
    package let classes: [Int32]
    /// Where each picture is from.
    public let sources: [Source]
    /// The group of each picture, where known.
    public let groups: [String?]
    /// Of what each picture was made.
    public let contents: [ContentHash]
    /// Pictures that could not be read.
    public let skipped: [Skipped]

    init(
        inputs: FloatBuffer, inputCount: Int, views: FrozenViews?, labels: [String], sources: [Source],
        groups: [String?], contents: [ContentHash], skipped: [Skipped]
    ) {
        self.inputs = inputs
        self.inputCount = inputCount
        self.views = views
        (self.labels, classes) = Self.classes(of: labels)
        self.sources = sources
        self.groups = groups
        self.contents = contents
        self.skipped = skipped
    }

    /// How many pictures there are.
    public var count: Int { classes.count }

    /// Decodes and preprocesses all of `dataset`, on all threads.
    public init(_ dataset: Dataset, preprocessing: Preprocessing) {
        let read = InputReader(dataset.samples, preprocessing: preprocessing).readAll()
        let kept = read.decoded.map { dataset.samples[$0] }
        self.init(
            inputs: read.inputs, inputCount: preprocessing.inputCount, views: nil, labels: kept.map(\.label),
            sources: kept.map(\.source), groups: kept.map(\.group), contents: read.hashes,
            skipped: dataset.skipped + read.skipped)
    }

    /// Inputs that a program made itself: `inputs` `[labels.count, height, width, channels]`, as `preprocessing`
    /// would have made them.
    ///
    /// - Throws: `TrainingError.wrongInputCount`
    public init(inputs: [Float], labels: [String], preprocessing: Preprocessing) throws(TrainingError) {
        let expected = labels.count * preprocessing.inputCount
        guard inputs.count == expected else {
            throw .wrongInputCount(labels: labels.count, expected: expected, found: inputs.count)
        }
        self.init(trusted: inputs, labels: labels, preprocessing: preprocessing)
    }

    /// As the above, of as many as there have to be.
    package init(trusted inputs: [Float], labels: [String], preprocessing: Preprocessing) {
        precondition(
            inputs.count == labels.count * preprocessing.inputCount, "inputs are not of the backbone's size")
        let buffer = FloatBuffer(count: inputs.count)
        buffer.base.update(from: inputs, count: inputs.count)
        let size = preprocessing.inputCount
        self.init(
            inputs: buffer, inputCount: size, views: nil, labels: labels,
            sources: labels.indices.map { "#\($0)" }, groups: labels.map { _ in nil },
            contents: labels.indices.map { row in
                inputs[row * size..<(row + 1) * size].withUnsafeBytes { ContentHash(of: $0) }
            }, skipped: [])
    }

    /// The different ones among `labels`, and which of them each is.
    static func classes(of labels: [String]) -> (labels: [String], classes: [Int32]) {
        let distinct = Set(labels).sorted()
        let positions = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
        return (distinct, labels.map { positions[$0]! })
    }

    /// The label of a picture.
    public func label(at position: Int) -> String { labels[Int(classes[position])] }

    /// All inputs, `[count, height, width, channels]`; the vectors of the pictures as they are, `[count, dimension]`.
    public var allInputs: [Float] { Array(inputs.values.prefix(count * inputCount)) }

    /// The same pictures without those not at `positions`. Labels that are left without a picture are dropped.
    public func only(_ positions: [Int]) -> PreparedImages {
        func rows(_ values: FloatBuffer, of size: Int) -> FloatBuffer {
            let picked = FloatBuffer(count: positions.count * size)
            for (to, from) in positions.enumerated() {
                (picked.base + to * size).update(from: values.base + from * size, count: size)
            }
            return picked
        }
        return PreparedImages(
            inputs: rows(inputs, of: inputCount), inputCount: inputCount,
            views: views.map {
                FrozenViews(
                    kind: $0.kind, values: rows($0.values, of: ($0.kind.perPicture - 1) * inputCount))
            },
            labels: positions.map { label(at: $0) }, sources: positions.map { sources[$0] },
            groups: positions.map { groups[$0] }, contents: positions.map { contents[$0] }, skipped: [])
    }
}
