import Akin
import ArgumentParser

/// `akin index pull`
struct IndexPull: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Bring a shared index's changes into an index of one's own.",
        discussion: """
            The folder is made where it is not there: an index like any other, with backbone, classifier and calibration, \
            to work with offline and to keep as a copy. Afterwards only what has changed comes over. Interrupted, \
            the same command goes on.

            Items are the same where their sources are; content, label and group are compared with what they were when \
            both sides last agreed. What has changed there alone comes over, what was removed there is removed here. What \
            has changed here alone waits for 'akin index push'. Of what has changed on both sides, and not alike, the \
            shared index's word holds: it replaces what stood here, and is named. 'akin index undo' takes a pull \
            back.

            A password never stands in the address: it comes from ~/.pgpass, a service file, or is asked for. \
            Any host but the own one has to show a certificate (sslmode verify-full), unless the address says \
            otherwise.

            For example:

              akin index pull "postgresql://archive.example/akin?index=seals" seals
            """)

    @OptionGroup var shared: AddressArgument
    @OptionGroup var target: IndexArgument
    @OptionGroup var output: OutputOptions

    func run() throws {
        let job = PullIndex(try shared.place, into: target.place, password: typedPassword)
        try output.perform(job) { $0.text("pulled", other: "akin index push", isQuiet: output.quiet) }
    }
}
