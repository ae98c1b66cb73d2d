import AkinImages
import Foundation

/// A picture as it stands in a sheet.
struct Thumbnail {
    /// The longer side at most, in pixels: sharp at the size shown, and small.
    static let side = 192
    /// Pictures no larger are shown pixel by pixel.
    static let tiny = 64

    /// The HTML of `image` in its frame, or of a frame that says which picture is missing.
    static func html(of image: Image?, name: String) -> String {
        guard let image else {
            return "<div class=\"picture missing\">picture missing:<br>\(escaped(name))</div>"
        }
        let shown = image.reduced(to: side)
        let frame = max(image.width, image.height) <= tiny ? "picture tiny" : "picture"
        return
            "<div class=\"\(frame)\"><img alt=\"\(escaped(name))\" src=\"\(dataAddress(of: shown))\"></div>"
    }

    /// As PNG, or as JPEG where that takes less than half: photographs of some size.
    static func dataAddress(of image: Image) -> String {
        let png = image.encodedAsPNG()
        guard png.count > 8192 else { return "data:image/png;base64,\(Data(png).base64EncodedString())" }
        let jpeg = image.encodedAsSmallJPEG(quality: 85)
        return jpeg.count * 2 < png.count
            ? "data:image/jpeg;base64,\(Data(jpeg).base64EncodedString())"
            : "data:image/png;base64,\(Data(png).base64EncodedString())"
    }

    /// As PNG, or as JPEG where that is clearly smaller: for pages of hundreds.
    static func smallAddress(of image: Image) -> String {
        let (png, jpeg) = (image.encodedAsPNG(), image.encodedAsSmallJPEG(quality: 80))
        return jpeg.count * 4 < png.count * 3
            ? "data:image/jpeg;base64,\(Data(jpeg).base64EncodedString())"
            : "data:image/png;base64,\(Data(png).base64EncodedString())"
    }
}

extension Image {
    /// With a longer side of at most so many pixels.
    package func reduced(to side: Int) -> Image {
        let longer = max(width, height)
        guard longer > side else { return self }
        return resized(trustedWidth: max(1, width * side / longer), height: max(1, height * side / longer))
    }
}
