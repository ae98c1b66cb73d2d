import AkinImages

/// What a backbone takes of a picture: one input, or several, one behind the other, each of a preprocessing of its own.
public struct BackboneInput: Sendable, Hashable {
    /// How the inputs are made; at least one.
    public let parts: [Preprocessing]
    /// How many floats they are together: the sum of all `height * width * channels`.
    public let count: Int

    /// One input.
    public init(_ preprocessing: Preprocessing) { self.init(trusted: [preprocessing]) }

    /// Several inputs of the same picture; there has to be one.
    ///
    /// - Throws: `EmbeddingError.noInput`
    public init(_ parts: [Preprocessing]) throws(EmbeddingError) {
        guard !parts.isEmpty else { throw .noInput }
        self.init(trusted: parts)
    }

    /// As the above, of which there is one.
    package init(trusted parts: [Preprocessing]) {
        precondition(!parts.isEmpty, "a backbone takes an input")
        self.parts = parts
        count = parts.reduce(0) { $0 + $1.inputCount }
    }

    /// What to give `Image(decoding:fitting:)`, so that a picture is decoded once for all inputs: what the largest of
    /// them wants; nil where one needs the picture's own size.
    public var decodingTarget: (width: Int, height: Int)? {
        let targets = parts.compactMap(\.decodingTarget)
        guard targets.count == parts.count else { return nil }
        return targets.reduce((width: 0, height: 0)) { (max($0.width, $1.width), max($0.height, $1.height)) }
    }

    /// All inputs of a picture, each `[height, width, channels]`, one behind the other.
    public func values(of image: Image) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            write(image, to: buffer.baseAddress!)
            filled = count
        }
    }

    /// Writes the `count` values of `values(of:)` to `destination`.
    package func write(_ image: Image, to destination: UnsafeMutablePointer<Float>) {
        var place = destination
        for part in parts {
            part.write(image, to: place)
            place += part.inputCount
        }
    }

    /// Whether values that `write` wrote are of one colour in each input.
    func isBlank(_ values: UnsafePointer<Float>) -> Bool {
        var place = values
        for part in parts {
            guard part.isBlank(UnsafeBufferPointer(start: place, count: part.inputCount)) else {
                return false
            }
            place += part.inputCount
        }
        return true
    }
}
