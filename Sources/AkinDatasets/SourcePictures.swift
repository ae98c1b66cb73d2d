import AkinImages

/// The pictures behind the sources of samples and items, for showing them: a file's path, or `path#number` of an item
/// of an IDX or CIFAR file.
///
/// Such files stay in memory once they are read. Not to be used from two threads at once.
public final class SourcePictures {
    private var packed: [String: any PackedPictures] = [:]

    /// Reads nothing yet.
    public init() {}

    /// The picture of a source, or nil if it cannot be had any more.
    public func picture(of source: String) -> Image? {
        if let image = try? Image(contentsOf: source) { return image }
        guard let mark = source.lastIndex(of: "#"), let number = Int(source[mark...].dropFirst()) else {
            return nil
        }
        let path = String(source[..<mark])
        if packed[path] == nil { packed[path] = (try? IDXImages(path)) ?? (try? CIFARImages(path)) }
        guard let images = packed[path], 0..<images.count ~= number else { return nil }
        return images[number]
    }
}
