import Akin
import ArgumentParser

/// `akin evaluate claims`
struct ClaimsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "Genuine or forged: signatures, and whatever else claims to be somebody's.",
        discussion: """
            The folder has a sub-folder for each user, with genuine pictures in one folder (genuine) and forgeries in others: \
            anna/genuine, anna/forged. Some genuine pictures, drawn by lot, are the references; of the others it is told \
            whether they are nearer to these than skilled forgeries are, and than genuine pictures of other users (random \
            forgeries). A claim is accepted where its distance to the nearest reference, less what is usual among the \
            references, is not above a threshold: one for all users, or one for each. The equal error rate is where as \
            large a share of genuine claims is refused as of forgeries is accepted.

            Measure on users that the backbone was not trained on.

            For example:

              akin evaluate claims shapes signatures/
              akin evaluate claims signatures.safetensors test-users/ --references 10 --json
            """)

    @OptionGroup var target: ModelArgument

    @Argument(
        help: ArgumentHelp(
            "A folder with user/genuine, user/forged, ... for each user.", valueName: "folder"),
        completion: .directory)
    var folder: String

    @Option(help: ArgumentHelp("How many genuine pictures of a user are the references.", valueName: "n"))
    var references = 5

    @Option(help: ArgumentHelp("How often they are drawn.", valueName: "n"))
    var drawings = 10

    @Option(help: ArgumentHelp("The folder of a user's genuine pictures.", valueName: "name"))
    var genuine = "genuine"

    @Option(help: ArgumentHelp("Seed of the drawing.", valueName: "number"))
    var seed: UInt64 = 1

    @OptionGroup var ignored: IgnoreOptions
    @OptionGroup var copies: CopiesOption
    @OptionGroup var batch: BatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard 1...10_000 ~= references else {
            throw ValidationError("--references is \(references); give 1 to 10000")
        }
        guard 1...10_000 ~= drawings else {
            throw ValidationError("--drawings is \(drawings); give 1 to 10000")
        }
    }

    func run() throws {
        let job = EvaluateClaims(
            try target.load(), on: folder,
            Claims(references: references, drawings: drawings, genuine: genuine, seed: seed),
            FolderReading(labelDepth: 2, ignoring: ignored.ignore), keepingCopies: copies.keepCopies)
        try batch.report(try output.perform(job) { $0.report.text(width: terminalWidth) }.skipped)
    }
}
