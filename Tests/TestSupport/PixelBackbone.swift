import AkinBasics
import AkinEmbedding
import AkinImages
import AkinVectorSearch

/// A backbone that is no checkpoint: a picture's embedding is its grey values, `[side * side]`, times a factor.
package struct PixelBackbone: Backbone, Equatable {
    package let name: String
    package let side: Int
    /// Backbones with other factors embed otherwise.
    package let factor: Float
    /// Whether it comes with a learned metric, in which the first half of the components counts double.
    package let isLearned: Bool

    package init(name: String = "pixels", side: Int = 4, factor: Float = 1, isLearned: Bool = false) {
        self.name = name
        self.side = side
        self.factor = factor
        self.isLearned = isLearned
    }

    package enum Problem: Error { case damaged }

    package static let format = "test-pixels"

    /// "SIDE FACTOR IS-LEARNED NAME"
    package init(bytes: [UInt8], kinds: BackboneRegistry) throws {
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 3)
        guard words.count == 4, let side = Int(words[0]), side > 0, let factor = Float(words[1]),
            let isLearned = Bool(String(words[2]))
        else { throw Problem.damaged }
        self.init(name: String(words[3]), side: side, factor: factor, isLearned: isLearned)
    }

    package var bytes: [UInt8] { Array("\(settings) \(name)".utf8) }

    package var identity: BackboneIdentity {
        BackboneIdentity(name: name, hash: ContentHash(of: "\(Self.format) \(settings)".utf8))
    }

    package var dimension: Int { side * side }

    package var preprocessing: Preprocessing {
        Preprocessing(trusted: side, width: side, placement: .stretch)
    }

    package var input: BackboneInput { BackboneInput(preprocessing) }

    package var learnedL1: LearnedL1? {
        guard isLearned else { return nil }
        return LearnedL1(weights: (0..<dimension).map { $0 < dimension / 2 ? 2 : 1 }, offset: 0)
    }

    package func pass(capacity: Int) -> any BackbonePass {
        Pass(capacity: capacity, dimension: dimension, factor: factor)
    }

    private var settings: String { "\(side) \(factor) \(isLearned)" }

    private final class Pass: BackbonePass {
        private let embeddings: UnsafeMutableBufferPointer<Float>
        private let dimension: Int
        private let factor: Float

        init(capacity: Int, dimension: Int, factor: Float) {
            embeddings = .allocate(capacity: capacity * dimension)
            embeddings.initialize(repeating: 0)
            self.dimension = dimension
            self.factor = factor
        }

        deinit { embeddings.deallocate() }

        func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
            precondition(count * dimension <= embeddings.count, "more inputs than the pass has room for")
            for i in 0..<count * dimension { embeddings[i] = inputs[i] * factor }
            return UnsafePointer(embeddings.baseAddress!)
        }
    }
}
