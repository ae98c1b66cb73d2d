import Akin
import ArgumentParser

/// The backbone that a command is given.
struct BackboneOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The backbone: a .safetensors file, a name, or several with + between them.",
            valueName: "file|name"), completion: .backbone)
    var backbone: String

    var name: BackboneName { BackboneName(backbone) }

    /// For the help texts.
    static let explanation = """
        A backbone is a file, with a slash or an ending, or a name: pixels, hog, shapes, or one that 'akin backbone \
        list' shows. Several with + between them stand side by side: hog+shapes.
        """
}
