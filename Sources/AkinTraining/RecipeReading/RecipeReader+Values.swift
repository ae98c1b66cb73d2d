import AkinImages
import AkinNetworks
import Yams

/// The kinds of values that keys have.
extension RecipeReader {
    mutating func string(_ key: String, into value: inout String) throws(RecipeError) {
        try read(key, into: &value, expected: "a text", { $0.scalar?.string }, isValid: { !$0.isEmpty })
    }

    mutating func string(_ key: String, into value: inout String?) throws(RecipeError) {
        try readOptional(
            key, into: &value, expected: "a text", { $0.scalar?.string }, isValid: { !$0.isEmpty })
    }

    /// A text, or a list of such.
    mutating func strings(_ key: String, into value: inout [String]) throws(RecipeError) {
        try read(key, into: &value, expected: "a list of texts", Self.strings)
    }

    mutating func strings(_ key: String, into value: inout [String]?) throws(RecipeError) {
        try readOptional(
            key, into: &value, expected: "a list of texts", Self.strings, isValid: { !$0.isEmpty })
    }

    private static func strings(_ node: Node) -> [String]? {
        if let value = node.scalar?.string, !value.isEmpty { return [value] }
        let values = node.sequence?.compactMap { $0.scalar?.string } ?? []
        return values.isEmpty || values.count != node.sequence?.count ? nil : values
    }

    mutating func integer(
        _ key: String, in range: ClosedRange<Int>, into value: inout Int
    ) throws(RecipeError) {
        try read(key, into: &value, expected: Self.words(range), Self.integer, isValid: { range ~= $0 })
    }

    mutating func integer(
        _ key: String, in range: ClosedRange<Int>, into value: inout Int?
    ) throws(RecipeError) {
        try readOptional(
            key, into: &value, expected: Self.words(range), Self.integer, isValid: { range ~= $0 })
    }

    // Not Yams' own conversion: of `1:30` it makes 90, and it traps where that is more than an Int holds.
    private static func integer(_ node: Node) -> Int? { (node.scalar?.string).flatMap { Int($0) } }

    private static func words(_ range: ClosedRange<Int>) -> String {
        let upper = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
        return "a whole number, \(range.lowerBound) \(upper)"
    }

    mutating func number(
        _ key: String, _ expected: String, into value: inout Float, _ isValid: (Float) -> Bool
    ) throws(RecipeError) {
        try read(
            key, into: &value, expected: expected + range(key), Self.number,
            isValid: { $0.isFinite && isValid($0) })
    }

    mutating func number(
        _ key: String, _ expected: String, into value: inout Float?, _ isValid: (Float) -> Bool
    ) throws(RecipeError) {
        try readOptional(
            key, into: &value, expected: expected + range(key), Self.number,
            isValid: { $0.isFinite && isValid($0) })
    }

    /// So many numbers, or one that stands for all of them.
    mutating func numbers(
        _ key: String, _ expected: String, count: Int, into value: inout [Float]?, _ isValid: (Float) -> Bool
    ) throws(RecipeError) {
        func parse(_ node: Node) -> [Float]? {
            if let one = Self.number(node) { return [Float](repeating: one, count: count) }
            let numbers = node.sequence?.compactMap(Self.number) ?? []
            return numbers.count == node.sequence?.count ? numbers : nil
        }
        try readOptional(key, into: &value, expected: expected, parse) {
            $0.count == count && $0.allSatisfy { $0.isFinite && isValid($0) }
        }
    }

    /// A number from `range`.
    mutating func number(
        _ key: String, in range: ClosedRange<Float>, into value: inout Float
    ) throws(RecipeError) {
        try number(key, "a number, \(Self.words(range))", into: &value) { range ~= $0 }
    }

    private static func number(_ node: Node) -> Float? { (node.scalar?.string).flatMap { Float($0) } }

    /// Of a number that is what is asked for, and too large or too small to be kept, what can be; else nothing.
    private mutating func range(_ key: String) -> String {
        guard let text = node(key)?.scalar?.string, Double(text) != nil,
            text.prefix(while: { $0 != "e" && $0 != "E" }).contains(where: { "1"..."9" ~= $0 })
        else { return "" }
        let number = Float(text) ?? 0
        return number.isFinite && number != 0 ? "" : ", of a size from 1.2e-38 to 3.4e38"
    }

    private static func words(_ range: ClosedRange<Float>) -> String {
        [range.lowerBound, range.upperBound].map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
            .joined(separator: " to ")
    }

    mutating func boolean(_ key: String, into value: inout Bool) throws(RecipeError) {
        try read(key, into: &value, expected: "true or false", \.bool)
    }

    /// One of the raw values of an enumeration.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, into value: inout Choice
    ) throws(RecipeError) where Choice.RawValue == String {
        let expected = Choice.allCases.map(\.rawValue).joined(separator: " or ")
        try read(key, into: &value, expected: expected) { ($0.scalar?.string).flatMap(Choice.init) }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, into value: inout Choice?
    ) throws(RecipeError) where Choice.RawValue == String {
        let expected = Choice.allCases.map(\.rawValue).joined(separator: " or ")
        try readOptional(
            key, into: &value, expected: expected, { ($0.scalar?.string).flatMap(Choice.init) },
            isValid: { _ in true })
    }

    /// A list of two numbers, the lower first.
    mutating func bounds(
        _ key: String, in range: ClosedRange<Float>, into value: inout Augmentation.Bounds
    ) throws(RecipeError) {
        func parse(_ node: Node) -> Augmentation.Bounds? {
            let numbers = node.sequence?.compactMap(Self.number) ?? []
            guard numbers.count == 2, node.sequence?.count == 2 else { return nil }
            return .init(numbers[0], numbers[1])
        }
        try read(
            key, into: &value, expected: "a list of two numbers, \(Self.words(range)), the lower first",
            parse,
            isValid: { $0.low <= $0.high && range ~= $0.low && range ~= $0.high })
    }

    /// A whole number for both directions, or a list of height and width.
    mutating func extent(
        _ key: String, in range: ClosedRange<Int>, into value: inout LayerSpecification.Extent
    ) throws(RecipeError) {
        func parse(_ node: Node) -> LayerSpecification.Extent? {
            let sides = Self.integer(node).map { [$0, $0] } ?? node.sequence?.map(Self.integer) ?? []
            guard sides.count == 2, let height = sides[0], let width = sides[1] else { return nil }
            return .init(height: height, width: width)
        }
        try read(
            key, into: &value,
            expected:
                "a whole number or a list of height and width, \(range.lowerBound) to \(range.upperBound)",
            parse, isValid: { range ~= $0.height && range ~= $0.width })
    }
}
