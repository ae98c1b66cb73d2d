import AkinImages
import AkinVectorSearch
import Foundation

/// What a model that Akin has written says of itself.
struct ONNXOrigin: Codable {
    var format = newestFormat
    var name: String
    var preprocessing: Preprocessing
    var metric: Metric.Kind
    var licence: String?
    var source: String?

    static let key = "akin"
    private static let newestFormat = 1

    init(name: String, preprocessing: Preprocessing, metric: Metric.Kind, licence: String?, source: String?) {
        self.name = name
        self.preprocessing = preprocessing
        self.metric = metric
        self.licence = licence
        self.source = source
    }

    /// Nil where a model says nothing of the kind.
    init?(_ metadata: [String: String]) {
        guard let text = metadata[Self.key],
            let found = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)),
            found.format <= Self.newestFormat
        else { return nil }
        self = found
    }

    /// JSON with sorted keys.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers that are finite can be written.
        return String(decoding: try! encoder.encode(self), as: UTF8.self)
    }
}
