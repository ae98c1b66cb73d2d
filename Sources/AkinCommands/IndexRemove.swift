import Akin
import AkinBasics
import ArgumentParser

/// `akin index remove`
struct IndexRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove items from an index.",
        discussion: """
            The pictures themselves are not touched. Either all items named are removed or, if one of them is \
            not there, none.

            For example:

              akin index remove seals pictures/king/7.jpg
              akin index remove seals pictures/king/
              akin index remove seals --label king
              akin index remove seals --id 17 --id 18
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var selection: ItemSelection
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let removed: Int
        let items: Int
    }

    func run() throws {
        let index = try target.openForChanges()
        let removed = try index.remove(ids: selection.ids(in: index))
        try maintainGraph(of: index)
        let answer = Answer(removed: removed, items: try index.count)
        if output.json {
            printJSON(answer)
        } else {
            print("\(counted(removed, "item")) removed, \(answer.items) left")
        }
    }
}
