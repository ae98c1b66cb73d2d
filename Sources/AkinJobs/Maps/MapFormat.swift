import AkinBasics
import AkinImages
import AkinReporting

/// What a map is written as.
enum MapFormat: String, CaseIterable {
    case page = ".html"
    case drawing = ".svg"

    /// By the ending of a file's name; what has none, as standard output, gets a page.
    init(_ file: OutputFile) throws(JobError) {
        let name = file.path.lowercased()
        guard
            let found = Self.allCases.first(where: { name.hasSuffix($0.rawValue) })
                ?? (file.isStream ? .page : nil)
        else {
            throw .unknownEnding(file.path, known: Self.allCases.map(\.rawValue))
        }
        self = found
    }
}

extension MapIndex {
    /// Writes a picture.
    func write(
        _ picture: MapPicture, as format: MapFormat, to file: OutputFile, _ monitor: Monitor
    ) throws {
        switch format {
        case .drawing: try file.write(picture.svg.utf8)
        case .page:
            let images = try images(of: picture, monitor)
            try Sheet(map: picture, pictures: images).write(to: file)
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
