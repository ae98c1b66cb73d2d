import ArgumentParser

/// Of commands that can be tried without a change.
struct TrialOptions: ParsableArguments {
    @Flag(help: "Change nothing; tell what would be changed.")
    var dryRun = false
}
