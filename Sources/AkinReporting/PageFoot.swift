import AkinBasics
import Foundation

/// How a page came about, as it stands at its foot.
public struct PageFoot: Sendable {
    /// Where the index is that was asked.
    public var index: String?
    /// How it was asked.
    public var classifier: String?
    /// The command, as one would type it; nil where no command made the page.
    public var command: String?
    /// When it was made.
    public var date: Date

    /// What is not known is left out.
    public init(
        index: String? = nil, classifier: String? = nil, command: String? = nil, date: Date = Date()
    ) {
        (self.index, self.classifier, self.command, self.date) = (index, classifier, command, date)
    }

    var html: String {
        var rows: [(String, String)] = []
        if let index { rows.append(("Index", "<bdi>\(escaped(index))</bdi>")) }
        if let classifier { rows.append(("Classifier", escaped(classifier))) }
        let stamp = date.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space)).prefix(16)
        rows.append(("Date", "\(stamp) UTC"))
        if let command { rows.append(("Command", "<code>\(escaped(command))</code>")) }
        rows.append(("Made by", "Akin \(akinVersion)"))
        return "<footer>\n<h2>How this was made</h2>\n\(factTable(rows))\n</footer>"
    }
}
