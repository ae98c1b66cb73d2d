/// `0..<count` divided into `parts` runs whose lengths differ by one at most: the fixed partition by which work
/// is shared out, whatever the number of threads.
package func run(_ part: Int, of parts: Int, in count: Int) -> Range<Int> {
    part * count / parts..<(part + 1) * count / parts
}
