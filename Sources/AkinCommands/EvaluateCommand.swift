import ArgumentParser

/// `akin evaluate`: how often the answers are right.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how often answers are right.",
        discussion: """
            For example:

              akin evaluate leave-one-out seals
              akin evaluate leave-one-out Indexes/hispamus --retrain
              akin evaluate held-out seals test-pictures/
              akin evaluate episodes seals.safetensors other-classes/ --ways 5 --shots 1
              akin evaluate pairs seals.safetensors other-classes/
              akin evaluate classifiers seals test-pictures/
              akin evaluate retrieval seals
              akin evaluate open-set seals
              akin evaluate claims seals.safetensors signatures/
            """,
        subcommands: [
            LeaveOneOutCommand.self, HeldOutCommand.self, EpisodesCommand.self, RunsCommand.self,
            PairsCommand.self, ClassifiersCommand.self, RetrievalCommand.self, OpenSetCommand.self,
            ClaimsCommand.self, ShotsCommand.self,
        ])
}
