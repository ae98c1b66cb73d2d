import AkinBasics
import AkinDatasets
import AkinImages
import AkinReporting
import AkinTensors

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
        let side = picture.pictureSide
        let positions = picture.pictured
        let samples = Dataset(
            sources: positions.map { (picture.items[$0].source, picture.items[$0].label, nil) }
        ).samples
        var images: [Int: Image] = [:]
        try monitor.during("reading pictures") { work in
            for first in stride(from: 0, to: samples.count, by: 32) {
                if monitor.isCancelled { throw JobError.interrupted(.wroteNothing) }
                let range = first..<min(first + 32, samples.count)
                let read = ThreadPool.shared.map(range.count) { number in
                    try? samples[first + number].content().image(fitting: (side, side)).reduced(to: side)
                }
                for (number, image) in read.enumerated() { images[positions[first + number]] = image }
                work.update(WorkProgress(done: range.upperBound, total: samples.count))
            }
        }
        return images
    }
}
