/// The lines of a text file that are not blank, with their numbers (from 1), without blanks at their ends.
package func textLines(_ path: String) throws(FileError) -> [(number: Int, text: Substring)] {
    let text = String(decoding: try FileBytes.read(path, limit: 1 << 24), as: UTF8.self)
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
        guard let first = $1.firstIndex(where: { !$0.isWhitespace }),
            let last = $1.lastIndex(where: { !$0.isWhitespace })
        else { return nil }
        return ($0 + 1, $1[first...last])
    }
}
