import AkinClassification
import AkinIndexing
import AkinItems
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

    /// What its items, left out, have told of its answers; nil where that has not been found out.
    ///
    /// - Throws: `IndexError.damagedSettings` where what is kept cannot be read.
    public var calibration: Calibration? {
        get throws {
            guard let record = try calibrationRecord else { return nil }
            do { return try JSONDecoder().decode(Calibration.self, from: Data(record)) } catch {
                throw IndexError.damagedSettings(path: path, key: "calibration")
            }
        }
    }

    /// Keeps what was found out, and that it is to be asked so.
    func setCalibration(_ calibration: Calibration) throws {
        try setAnswering(
            classifier: Array(jsonLine(of: calibration.classifier).dropLast()),
            calibration: Array(jsonLine(of: calibration).dropLast()),
            as: PendingChange(.calibrate, calibration.classifier.description))
    }

    /// The one given, or else its own, or the nearest class.
    func classifier(or given: Classifier?) throws -> Classifier { try given ?? classifier ?? .usual }
}
