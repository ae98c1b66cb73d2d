import Akin
import AkinBasics
import ArgumentParser

/// `akin backbone`: the commands about what turns pictures into embeddings.
struct BackboneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backbone",
        abstract: "Say which backbones there are, and what one is; get published ones and foreign ones.",
        discussion: """
            A backbone turns a picture into an embedding. \(BackboneOption.explanation)

            pixels and hog need no training: a small picture's own values, and the directions of its edges. shapes \
            comes with Akin, for drawn symbols and marks. Others are files that you have trained with 'akin train', or that lie \
            in \(BackboneCommand.folder) as NAME.safetensors: 'akin backbone fetch' lays published ones there. Any other network \
            that is an ONNX model becomes one by 'akin backbone import'.

            For example:

              akin backbone list
              akin backbone show hog
              akin backbone fetch
              akin backbone import model.onnx --output dino.safetensors
            """,
        subcommands: [
            BackboneList.self, BackboneShow.self, BackboneFetch.self, BackboneImport.self,
            BackboneExport.self,
        ])

    /// The user's folder, as one writes it.
    private static var folder: String {
        #if os(macOS)
        "~/Library/Application Support/Akin/backbones"
        #else
        "~/.local/share/akin/backbones ($XDG_DATA_HOME/akin/backbones)"
        #endif
    }
}

/// `akin backbone list`
struct BackboneList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the backbones that have a name.",
        discussion: """
            With --json, one object a line.

            For example:

              akin backbone list
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.performEach(ListBackbones()) { backbones in
            let rows = backbones.map {
                [
                    $0.name, "\($0.dimension) dimensions", $0.metric.rawValue, $0.licence ?? "",
                    $0.path ?? "needs no training",
                ]
            }
            return aligned(rows)
        }
    }
}

/// `akin backbone show`
struct BackboneShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Say what a backbone is.",
        discussion: """
            For example:

              akin backbone show seals.safetensors
              akin backbone show hog+shapes --json
            """)

    @Argument(
        help: ArgumentHelp(
            "The backbone: a .safetensors file, a name, or several with + between them.",
            valueName: "file|name"), completion: .backbone)
    var backbone: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.perform(ShowBackbone(BackboneName(backbone))) { $0.text }
    }
}
