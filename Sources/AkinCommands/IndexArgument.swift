import Akin
import ArgumentParser

/// The index that a command works on.
struct IndexArgument: ParsableArguments {
    @Argument(help: "The folder of the index.", completion: .directory)
    var index: String

    var place: IndexPlace { .folder(index) }
}
