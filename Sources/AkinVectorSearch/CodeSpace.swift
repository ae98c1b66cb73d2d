import CAkinKernels
import Foundation

/// How vectors become codes, whose distances are near the true ones. A code of one byte a component is
/// `round((x - offset) / step)`, cut off at -127 and 127, stored with 128 added, and distances are exact integers; one of a
/// bfloat16 is `x - offset`, rounded, and distances are floats, as integers in their order. Cosine's vectors are scaled
/// to length 1 first and then compared by l2.
///
/// How far a coded vector lies from the true one is kept with it. By the triangle inequality (the inequality of Cauchy and
/// Schwarz for inner products) no distance is wrong by more than follows from the errors of both; so a row can be proved to
/// be too far away by its code.
package struct CodeSpace: Sendable, Equatable {
    package let metric: Metric
    package let dimension: Int
    /// What a code of 0 means, for each component; 0 for the inner product, which depends on the origin.
    private let offsets: [Float]
    /// What a code is a multiple of; 0 for bfloat16.
    private let step: Float
    /// Inner product: the length that no item exceeds.
    private let radius: Float

    /// Above, sums of codes would not fit 32 bits.
    package static let largestDimension = 16384

    /// What a component of a code is.
    package var kind: CodeKind { step > 0 ? .i8 : .bf16 }

    /// Bytes in a row of codes, and those of them that are used.
    package var stride: Int { (used + 63) & ~63 }
    private var used: Int { kind == .i8 ? dimension : 2 * dimension }

    /// The share of components that may be cut off; none where vectors are compared by products.
    private static let cut = 0.0005
    private static let sample = 4096

    /// Chooses offsets and step for vectors like these `count`; `row` gives each where it lies. The metric is one that has
    /// codes.
    package init(
        _ metric: Metric, _ kind: CodeKind, dimension: Int, count: Int, row: (Int) -> UnsafePointer<Float>
    ) {
        let spacing = max(1, count / Self.sample)
        let vectors = Swift.stride(from: 0, to: count, by: spacing).map { number -> [Float] in
            let x = row(number)
            let norm = metric == .cosine ? squaredNormOf(x, dimension).squareRoot() : 1
            return UnsafeBufferPointer(start: x, count: dimension).map { norm > 0 ? $0 / norm : $0 }
        }
        var means = [Double](repeating: 0, count: dimension)
        if metric != .innerProduct {
            for vector in vectors { for i in 0..<dimension { means[i] += Double(vector[i]) } }
        }
        let offsets = means.map { Float($0 / Double(max(vectors.count, 1))) }
        var (reach, radius): (Float, Float) = (0, 0)
        if metric == .innerProduct {
            for number in 0..<count {
                let x = row(number)
                radius = max(radius, squaredNormOf(x, dimension).squareRoot())
                // The largest components decide what is near: none is cut off.
                for i in 0..<dimension { reach = max(reach, x[i].magnitude) }
            }
        } else {
            var distances = vectors.flatMap { vector in zip(vector, offsets).map { ($0 - $1).magnitude } }
            distances.sort()
            let kept = distances.isEmpty ? 0 : distances[Int(Double(distances.count - 1) * (1 - Self.cut))]
            reach = kept > 0 ? kept : distances.last ?? 0
        }
        self.init(
            metric: metric, dimension: dimension, offsets: offsets,
            step: kind == .i8 ? Self.step(reach: reach) : 0, radius: radius)
    }

    private init(metric: Metric, dimension: Int, offsets: [Float], step: Float, radius: Float) {
        self.metric = metric
        self.dimension = dimension
        self.offsets = offsets
        self.step = step
        self.radius = radius
    }

    private static func step(reach: Float) -> Float {
        let step = reach / 127
        return step >= .leastNormalMagnitude && step.isFinite ? step : 1
    }

    /// How codes are compared.
    enum Comparison { case squaredDifferences, differences, products }

    var comparison: Comparison {
        switch metric {
        case .l2, .squaredL2, .cosine: .squaredDifferences
        case .l1: .differences
        case .innerProduct: .products
        case .learnedL1: preconditionFailure("a learned metric has no codes")
        }
    }

    /// Writes an item's code, `stride` bytes; what its scores begin with, and how far the code lies from it.
    package func encode(
        _ x: UnsafePointer<Float>, into code: UnsafeMutablePointer<UInt8>
    ) -> (norm: Int32, error: Float) {
        let (norm, error, _) = encode(x, step: step, into: code)
        let isBeyond =
            metric == .innerProduct && squaredNormOf(x, dimension).squareRoot() > radius
        return (comparison == .squaredDifferences ? norm : 0, isBeyond ? .infinity : error)
    }

    /// The length of the code in steps, squared; how far it lies from the vector, and whether that can be told.
    private func encode(
        _ x: UnsafePointer<Float>, step: Float, into code: UnsafeMutablePointer<UInt8>
    ) -> (norm: Int32, error: Float, squaredNorm: Float) {
        let squaredNorm = metric == .cosine ? squaredNormOf(x, dimension) : 1
        let isAbsolute = comparison == .differences
        let scale = squaredNorm > 0 ? 1 / squaredNorm.squareRoot() : 1
        var missed = 0.0
        var norm: Int32 = 0
        switch kind {
        case .i8:
            norm = akin_encode(
                x, scale, offsets, step, dimension, isAbsolute ? 0 : 1, code, &missed)
        case .bf16:
            akin_bf16_encode(
                x, scale, offsets, dimension, isAbsolute ? 0 : 1,
                UnsafeMutableRawPointer(code).assumingMemoryBound(to: UInt16.self), &missed)
        }
        for i in used..<stride { code[i] = 0 }
        // A vector of zeros has no direction: its distances by cosine are by definition. Scaling rounds each component.
        guard squaredNorm > 0 else { return (norm, .infinity, squaredNorm) }
        let rounding = metric == .cosine ? 0x1p-22 : 0
        let error = Float((isAbsolute ? missed : missed.squareRoot()) * (1 + 0x1p-20) + rounding)
        return (norm, error.nextUp, squaredNorm)
    }

    /// A query in code space, but for its bytes.
    struct Query {
        /// What has to be added to a row's score for its integer distance.
        var base: Int32 = 0
        /// What an integer distance of 1 means.
        fileprivate var unit = 0.0
        /// A row's distance is wrong by no more than this and, for each unit of the row's error, the next.
        var error: Float = 0
        var errorForRows: Float = 1
        fileprivate var squaredNorm: Float = 0
    }

    /// Codes a query, `stride` bytes.
    func query(_ x: UnsafePointer<Float>, into bytes: UnsafeMutablePointer<UInt8>) -> Query {
        var query = Query()
        query.squaredNorm = squaredNormOf(x, dimension)
        var step = step
        if comparison == .products, kind == .i8 {
            let values = UnsafeBufferPointer(start: x, count: dimension)
            step = Self.step(reach: values.reduce(0) { max($0, $1.magnitude) })
        }
        let (norm, error, _) = encode(x, step: step, into: bytes)
        query.base = base(of: bytes, norm: norm, into: bytes)
        switch comparison {
        case .squaredDifferences, .differences:
            query.unit = kind == .i8 ? Double(self.step) : 1
            query.error = error
        case .products:
            query.unit = kind == .i8 ? Double(self.step) * Double(step) / 2 : 1
            query.error = error * radius * (1 + 0x1p-20)
            if kind == .bf16 { query.error += slack * query.squaredNorm.squareRoot() * radius }
            query.errorForRows = query.squaredNorm.squareRoot() * (1 + 0x1p-20) + error
        }
        return query
    }

    /// Turns a row's code into a query's bytes; what has to be added to a row's score for its integer distance.
    func base(of code: UnsafePointer<UInt8>, norm: Int32, into bytes: UnsafeMutablePointer<UInt8>) -> Int32 {
        guard comparison != .differences, kind == .i8 else {
            if bytes != code { bytes.update(from: code, count: stride) }
            return 0
        }
        let sum = bytes.withMemoryRebound(to: Int8.self, capacity: stride) {
            akin_signed_codes(code, dimension, $0)
        }
        for i in dimension..<stride { bytes[i] = 0 }
        return (comparison == .products ? 0 : norm) + 256 * sum
    }

    /// The distance in code space that an integer distance means; the least where sums were rounded.
    func distance(_ integer: Int64, of query: Query) -> Float {
        var value = Double(integer)
        if kind == .bf16 {
            value = Double(akin_unordered(Int32(truncatingIfNeeded: integer)))
            if comparison != .products { value *= 1 - Double(slack) }
        }
        return Float((comparison == .squaredDifferences ? max(0, value).squareRoot() : value) * query.unit)
    }

    /// Above the relative error of a float kernel's sum (Higham 2002, section 3.1).
    private var slack: Float { Float(dimension + 16) * 0x1p-22 }

    /// The distance in code space that no item has which is as near as `bound` by the metric.
    func reach(_ bound: Float, of query: Query) -> Float {
        guard bound < .infinity else { return .infinity }
        switch metric {
        case .l2, .l1: return bound * (1 + slack)
        case .squaredL2: return (bound * (1 + slack)).squareRoot() * (1 + 0x1p-20)
        case .cosine: return (2 * (bound + slack)).squareRoot() * (1 + 0x1p-20)
        case .innerProduct:
            let size = query.squaredNorm.squareRoot() * radius + bound.magnitude + 1
            return bound - 1 + slack * size
        case .learnedL1: preconditionFailure("a learned metric has no codes")
        }
    }

    /// The largest score of a row that may lie within `reach`, if none of the rows has a larger error than this. For codes
    /// of one byte.
    func largestScore(within reach: Float, of query: Query, error: Float) -> Int32 {
        let steps =
            (Double(reach) + Double(query.error) + Double(query.errorForRows) * Double(error)) / query.unit
        guard !steps.isNaN else { return .max }
        let value: Double
        switch comparison {
        case .squaredDifferences: value = max(0, steps) * max(0, steps) * (1 + 0x1p-20) + 1
        case .differences, .products: value = steps + abs(steps) * 0x1p-20 + 1
        }
        return Int32(clamping: Int64(min(0x1p40, max(-0x1p40, value))) - Int64(query.base))
    }
}

extension CodeSpace {
    /// All but metric and dimension, little-endian.
    package var bytes: [UInt8] {
        ([step, radius] + offsets).flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
    }

    /// How many they are.
    package static func byteCount(dimension: Int) -> Int { 4 * (2 + dimension) }

    /// The kind that such bytes mean.
    package static func kind(ofBytes bytes: [UInt8]) -> CodeKind {
        bytes.prefix(4).allSatisfy { $0 == 0 } ? .bf16 : .i8
    }

    /// Nil if these are no such bytes.
    package init?(_ metric: Metric, dimension: Int, bytes: [UInt8]) {
        guard metric.hasCodes, bytes.count == Self.byteCount(dimension: dimension) else { return nil }
        let values = Swift.stride(from: 0, to: bytes.count, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
        }
        guard values.allSatisfy(\.isFinite), values[0] >= 0, values[1] >= 0 else { return nil }
        self.init(
            metric: metric, dimension: dimension, offsets: Array(values[2...]), step: values[0],
            radius: values[1])
    }
}
