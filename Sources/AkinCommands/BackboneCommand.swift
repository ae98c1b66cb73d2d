import Akin
import ArgumentParser

/// `akin backbone`: the commands about what turns pictures into embeddings.
struct BackboneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backbone",
        abstract: "Get backbones that others have trained.",
        subcommands: [BackboneFetch.self])
}
