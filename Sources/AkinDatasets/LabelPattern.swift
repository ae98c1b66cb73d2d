import AkinBasics

/// A label, or a pattern of labels: `*` stands for any characters, also none, as in `Korean/*`.
public struct LabelPattern: Sendable, Hashable {
    /// As it was written.
    public let text: String

    /// Any text is a pattern.
    public init(_ text: String) { self.text = text }

    /// Whether a label, as a whole, is as the pattern says.
    public func matches(_ label: String) -> Bool {
        let (pattern, label) = (Array(text.composed.utf8), Array(label.composed.utf8))
        var (p, l) = (0, 0)
        // Where to go on if the last star has to swallow a character more.
        var retry: (p: Int, l: Int)?
        while l < label.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                p += 1
                retry = (p, l)
            } else if p < pattern.count, pattern[p] == label[l] {
                p += 1
                l += 1
            } else if let (start, end) = retry {
                retry = (start, end + 1)
                (p, l) = (start, end + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
