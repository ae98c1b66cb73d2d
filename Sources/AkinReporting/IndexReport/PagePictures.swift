import AkinBasics
import AkinImages
import Foundation

/// The pictures of one page: each stands in it once for each place where it is shown, until there are so many that it could not be mailed.
final class PagePictures {
    private let images: [Source: Image]
    let most: Int
    private var bytes: Int
    private var names: [Source: String] = [:]
    /// How many there are.
    private(set) var count = 0
    /// How many were left out for want of room.
    private(set) var leftOut = 0

    init(_ images: [Source: Image], most: Int, bytes: Int) {
        (self.images, self.most, self.bytes) = (images, most, bytes)
    }

    /// Whether there are none at all.
    var isEmpty: Bool { images.isEmpty }

    /// The HTML of a picture in its frame; of a frame that says that it is missing, or has no room.
    func html(of source: Source) -> String {
        let name = source.path.split(separator: "/").last.map(String.init) ?? source.path
        guard let image = images[source] else {
            return "<div class=\"picture missing\" title=\"\(escaped(source.path))\">missing</div>"
        }
        guard let address = address(of: source) else {
            return "<div class=\"picture missing\" title=\"\(escaped(source.path))\">left out</div>"
        }
        let id = names[source] == nil ? " id=\"p\(count)\"" : ""
        if names[source] == nil { names[source] = "p\(count)" }
        let frame = max(image.width, image.height) <= Thumbnail.tiny ? "picture tiny" : "picture"
        return
            "<div class=\"\(frame)\"><img\(id) alt=\"\(escaped(name))\" title=\"\(escaped(name))\" src=\"\(address)\"></div>"
    }

    /// For a script: `#p12` where it stands in the page already; nil where it cannot be had, or has no room.
    func reference(to source: Source) -> String? { names[source].map { "#\($0)" } ?? address(of: source) }

    /// Whether it is shown pixel by pixel.
    func isTiny(_ source: Source) -> Bool {
        images[source].map { max($0.width, $0.height) <= Thumbnail.tiny } ?? false
    }

    /// Whether it stands in the page.
    func shows(_ source: Source) -> Bool { names[source] != nil }

    /// So many more have room.
    var room: Int { max(0, most - count) }

    private func address(of source: Source) -> String? {
        guard let image = images[source] else { return nil }
        guard count < most else {
            leftOut += 1
            return nil
        }
        let address = Thumbnail.smallAddress(of: image)
        guard address.utf8.count <= bytes else {
            leftOut += 1
            return nil
        }
        count += 1
        bytes -= address.utf8.count
        return address
    }
}
