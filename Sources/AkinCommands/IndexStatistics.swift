import Akin
import ArgumentParser

/// `akin index stats`
struct IndexStatistics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Say what an index holds.",
        discussion: """
            For example:

              akin index stats seals
              akin index stats seals --json
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var output: OutputOptions

    func run() throws {
        let index = try Index(opening: target.index, readOnly: true)
        let stats = try index.stats()
        if output.json { return printJSON(stats) }
        print(
            aligned([
                ["items", "\(stats.items)"],
                ["labels", "\(stats.labels.count)"],
                ["backbone", "\(index.checkpoint.name) (\(index.checkpoint.identity))"],
                ["dimension", "\(stats.dimension)"],
                ["metric", stats.metric.rawValue],
                ["size", Self.size(stats.bytes)],
            ]))
        guard !stats.labels.isEmpty else { return }
        print("\nitems a label:")
        let labels = stats.labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        print(aligned(labels.map { ["\($0.value)", $0.key] }, indent: "  "))
    }

    private static func size(_ bytes: Int) -> String {
        var value = Double(bytes)
        for unit in ["bytes", "KiB", "MiB", "GiB"] {
            if value < 1024 {
                return "\(unit == "bytes" ? "\(bytes)" : "\((value * 10).rounded() / 10)") \(unit)"
            }
            value /= 1024
        }
        return "\((value * 10).rounded() / 10) TiB"
    }
}
