import AkinImages

/// The pictures behind the sources of samples and items, for showing them: a file's path, or `path#number` of an item
/// of an IDX file.
///
/// IDX files stay in memory once they are read. Not to be used from two threads at once.
public final class SourcePictures {
    private var idxFiles: [String: IDXImages] = [:]

    /// Reads nothing yet.
    public init() {}

    /// The picture of a source, or nil if it cannot be had any more.
    public func picture(of source: String) -> Image? {
        if let image = try? Image(contentsOf: source) { return image }
        guard let mark = source.lastIndex(of: "#"), let number = Int(source[mark...].dropFirst()) else {
            return nil
        }
        let path = String(source[..<mark])
        if idxFiles[path] == nil { idxFiles[path] = try? IDXImages(path) }
        guard let images = idxFiles[path], 0..<images.count ~= number else { return nil }
        return images[number]
    }
}
