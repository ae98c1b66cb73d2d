import ArgumentParser

/// Whether an evaluation leaves copies out.
struct CopiesOption: ParsableArguments {
    @Flag(
        help:
            "Compare pictures with their copies too: those of the very same content, which are left out otherwise."
    )
    var keepCopies = false
}
