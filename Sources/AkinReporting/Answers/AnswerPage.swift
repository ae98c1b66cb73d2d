import AkinBasics
import AkinImages
import Foundation

/// A page of answers that may be more than memory holds: they go to the disk as they come, and become a page at the end.
package final class AnswerPage {
    /// So many bytes of pictures have room in a page.
    package static let mostBytes = 48 << 20

    private let file: OutputFile
    private let title: String
    private let parts: NamelessFile
    private var list: AnswerList<WriteError>
    private var summary: AnswerSummary
    /// Told under the summary, in sentences.
    private let notes: [String]

    /// - Parameters:
    ///   - thing: What was asked about: a picture.
    ///   - title: Without what would have to be escaped.
    ///   - expected: About how many pictures it will have.
    ///   - room: So many bytes of pictures at most.
    package init(
        _ file: OutputFile, title: String, of thing: String, notes: [String], expectedPictures expected: Int,
        room: Int = AnswerPage.mostBytes
    ) throws(WriteError) {
        let parts =
            try file.isStream
            ? NamelessFile(in: NSTemporaryDirectory())
            : NamelessFile(in: (file.ownPath as NSString).deletingLastPathComponent, for: file.path)
        (self.file, self.title, self.notes, self.parts) = (file, title, notes, parts)
        summary = AnswerSummary(of: thing)
        list = AnswerList(expectedPictures: expected, room: room) { part throws(WriteError) in
            try Array(part.utf8).withUnsafeBufferPointer { bytes throws(WriteError) in
                try parts.append(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    /// Adds some; `images` gives pictures of sources, reduced to a longer side of some pixels or larger, as far as they can be had.
    package func append(
        _ answers: [ShownAnswer], _ images: ([Source], _ side: Int) -> [Image?]
    ) throws(WriteError) {
        for answer in answers {
            if let words = answer.words {
                summary.count(words, of: answer.input)
            } else {
                summary.countUnread()
            }
        }
        try list.append(answers, images)
    }

    /// Writes the page: all of it or, if that fails, nothing. Nothing is added afterwards.
    package func write(leastSureFirst: Bool, _ foot: PageFoot) throws(WriteError) {
        try list.finish(leastSureFirst: leastSureFirst)
        let body = [
            "<h1>\(labelText(title))</h1>", summary.html,
            "<div class=\"notes\">\(notes.map { "<p class=\"quiet\">\(escaped($0))</p>" }.joined())</div>",
            list.html, foot.html,
        ]
        let (before, after) = AnswerScript.document(title: title, body: body.joined(separator: "\n"))
        let page = try PendingFile(file.path)
        try page.write(Array(before.utf8))
        try copyParts(to: page)
        try page.write(Array(after.utf8))
        try page.close()
        try page.rename(replacing: file.replaces)
    }

    private func copyParts(to page: PendingFile) throws(WriteError) {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
        defer { bytes.deallocate() }
        for offset in stride(from: 0, to: parts.size, by: bytes.count) {
            let some = UnsafeMutableRawBufferPointer(
                rebasing: bytes[..<min(bytes.count, parts.size - offset)])
            try parts.read(some, at: offset)
            try page.write(UnsafeRawBufferPointer(some))
        }
    }
}

extension AnswerSummary {
    /// In the words of `text`.
    fileprivate var html: String {
        guard let counts else { return "" }
        let doubts = doubts
        let first = "<p><strong>\(unbroken(counts))</strong></p>"
        guard !doubts.isEmpty else { return first }
        let lines = doubts.map { "<li><bdi>\(unbroken($0))</bdi></li>" }
        return first + "\n<p>\(Self.doubtsTitle)</p>\n<ul>\n\(lines.joined(separator: "\n"))\n</ul>"
    }
}
