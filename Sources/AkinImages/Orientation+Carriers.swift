/// Where the formats keep EXIF and XMP data.
extension Orientation {
    /// In segments APP1 of a JPEG file, before its first scan. Some cameras leave stray bytes between segments.
    init(ofJPEG bytes: UnsafeRawBufferPointer) {
        var metadata = PictureMetadata()
        var position = 2
        while position + 4 <= bytes.count {
            guard bytes[position] == 0xFF else {
                position += 1
                continue
            }
            let marker = bytes[position + 1]
            switch marker {
            case 0xFF: position += 1
            // Of no length.
            case 0x00, 0x01, 0xD0...0xD8: position += 2
            // Start of scan or end of image: no more headers.
            case 0xDA, 0xD9:
                self = metadata.orientation ?? .upright
                return
            default:
                let end = position + 2 + Int(bytes.bigEndian16(at: position + 2))
                guard end >= position + 4, end <= bytes.count else {
                    self = metadata.orientation ?? .upright
                    return
                }
                if marker == 0xE1 {
                    metadata.take(segment: UnsafeRawBufferPointer(rebasing: bytes[(position + 4)..<end]))
                }
                position = end
            }
        }
        self = metadata.orientation ?? .upright
    }

    /// In the chunk `eXIf` of a PNG file, or in its texts: ImageMagick and exiftool write EXIF and XMP data there in
    /// hexadecimal digits, as `Raw profile type exif` or `APP1`, and all programs XMP as `XML:com.adobe.xmp`.
    init(ofPNG bytes: UnsafeRawBufferPointer) {
        var exif: UnsafeRawBufferPointer?
        var texts: [PNGText.Keyword: [UInt8]] = [:]
        var position = 8
        while position + 12 <= bytes.count {
            let length = Int(bytes.bigEndian32(at: position))
            guard length <= bytes.count - position - 12 else { break }
            let name = bytes[(position + 4)..<(position + 8)]
            let content = UnsafeRawBufferPointer(rebasing: bytes[(position + 8)..<(position + 8 + length)])
            if name.elementsEqual("eXIf".utf8) {
                exif = exif ?? content
            } else if let text = PNGText(chunk: name, content), texts[text.keyword] == nil {
                // The first of a name only, so that unfolding ends.
                texts[text.keyword] = text.unfolded()
            }
            position += 12 + length
        }
        self = Self.inPNG(exif, texts) ?? .upright
    }

    private static func inPNG(
        _ exif: UnsafeRawBufferPointer?, _ texts: [PNGText.Keyword: [UInt8]]
    ) -> Orientation? {
        let xmp = texts[.xmp] ?? texts[.rawXMP].flatMap(PNGText.profile) ?? []
        let raw = (texts[.rawEXIF] ?? texts[.rawAPP1]).flatMap(PNGText.profile) ?? []
        return xmp.withUnsafeBytes { xmp in
            raw.withUnsafeBytes { raw in
                var metadata = PictureMetadata(xmp: xmp.isEmpty ? nil : xmp)
                if let exif {
                    metadata.exif = [exif]
                } else if raw.starts(with: xmpName) {
                    metadata.take(segment: raw)
                } else {
                    metadata.exif = [raw]
                }
                return metadata.orientation
            }
        }
    }

    /// In the chunks `EXIF` and `XMP ` of a WebP file.
    init(ofWebP bytes: UnsafeRawBufferPointer) {
        var metadata = PictureMetadata()
        var position = 12
        while position + 8 <= bytes.count {
            let length = Int(bytes.littleEndian32(at: position + 4))
            guard length <= bytes.count - position - 8 else { break }
            let content = UnsafeRawBufferPointer(rebasing: bytes[(position + 8)..<(position + 8 + length)])
            if bytes[position...].starts(with: "EXIF".utf8) { metadata.exif.append(content) }
            if bytes[position...].starts(with: "XMP ".utf8) { metadata.xmp = metadata.xmp ?? content }
            position += 8 + length + length & 1
        }
        self = metadata.orientation ?? .upright
    }
}
