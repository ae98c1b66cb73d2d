import AkinBasics
import AkinEvaluation
import AkinImages

extension Mistake {
    /// Of the pictures that are shown.
    var sources: [Source] { [source] + (nearest.map { [$0] } ?? []) }

    func html(in folder: CommonFolder, picture: (Source) -> Image?) -> String {
        let left = figure(
            of: source, in: folder, caption: ["real class", "<strong>\(escaped(label))</strong>"],
            sized: true,
            picture: picture)
        let closest = nearest.map {
            figure(
                of: $0, in: folder,
                caption: [
                    "closest image" + (distance.map { ", at \(escaped(distanceText($0)))" } ?? ""),
                    "<strong>\(escaped(nearestLabel ?? ""))</strong>",
                ], sized: true, picture: picture)
        }
        return """
            <section class="card">
            <p><strong>\(escaped(label))</strong> <span class="wrong">taken for</span> \
            <strong>\(escaped(predicted))</strong></p>
            <div class="pair">
            \(([left] + (closest.map { [$0] } ?? [])).joined(separator: "\n"))
            </div>
            </section>
            """
    }
}

/// A path that may be broken after its slashes rather than anywhere.
private func breakable(_ path: String) -> String { escaped(path).replacing("/", with: "/<wbr>") }

/// A picture with lines of HTML below it, its name within `folder` and, if `sized`, its size in pixels.
func figure(
    of source: Source, in folder: CommonFolder, caption: [String], sized: Bool = false,
    picture: (Source) -> Image?
) -> String {
    let name = folder.name(of: source)
    let image = picture(source)
    let size = image.map { sized ? ", \($0.width)&nbsp;&times;&nbsp;\($0.height)" : "" } ?? ""
    let lines = caption + ["<small title=\"\(escaped(source.path))\">\(breakable(name))\(size)</small>"]
    return """
        <figure>\(Thumbnail.html(of: image, name: name))
        <figcaption>\(lines.joined(separator: "<br>"))</figcaption></figure>
        """
}
