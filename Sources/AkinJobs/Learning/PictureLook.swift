import AkinImages

/// What pictures look like, as far as it helps to choose a backbone for them.
public struct PictureLook: Encodable, Sendable {
    /// Whether they are drawn, written or printed: most of nearly every one is a plain ground. Else they are photographed.
    public let areDrawn: Bool
    /// Whether many of them have colours.
    public let haveColour: Bool

    /// To which size pictures are decoded for it.
    static let size = (width: 64, height: 64)

    private enum CodingKeys: String, CodingKey {
        case areDrawn = "drawn"
        case haveColour = "colour"
    }

    /// One picture.
    package struct One: Sendable {
        /// The share of its pixels whose grey is within 16 levels of the most frequent one.
        let ground: Double
        /// The mean difference between the largest and the smallest of a pixel's colours, 0...1.
        let chroma: Double
        /// Looks at every pixel of a small picture, at as many of a larger one.
        package init(_ image: Image) {
            let (pixels, channels) = (image.pixels, image.channels)
            var counts = [Int](repeating: 0, count: 256)
            var (differences, count) = (0, 0)
            for y in stride(from: 0, to: image.height, by: max(1, image.height / PictureLook.size.height)) {
                for x in stride(from: 0, to: image.width, by: max(1, image.width / PictureLook.size.width)) {
                    let colours = pixels[
                        (y * image.width + x) * channels..<(y * image.width + x + 1) * channels]
                    counts[colours.reduce(0) { $0 + Int($1) } / channels] += 1
                    differences += Int(colours.max()!) - Int(colours.min()!)
                    count += 1
                }
            }
            // The level about which most lie.
            func near(_ level: Int, _ reach: Int) -> Int {
                counts[max(0, level - reach)...min(255, level + reach)].reduce(0, +)
            }
            let level = (0..<256).max { near($0, 8) < near($1, 8) }!
            ground = Double(near(level, 16)) / Double(count)
            chroma = Double(differences) / Double(255 * count)
        }
    }

    package init(_ pictures: [One]) {
        let grounds = pictures.map(\.ground).sorted()
        areDrawn = !grounds.isEmpty && grounds[grounds.count / 2] >= 0.75
        haveColour = pictures.count { $0.chroma > 0.02 } * 4 > pictures.count
    }
}
