import AkinClassification
import AkinIndexing
import Foundation

extension EmbeddingIndex {
    /// How it is asked unless told otherwise; nil where nobody has chosen that.
    ///
    /// - Throws: `IndexError.damagedSettings` where what is kept names no classifier that this program has.
    public var classifier: Classifier? {
        get throws {
            guard let record = try classifierRecord else { return nil }
            do { return try JSONDecoder().decode(Classifier.self, from: Data(record)) } catch {
                throw IndexError.damagedSettings(path: path, key: "classifier")
            }
        }
    }

    /// Keeps in the index how it is to be asked.
    public func setClassifier(_ classifier: Classifier) throws {
        try setClassifierRecord(Array(jsonLine(of: classifier).dropLast()))
    }

    /// The one given, or else its own, or the five nearest neighbours.
    func classifier(or given: Classifier?) throws -> Classifier {
        try given ?? classifier ?? .nearestNeighbours(k: 5)
    }
}
