import AkinBasics

/// Why a command failed, where it is neither an error of the library nor of one of its jobs.
enum CommandError: ExplainedError, Equatable {
    case skipped(Int)
    case unwritableOutput(reason: String)
    case trainingInterrupted(epoch: Int, of: Int)
    case faulty(count: Int, repaired: Bool)
    case tellsNothingApart
    case missedNeighbours
    case retrainingNeedsARecipe(String)
    case recipeNeedsRetraining(String)
}

extension CommandError {
    var description: String {
        switch self {
        case .skipped(let count):
            "\(count) \(count == 1 ? "image was" : "images were") skipped; mend the files named above, or leave out "
                + "--strict"
        case .unwritableOutput(let reason):
            "the output could not be written: \(reason); what the command has changed by then stays changed"
        case .trainingInterrupted(let epoch, let epochs):
            "interrupted after epoch \(epoch) of \(epochs); to go on, give the same command with --resume"
        case .faulty(let count, false):
            "the index has \(counted(count, "fault")); 'akin index verify --repair' makes again what follows "
                + "from the rest"
        case .faulty(let count, true):
            "\(counted(count, "fault")) could not be put right; restore the index from a copy, or make it "
                + "again from the pictures"
        case .tellsNothingApart:
            "the index does not tell its items apart; look whether their pictures are blank or copies, or give it another backbone "
                + "with 'akin index rebuild'"
        case .missedNeighbours:
            "the graph misses too many neighbours; 'akin index build' builds it anew, with --links 32 --candidates 400 a "
                + "better one, and --drop drops it"
        case .retrainingNeedsARecipe(let path):
            "'\(path)' is an index; --retrain needs the recipe that its backbone was trained with"
        case .recipeNeedsRetraining(let path):
            "'\(path)' is a recipe; give --retrain to train a backbone for each image left out, or give an index"
        }
    }
}
