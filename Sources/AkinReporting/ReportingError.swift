/// Why a report could not be written.
public enum ReportingError: Error, Equatable {
    case unwritable(path: String, reason: String)
}

extension ReportingError: CustomStringConvertible {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .unwritable(let path, let reason):
            "cannot write '\(path)': \(reason); choose a folder that exists and that you may write to"
        }
    }
}
