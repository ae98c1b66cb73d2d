import AkinBasics
import AkinVectorSearch
import Foundation

/// Several backbones side by side: the embedding is that of each, scaled to unit length and then by the weight of its
/// part, one behind the other. A picture is decoded once for all of them.
///
/// The square of the distance of two embeddings is the sum of those of the parts, each at most four times the square of its weight:
/// so no part drowns another because its numbers are larger. An embedding of zeros, which has no direction, stays one.
public struct CombinedBackbone: Backbone {
    /// One of them.
    public struct Part: Sendable {
        /// What embeds.
        public let backbone: any Backbone
        /// The length of its part of the embedding; above 0.
        public let weight: Float

        /// By default all weigh the same.
        public init(_ backbone: any Backbone, weight: Float = 1) {
            self.backbone = backbone
            self.weight = weight
        }
    }

    /// The backbones, in the order of their parts of an embedding; at least two.
    public let parts: [Part]
    /// Their names with a `+` between them; the hash is of their hashes and weights.
    public let identity: BackboneIdentity
    /// The sum of the parts' dimensions.
    public let dimension: Int
    /// The inputs of the parts.
    public let input: BackboneInput

    /// Puts backbones side by side.
    ///
    /// - Throws: `EmbeddingError.badCombination` where there are fewer than two, one stands there twice or is a combination
    ///   itself, or a weight is no positive number.
    public init(_ parts: [Part]) throws(EmbeddingError) {
        guard parts.count > 1 else { throw .badCombination(.tooFew(parts.count)) }
        var hashes: Set<ContentHash> = []
        for part in parts {
            let identity = part.backbone.identity
            guard !(part.backbone is CombinedBackbone) else { throw .badCombination(.nested(identity.name)) }
            guard hashes.insert(identity.hash).inserted else {
                throw .badCombination(.repeated(identity.name))
            }
            guard part.weight > 0, part.weight.isFinite else {
                throw .badCombination(.badWeight(identity.name, part.weight))
            }
        }
        self.parts = parts
        identity = BackboneIdentity(
            name: parts.map(\.backbone.identity.name).joined(separator: "+"),
            hash: ContentHash(
                of: parts.reduce(Self.format) { "\($0)\n\($1.weight) \($1.backbone.identity.hash)" }.utf8))
        dimension = parts.reduce(0) { $0 + $1.backbone.dimension }
        input = BackboneInput(trusted: parts.flatMap(\.backbone.input.parts))
    }

    /// All weigh the same.
    public init(_ backbones: [any Backbone]) throws(EmbeddingError) {
        try self.init(backbones.map { Part($0) })
    }

    /// The cosine: of parts of one length it is the weighted mean of theirs.
    public var metric: Metric.Kind { .cosine }

    /// Each part.
    public func prepare() throws {
        for part in parts { try part.backbone.prepare() }
    }

    /// Each part's own pass.
    public func pass(capacity: Int) -> any BackbonePass { CombinedPass(self, capacity: capacity) }
}

extension CombinedBackbone {
    /// The first line of the bytes.
    private struct Header: Codable {
        var format: Int
        var parts: [Part]

        struct Part: Codable {
            var format: String
            var weight: Float
            var bytes: Int
        }
    }

    private static let newestFormat = 1
    private static let lineFeed = UInt8(ascii: "\n")

    /// How an index keeps it.
    public static var format: String { "akin-combined" }

    /// A line of JSON that names each part's format, weight and number of bytes; and then these bytes.
    public var bytes: [UInt8] {
        let kept = parts.map { ($0, $0.backbone.bytes) }
        let header = Header(
            format: Self.newestFormat,
            parts: kept.map {
                .init(format: type(of: $0.backbone).format, weight: $0.weight, bytes: $1.count)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers that are finite can be written.
        return kept.reduce(try! Array(encoder.encode(header)) + [Self.lineFeed]) { $0 + $1.1 }
    }

    /// Revives the parts, each of one of `kinds`.
    ///
    /// - Throws: `EmbeddingError`, or what a part's type says of its bytes.
    public init(bytes: [UInt8], kinds: BackboneRegistry) throws {
        guard let end = bytes.firstIndex(of: Self.lineFeed),
            let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[..<end]))
        else { throw EmbeddingError.badCombination(.damaged) }
        guard header.format <= Self.newestFormat else {
            throw EmbeddingError.badCombination(.newer(header.format))
        }
        var (parts, place) = ([Part](), end + 1)
        for part in header.parts {
            // A combination in a combination in ... would take the stack.
            guard part.format != Self.format, 0...(bytes.count - place) ~= part.bytes else {
                throw EmbeddingError.badCombination(.damaged)
            }
            let own = Array(bytes[place..<place + part.bytes])
            parts.append(Part(try kinds.backbone(format: part.format, bytes: own), weight: part.weight))
            place += part.bytes
        }
        guard place == bytes.count else { throw EmbeddingError.badCombination(.damaged) }
        try self.init(parts)
    }
}

/// The passes of the parts, one after the other.
private final class CombinedPass: BackbonePass {
    private let passes: [(pass: any BackbonePass, part: CombinedBackbone.Part)]
    private let dimension: Int
    private let inputCount: Int
    /// What one part takes of all pictures.
    private let gathered: UnsafeMutablePointer<Float>
    private let embeddings: UnsafeMutablePointer<Float>

    init(_ backbone: CombinedBackbone, capacity: Int) {
        passes = backbone.parts.map { ($0.backbone.pass(capacity: capacity), $0) }
        dimension = backbone.dimension
        inputCount = backbone.input.count
        gathered = .allocate(
            capacity: capacity * (backbone.parts.map(\.backbone.input.count).max() ?? 0))
        embeddings = .allocate(capacity: capacity * backbone.dimension)
    }

    deinit {
        gathered.deallocate()
        embeddings.deallocate()
    }

    func run(_ inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
        var (taken, written) = (0, 0)
        for (pass, part) in passes {
            let (size, own) = (part.backbone.input.count, part.backbone.dimension)
            for image in 0..<count {
                (gathered + image * size).update(from: inputs + image * inputCount + taken, count: size)
            }
            let result = pass.run(gathered, count: count)
            for image in 0..<count {
                let embedding = embeddings + image * dimension + written
                embedding.update(from: result + image * own, count: own)
                scale(embedding, count: own, toLength: part.weight)
            }
            (taken, written) = (taken + size, written + own)
        }
        return UnsafePointer(embeddings)
    }
}

/// Scales a vector to a length; one of zeros stays so.
package func scale(_ vector: UnsafeMutablePointer<Float>, count: Int, toLength length: Float) {
    var squares = 0.0
    for i in 0..<count { squares += Double(vector[i]) * Double(vector[i]) }
    guard squares > 0 else { return }
    let factor = Double(length) / squares.squareRoot()
    for i in 0..<count { vector[i] = Float(Double(vector[i]) * factor) }
}
