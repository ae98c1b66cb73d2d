import Akin
import AkinBasics
import ArgumentParser
import Foundation

/// `akin index list`
struct IndexList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the items of an index.",
        discussion: """
            Number, label, group (where one is known) and source, an item a line. With --json, an object a line, with the \
            time at which it was added, too.

            For example:

              akin index list seals
              akin index list seals --label king --json
            """)

    @OptionGroup var target: IndexArgument

    @Option(help: "Only items of this label.")
    var label: String?

    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let id: UInt64
        let label: String
        let source: Source
        let group: String?
        let time: String?
    }

    func run() throws {
        let items = try EmbeddingIndex(opening: target.index, readOnly: true).items(label: label)
        if output.json {
            for item in items {
                printJSON(
                    Line(
                        id: item.id, label: item.label, source: item.source, group: item.group,
                        time: item.time?.formatted(.iso8601)))
            }
        } else if !items.isEmpty {
            let hasGroups = items.contains { $0.group != nil }
            print(
                aligned(
                    items.map { ["\($0.id)", $0.label] + (hasGroups ? [$0.group ?? "-"] : []) + [$0.source.path] })
            )
        }
    }
}
