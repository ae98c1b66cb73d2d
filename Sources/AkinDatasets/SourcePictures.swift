import AkinBasics
import AkinImages

/// The pictures behind the sources of samples and items, for showing them: a file's path, or `path#number` of an item
/// of an IDX or CIFAR file, or of a page.
///
/// Such files stay in memory once they are read. Not to be used from two threads at once.
public final class SourcePictures {
    private var packed = PackedFiles()

    /// Reads nothing yet.
    public init() {}

    /// The picture of a source, or nil if it cannot be had any more.
    public func picture(of source: Source) -> Image? {
        if let image = try? Image(contentsOf: source.path) { return image }
        if let (images, number) = packed.place(of: source) { return images[number] }
        return PageName(source).flatMap { try? Image(contentsOf: $0.file, page: $0.page) }
    }
}

/// Files that hold many pictures, each read once.
struct PackedFiles {
    /// nil of files that are not such: they are not to be read for each of their items.
    private var files: [Source: (any PackedPictures)?] = [:]

    /// The file and the place in it that `path#number` names; nil where there is no such picture.
    mutating func place(of source: Source) -> (images: any PackedPictures, number: Int)? {
        let text = source.path
        guard let mark = text.utf8.lastIndex(of: UInt8(ascii: "#")),
            let number = Int(text[mark...].dropFirst())
        else { return nil }
        let path = Source(String(text[..<mark]))
        if files[path] == nil {
            files[path] = .some((try? IDXImages(path.path)) ?? (try? CIFARImages(path.path)))
        }
        guard case let images?? = files[path], 0..<images.count ~= number else { return nil }
        return (images, number)
    }
}
