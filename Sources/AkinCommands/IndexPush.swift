import Akin
import ArgumentParser

/// `akin index push`
struct IndexPush: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Bring an index's changes to a shared index in PostgreSQL.",
        discussion: """
            A shared index lives in a PostgreSQL database with the extension pgvector, where any number of machines reach \
            it. It is made where it is not there, with backbone, classifier and calibration; afterwards only \
            what has changed goes over. Interrupted, the same command goes on.

            Items are the same where their sources are; content, label and group are compared with what they were when \
            both sides last agreed. What has changed here alone goes over, what was removed here is removed there. What \
            has changed there alone waits for 'akin index pull'. Of what has changed on both sides, and not alike, the \
            shared index's word holds: push names it and leaves it, pull takes it over. To have your own, pull, change \
            it again, and push.

            A password never stands in the address: it comes from ~/.pgpass, a service file, or is asked for. \
            Any host but the own one has to show a certificate (sslmode verify-full), unless the address says \
            otherwise.

            For example:

              akin index push seals "postgresql://archive.example/akin?index=seals"
              akin index push seals "postgresql://ada@db1,db2/akin?index=seals"
            """)

    @OptionGroup var target: IndexArgument
    @OptionGroup var shared: AddressArgument
    @OptionGroup var output: OutputOptions

    func run() throws {
        let job = PushIndex(target.place, to: try shared.place, password: typedPassword)
        try output.perform(job) { $0.text("pushed", other: "akin index pull", isQuiet: output.quiet) }
    }
}
