import AkinDatasets
import AkinImages
import AkinTensors

/// Pictures ready to be trained on: preprocessed, in memory.
public struct TrainingSet: Sendable {
    /// `[count, height, width, channels]`
    package let inputs: FloatBuffer
    package let inputCount: Int
    /// The distinct labels, sorted.
    public let labels: [String]
    /// For each picture the position of its label in `labels`.
    package let classes: [Int32]
    /// Where each picture is from.
    public let sources: [String]
    /// Pictures that could not be read.
    public let skipped: [Skipped]

    public var count: Int { classes.count }

    /// Decodes and preprocesses all of `dataset`, on all threads.
    public init(_ dataset: Dataset, preprocessing: Preprocessing) {
        let size = preprocessing.inputCount
        let buffer = FloatBuffer(count: dataset.count * size)
        let reasons = Reasons(count: dataset.count)
        ThreadPool.shared.forEach(dataset.count) { i, _ in
            do throws(DatasetError) {
                let image = try dataset.image(at: i, fitting: preprocessing.decodingTarget)
                preprocessing.write(image, to: buffer.base + i * size)
            } catch {
                reasons.values[i] = "\(error)"
            }
        }
        var kept: [Sample] = []
        var skipped = dataset.skipped
        for (i, sample) in dataset.samples.enumerated() {
            if let reason = reasons.values[i] {
                skipped.append(Skipped(source: sample.source, reason: reason))
            } else {
                if kept.count < i { (buffer.base + kept.count * size).update(from: buffer.base + i * size, count: size) }
                kept.append(sample)
            }
        }
        labels = Set(kept.map(\.label)).sorted(by: bytesPrecede)
        let positions = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, Int32($0)) })
        inputs = buffer
        inputCount = size
        classes = kept.map { positions[$0.label]! }
        sources = kept.map(\.source)
        self.skipped = skipped
    }

    /// Each thread writes its own elements.
    private final class Reasons: @unchecked Sendable {
        let values: UnsafeMutableBufferPointer<String?>
        init(count: Int) {
            values = .allocate(capacity: count)
            values.initialize(repeating: nil)
        }
        deinit {
            values.deinitialize()
            values.deallocate()
        }
    }

    /// The label of a picture.
    public func label(at position: Int) -> String { labels[Int(classes[position])] }

    /// All inputs, `[count, height, width, channels]`.
    public var allInputs: [Float] { Array(inputs.values.prefix(count * inputCount)) }

    /// The same pictures without those not at `positions`. Labels that are left without a picture are dropped.
    package func only(_ positions: [Int]) -> TrainingSet { TrainingSet(self, positions) }

    private init(_ whole: TrainingSet, _ positions: [Int]) {
        inputs = FloatBuffer(count: positions.count * whole.inputCount)
        inputCount = whole.inputCount
        for (to, from) in positions.enumerated() {
            (inputs.base + to * inputCount).update(from: whole.inputs.base + from * inputCount, count: inputCount)
        }
        labels = Set(positions.map { whole.label(at: $0) }).sorted(by: bytesPrecede)
        let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, Int32($0)) })
        classes = positions.map { places[whole.label(at: $0)]! }
        sources = positions.map { whole.sources[$0] }
        skipped = []
    }
}
