import Akin
import ArgumentParser

/// The index that a command works on.
struct IndexArgument: ParsableArguments {
    @Argument(help: "The folder of the index.")
    var index: String

    var place: IndexPlace { .folder(index) }
}
