// Searches an index and prints how fast; `Tools/peers/search_speed.py` calls it.
//
//     search-speed INDEX QUERIES.f32 ANSWERS WIDTH...
//
// QUERIES holds float32 rows of the index's dimension. A WIDTH is that of a walk through the graph, or `exact`, or
// `exact-single`, which asks one query after the other. For each, prints a line of JSON with the queries a second (the
// best of three passes) and writes ANSWERS.WIDTH: the sources' numbers (after the last "#") of the 10 nearest of each
// query, int32, -1 where there are fewer. Runs on AKIN_THREADS threads. The first line says how long opening the index
// and answering the first query took, the last how much memory the process holds (on Linux).
//
//     search-speed embed CHECKPOINT IMAGES LABELS EMBEDDINGS.f32
//
// Writes the embeddings of the images of an IDX file, float32 rows.

import Akin
import Foundation

@main struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 5 else {
            FileHandle.standardError.write(
                Data("usage: search-speed INDEX QUERIES.f32 ANSWERS WIDTH...\n".utf8))
            exit(64)
        }
        if arguments[1] == "embed", arguments.count == 6 {
            return try embed(arguments[2], images: arguments[3], labels: arguments[4], to: arguments[5])
        }
        let clock = ContinuousClock()
        let began = clock.now
        let index = try EmbeddingIndex(opening: arguments[1], readOnly: true)
        let opened = clock.now
        let data = try Data(contentsOf: URL(fileURLWithPath: arguments[2]), options: .alwaysMapped)
        let values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        let queries = try Matrix(
            rows: values.count / index.dimension, columns: index.dimension, values: values)
        let query = clock.now
        _ = try index.neighbours(of: queries.rows(at: [0]), k: 10)
        let first = clock.now
        print(
            "{\"open_seconds\": \(seconds(began, opened)), \"first_query_seconds\": \(seconds(query, first))}"
        )

        var answers: [(width: String, found: [[Neighbour]])] = []
        for width in arguments[4...] {
            let method: SearchMethod = Int(width).map { .graph(width: $0) } ?? .exact
            var rows = queries
            if width == "exact-single" { rows = queries.rows(at: 0..<min(500, queries.rows)) }
            let singles = width == "exact-single" ? (0..<rows.rows).map { rows.rows(at: [$0]) } : []
            var best = Double.infinity
            var found: [[Neighbour]] = []
            for _ in 0..<3 {
                let start = clock.now
                found =
                    singles.isEmpty
                    ? try index.neighbours(of: rows, k: 10, method: method)
                    : try singles.map { try index.neighbours(of: $0, k: 10, method: method)[0] }
                best = min(best, seconds(start, clock.now))
            }
            answers.append((width, found))
            print("{\"width\": \"\(width)\", \"queries_per_second\": \(Double(rows.rows) / best)}")
        }
        print("{\"anonymous_mib\": \(resident("RssAnon")), \"mapped_mib\": \(resident("RssFile"))}")

        // Takes memory for every item, so it comes after the measuring.
        var numbers: [UInt64: Int32] = [:]
        for item in try index.items() {
            numbers[item.id] = item.source.path.split(separator: "#").last.flatMap { Int32($0) } ?? -1
        }
        for (width, found) in answers {
            var rows = [Int32](repeating: -1, count: 10 * found.count)
            for (row, neighbours) in found.enumerated() {
                for (place, neighbour) in neighbours.enumerated() {
                    rows[10 * row + place] = numbers[neighbour.id] ?? -1
                }
            }
            try rows.withUnsafeBytes {
                try Data($0).write(to: URL(fileURLWithPath: "\(arguments[3]).\(width)"))
            }
        }
    }

    static func embed(_ checkpoint: String, images: String, labels: String, to output: String) throws {
        let folder = output + ".index"
        let index = try EmbeddingIndex.create(at: folder, backbone: Checkpoint(contentsOf: checkpoint))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try index.add(
            try Dataset(idxImages: images, labels: labels), embedder: Embedder(index.storedBackbone))
        try index.labelled().embeddings.values.withUnsafeBytes {
            try Data($0).write(to: URL(fileURLWithPath: output))
        }
    }

    /// MiB; -1 where the system does not tell.
    static func resident(_ kind: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(kind + ":") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1024 } ?? -1
    }

    static func seconds(_ start: ContinuousClock.Instant, _ end: ContinuousClock.Instant) -> Double {
        start.duration(to: end) / .seconds(1)
    }
}
