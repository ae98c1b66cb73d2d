import AkinBasics
import AkinImages
import AkinReporting

/// What a map is written as.
enum MapFormat: String, CaseIterable {
    case page = ".html"
    case drawing = ".svg"

    /// By the ending of a file's name.
    init(_ path: String) throws(JobError) {
        let name = path.lowercased()
        guard let found = Self.allCases.first(where: { name.hasSuffix($0.rawValue) }) else {
            throw .unknownEnding(path, known: Self.allCases.map(\.rawValue))
        }
        self = found
    }
}

extension MapIndex {
    /// Writes a picture to a temporary file beside `path` and renames it.
    func write(
        _ picture: MapPicture, as format: MapFormat, to path: String, _ monitor: Monitor
    ) throws {
        switch format {
        case .drawing: try AtomicFile.write(picture.svg.utf8, to: path)
        case .page:
            let images = try images(of: picture, monitor)
            try Sheet(map: picture, pictures: images).write(to: path)
        }
    }

    /// Small, of those that are to have some and can be read, by their positions.
    private func images(of picture: MapPicture, _ monitor: Monitor) throws -> [Int: Image] {
        let images = try monitor.pictures(
            of: picture.pictured.map { picture.items[$0].source }, side: picture.pictureSide)
        let shown = picture.pictured.compactMap { item in
            images[picture.items[item].source].map { (item, $0) }
        }
        return Dictionary(uniqueKeysWithValues: shown)
    }
}
