import AkinBasics
import AkinDatasets
import AkinImages
import AkinTensors

/// Makes a backbone's inputs of samples: reads them, hashes their content, decodes and preprocesses, on all threads of
/// the pool.
public struct InputReader: Sendable {
    /// Whether a sample is wanted, by its position and the hash of its content; asked on any thread.
    public typealias Choice = @Sendable (_ position: Int, _ hash: ContentHash) -> Bool

    /// What is read.
    public let samples: [Sample]
    /// What is made of a picture.
    public let input: BackboneInput

    /// Nothing is read yet.
    public init(_ samples: [Sample], for input: BackboneInput) {
        self.samples = samples
        self.input = input
    }

    /// As the above, for one input a picture.
    public init(_ samples: [Sample], preprocessing: Preprocessing) {
        self.init(samples, for: BackboneInput(preprocessing))
    }

    /// Reads the samples at the positions of `range`.
    ///
    /// - Parameter isWanted: Asked for each sample that could be read, on any thread, in any order; what is not wanted
    ///   is not decoded.
    public func read(
        _ range: Range<Int>,
        choosing isWanted: Choice = { _, _ in true }
    ) -> InputBatch {
        let size = input.count
        var outcomes: [Outcome] = []
        let inputs = [Float](unsafeUninitializedCapacity: range.count * size) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            outcomes = read(range, into: base, choosing: isWanted)
            filled = outcomes.count { $0.isDecoded } * size
        }
        return InputBatch(
            range: range, hashes: outcomes.map(\.hash), decoded: decoded(outcomes, range), inputs: inputs,
            blank: zip(range, outcomes).compactMap { $1.isBlank ? $0 : nil },
            skipped: skipped(outcomes, range))
    }

    /// Reads all samples into one buffer `[samples.count, input.count]`, whose end stays unused where
    /// some are skipped. `decoded` and `skipped` as in `InputBatch`, and the hash of each that was decoded.
    package func readAll() -> (
        inputs: FloatBuffer, decoded: [Int], hashes: [ContentHash], skipped: [Skipped]
    ) {
        let inputs = FloatBuffer(count: samples.count * input.count)
        let outcomes = read(samples.indices, into: inputs.base) { _, _ in true }
        return (
            inputs, decoded(outcomes, samples.indices), outcomes.compactMap(\.hash),
            skipped(outcomes, samples.indices).map(\.skipped)
        )
    }

    private enum Outcome {
        case decoded(ContentHash, isBlank: Bool)
        case notWanted(ContentHash)
        case skipped(DatasetError)

        var isDecoded: Bool { if case .decoded = self { true } else { false } }

        var isBlank: Bool { if case .decoded(_, isBlank: true) = self { true } else { false } }

        var hash: ContentHash? {
            switch self {
            case .decoded(let hash, _), .notWanted(let hash): hash
            case .skipped: nil
            }
        }
    }

    /// Writes the inputs one behind the other.
    private func read(
        _ range: Range<Int>, into destination: UnsafeMutablePointer<Float>,
        choosing isWanted: Choice
    ) -> [Outcome] {
        let size = input.count
        var outcomes: [Outcome] = []
        // Piece by piece: while the backbone has the pool a loop runs on one thread, and large pictures take long.
        let piece = 8 * ThreadPool.shared.threads
        for first in stride(from: 0, to: range.count, by: piece) {
            outcomes += ThreadPool.shared.map(min(piece, range.count - first)) { i in
                read(
                    range.lowerBound + first + i, into: destination + (first + i) * size, choosing: isWanted)
            }
        }
        var count = 0
        for (i, outcome) in outcomes.enumerated() where outcome.isDecoded {
            if count < i {
                (destination + count * size).update(from: destination + i * size, count: size)
            }
            count += 1
        }
        return outcomes
    }

    private func read(
        _ position: Int, into destination: UnsafeMutablePointer<Float>, choosing isWanted: Choice
    ) -> Outcome {
        do throws(DatasetError) {
            let content = try samples[position].content()
            let hash = content.hash
            guard isWanted(position, hash) else { return .notWanted(hash) }
            let image = try content.image(fitting: input.decodingTarget)
            input.write(image, to: destination)
            return .decoded(hash, isBlank: image.isBlank || input.isBlank(destination))
        } catch {
            return .skipped(error)
        }
    }

    private func decoded(_ outcomes: [Outcome], _ range: Range<Int>) -> [Int] {
        zip(range, outcomes).compactMap { position, outcome in outcome.isDecoded ? position : nil }
    }

    private func skipped(_ outcomes: [Outcome], _ range: Range<Int>) -> [(position: Int, skipped: Skipped)] {
        zip(range, outcomes).compactMap { position, outcome in
            guard case .skipped(let error) = outcome else { return nil }
            return (position, Skipped(source: samples[position].source, error: error))
        }
    }
}
