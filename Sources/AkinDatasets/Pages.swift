import AkinBasics
import AkinImages
import AkinTensors

/// A file of several pages of which only the first is taken.
public struct MorePages: Sendable, Codable, Hashable {
    /// The file.
    public let source: Source
    /// How many there are behind the first.
    public let more: Int

    /// A report of what was not taken.
    public init(source: Source, more: Int) {
        self.source = source
        self.more = more
    }
}

extension MorePages: CustomStringConvertible {
    /// `scan.tif (2)`.
    public var description: String { "\(source) (\(more))" }
}

extension Dataset {
    /// The same with the pages of its files. A file stands for its first page; the others become samples `file#2` and on
    /// behind it where `takingAll` says so, and else are counted in `pages`.
    package func withPages(takingAll: Bool) -> Dataset {
        let counts = ThreadPool.shared.map(samples.count) { samples[$0].countPages() }
        var all: [Sample] = []
        var pages: [MorePages] = []
        for (sample, count) in zip(samples, counts) {
            all.append(sample)
            if takingAll {
                all += (1..<max(count, 1)).map(sample.page)
            } else if count > 1 {
                pages.append(MorePages(source: sample.source, more: count - 1))
            }
        }
        let remarks = pages.isEmpty ? [] : [DatasetRemark.morePages(pages)]
        var dataset = with(all)
        dataset.remarks += remarks
        dataset.pages = pages
        return dataset
    }
}

extension Source {
    /// Whether it is a page that its file, as it is now, does not have.
    package var isLostPage: Bool {
        guard let name = PageName(self), !Folder.isThere(path),
            let pages = Image.pages(contentsOf: name.file)
        else { return false }
        return pages.areAll && name.page >= pages.count
    }
}

/// A page of a file, as `file#number` names it, counted from 1.
struct PageName {
    let file: String
    /// From 0.
    let page: Int

    /// nil where the text has no such end.
    init?(_ source: Source) {
        let text = source.path
        guard let mark = text.utf8.lastIndex(of: UInt8(ascii: "#")),
            let number = Int(text[mark...].dropFirst()),
            number > 0
        else { return nil }
        file = String(text[..<mark])
        page = number - 1
    }
}

extension ContentHash {
    /// That of a page; the first has its file's.
    func combined(with page: Int) -> ContentHash {
        guard page > 0 else { return self }
        return [high, low, UInt64(page)].withUnsafeBytes { ContentHash(of: $0) }
    }
}

extension Dataset {
    /// Whether a picture can be read from a path: a file, or a page of one where there is no file of that very name.
    static func check(_ path: String) throws(FileError) {
        do throws(FileError) {
            try FileBytes.check(path)
        } catch .missing {
            guard let name = PageName(Source(path)) else { throw .missing }
            try FileBytes.check(name.file)
        }
    }
}
