/// How cameras and programs say the orientation: EXIF's tag, or XMP's property `tiff:Orientation` where there is no such
/// tag (as Pillow reads both).
extension Orientation {
    /// From the two; nil where neither says one that there is. Of several EXIF blocks each but the first may go on where
    /// the one before ended, or begin anew.
    init?(exif blocks: [UnsafeRawBufferPointer], xmp: UnsafeRawBufferPointer?) {
        if blocks.count > 1 {
            let joined = blocks.flatMap { Array($0) }
            if let value = joined.withUnsafeBytes(Self.value(ofEXIF:)) {
                self.init(rawValue: value)
                return
            }
        }
        if let value = blocks.lazy.compactMap(Self.value(ofEXIF:)).first ?? xmp.flatMap(Self.value(ofXMP:)) {
            self.init(rawValue: value)
            return
        }
        return nil
    }

    /// EXIF data are a TIFF file, which some programs write behind a second name.
    private static func value(ofEXIF bytes: UnsafeRawBufferPointer) -> Int? {
        var rest = bytes[...]
        while rest.starts(with: exifName) { rest = rest.dropFirst(exifName.count) }
        return TIFFDirectory(UnsafeRawBufferPointer(rebasing: rest))?.integer(of: 0x0112)
    }

    /// The digit in `tiff:Orientation="6"` or `<tiff:Orientation>6<`.
    private static func value(ofXMP bytes: UnsafeRawBufferPointer) -> Int? {
        let name = Array("tiff:Orientation".utf8)
        var rest = bytes[...]
        while let start = rest.firstIndex(of: name[0]) {
            rest = rest[start...]
            guard rest.starts(with: name) else {
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(name.count)
            for opening in ["=\"", "='", ">"] where rest.starts(with: opening.utf8) {
                let digit = rest.dropFirst(opening.utf8.count).first ?? 0
                if (48...57).contains(digit) { return Int(digit) - 48 }
            }
        }
        return nil
    }

    static let exifName: [UInt8] = Array("Exif\0\0".utf8)
    static let xmpName: [UInt8] = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
}

/// EXIF and XMP data as they are come upon in a file.
struct PictureMetadata {
    var exif: [UnsafeRawBufferPointer] = []
    var xmp: UnsafeRawBufferPointer?

    /// The content of a JPEG file's segment APP1.
    mutating func take(segment content: UnsafeRawBufferPointer) {
        if content.starts(with: Orientation.exifName) {
            exif.append(UnsafeRawBufferPointer(rebasing: content.dropFirst(Orientation.exifName.count)))
        } else if content.starts(with: Orientation.xmpName) {
            xmp = UnsafeRawBufferPointer(rebasing: content.dropFirst(Orientation.xmpName.count))
        }
    }

    var orientation: Orientation? { Orientation(exif: exif, xmp: xmp) }
}
