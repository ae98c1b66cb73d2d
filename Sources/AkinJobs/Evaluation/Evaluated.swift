import AkinDatasets

/// What came of an evaluation of pictures; encoded, the report.
public struct Evaluated<Report: Encodable & Sendable>: Encodable, Sendable {
    /// How it went.
    public let report: Report
    /// Pictures that could not be read, and why.
    public let skipped: [Skipped]

    /// As the report.
    public func encode(to encoder: any Encoder) throws { try report.encode(to: encoder) }
}
