/// What a vector's component is in a compact code.
public enum CodeKind: String, Sendable, Codable, CaseIterable {
    /// One byte: a number of steps, all of one size.
    case i8
    /// A bfloat16, the upper half of a float: eight bits of mantissa whatever the size. Where a few components are much
    /// larger than the others, so that these would hardly be told apart by steps of one size.
    case bf16
}
