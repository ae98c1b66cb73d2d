/// Why a command failed, where it is not a module's own error.
enum CommandError: Error, Equatable {
    case noMatch(path: String)
    case unknownLabel(String, nearest: String?)
    case noUsableImage(count: Int, first: String, reason: String)
    case noGroups
    case interrupted(done: Int, total: Int, again: String)
    case skipped(Int)
}

extension CommandError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noMatch(let path): "no item of the index comes from '\(path)'; 'akin index list' shows where they come from"
        case .unknownLabel(let label, let nearest?): "there is no label '\(label)' in the index; did you mean '\(nearest)'?"
        case .unknownLabel(let label, nil): "there is no label '\(label)' in the index; 'akin index stats' shows all"
        case .noUsableImage(1, let first, let reason): "'\(first)': \(reason)"
        case .noUsableImage(let count, let first, let reason):
            "none of \(count) images can be used; the first is '\(first)': \(reason)"
        case .noGroups:
            "no item of the index has a group, so none can be left out; add the images with a manifest that has a "
                + "column 'group'"
        case .interrupted(let done, let total, let again):
            "interrupted: \(done) of \(total) images are in the index, whole; to go on, run '\(again)' again"
        case .skipped(let count):
            "\(count) \(count == 1 ? "image was" : "images were") skipped; mend the files named above, or leave out "
                + "--strict"
        }
    }
}
