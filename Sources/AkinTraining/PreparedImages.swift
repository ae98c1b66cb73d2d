import AkinBasics
import AkinDatasets
import AkinEmbedding
import AkinImages
import AkinTensors

/// Pictures ready for a network: preprocessed, in memory.
public struct PreparedImages: Sendable {
    /// `[count, height, width, channels]`
    package let inputs: FloatBuffer
    package let inputCount: Int
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

    /// How many pictures there are.
    public var count: Int { classes.count }

    /// Decodes and preprocesses all of `dataset`, on all threads.
    public init(_ dataset: Dataset, preprocessing: Preprocessing) {
        let read = InputReader(dataset.samples, preprocessing: preprocessing).readAll()
        let kept = read.decoded.map { dataset.samples[$0] }
        (labels, classes) = Self.classes(of: kept.map(\.label))
        inputs = read.inputs
        inputCount = preprocessing.inputCount
        sources = kept.map(\.source)
        groups = kept.map(\.group)
        contents = read.hashes
        skipped = dataset.skipped + read.skipped
    }

    /// Inputs that a program made itself: `inputs` `[labels.count, height, width, channels]`, as `preprocessing`
    /// would have made them.
    public init(inputs: [Float], labels: [String], preprocessing: Preprocessing) {
        precondition(
            inputs.count == labels.count * preprocessing.inputCount, "inputs are not of the backbone's size")
        self.inputs = FloatBuffer(count: inputs.count)
        self.inputs.base.update(from: inputs, count: inputs.count)
        inputCount = preprocessing.inputCount
        (self.labels, classes) = Self.classes(of: labels)
        sources = labels.indices.map { "#\($0)" }
        groups = labels.map { _ in nil }
        let size = preprocessing.inputCount
        contents = labels.indices.map { row in
            inputs[row * size..<(row + 1) * size].withUnsafeBytes { ContentHash(of: $0) }
        }
        skipped = []
    }

    /// The different ones among `labels`, and which of them each is.
    static func classes(of labels: [String]) -> (labels: [String], classes: [Int32]) {
        let distinct = Set(labels).sorted()
        let positions = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
        return (distinct, labels.map { positions[$0]! })
    }

    /// The label of a picture.
    public func label(at position: Int) -> String { labels[Int(classes[position])] }

    /// All inputs, `[count, height, width, channels]`.
    public var allInputs: [Float] { Array(inputs.values.prefix(count * inputCount)) }

    /// The same pictures without those not at `positions`. Labels that are left without a picture are dropped.
    public func only(_ positions: [Int]) -> PreparedImages { PreparedImages(self, positions) }

    private init(_ whole: PreparedImages, _ positions: [Int]) {
        inputs = FloatBuffer(count: positions.count * whole.inputCount)
        inputCount = whole.inputCount
        for (to, from) in positions.enumerated() {
            (inputs.base + to * inputCount).update(
                from: whole.inputs.base + from * inputCount, count: inputCount)
        }
        (labels, classes) = Self.classes(of: positions.map { whole.label(at: $0) })
        sources = positions.map { whole.sources[$0] }
        groups = positions.map { whole.groups[$0] }
        contents = positions.map { whole.contents[$0] }
        skipped = []
    }
}
