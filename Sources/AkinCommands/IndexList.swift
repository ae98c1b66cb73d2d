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

    func run() throws {
        try output.performEach(ListItems(of: target.place, label: label)) { items in
            let hasGroups = items.contains { $0.group != nil }
            return aligned(
                items.map {
                    ["\($0.id)", $0.label] + (hasGroups ? [$0.group ?? "-"] : []) + [$0.source.path]
                })
        }
    }
}
