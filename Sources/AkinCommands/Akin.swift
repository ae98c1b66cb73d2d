import ArgumentParser

@main
struct AkinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "akin")
}
