import Akin
import AkinBasics
import ArgumentParser

/// What the program says of itself.
struct VersionOptions: ParsableArguments {
    @Flag(
        help:
            "Show the version; with --verbose also the libraries in use, and the instructions that calculations run with."
    )
    var version = false

    /// Whatever else there is. The parser does not decide that: a flag --verbose of the whole program would be lost to the
    /// commands that have one.
    static func areAsked(by arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains("--version")
    }

    static func show(isVerbose: Bool) {
        print("akin \(akinVersion)")
        guard isVerbose else { return }
        let program = DescribeProgram().run(Monitor())
        let machine = program.machine
        printText(
            "\n"
                + aligned(
                    [
                        ["built with", "Swift \(program.swift)"],
                        ["OpenBLAS", machine.kernels.isEmpty ? "not there" : "\(machine.kernels) kernels"],
                        ["", program.configuration],
                        ["Akin's loops", machine.loops],
                        ["threads", "\(machine.threads)"],
                    ].filter { $0[1] != "" }) + "\n\nlibraries:")
        printText(
            aligned(program.libraries.map { [$0.name, $0.version ?? "not there", $0.use] }, indent: "  "))
    }
}
