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

    /// Fits the classifier that the index is asked by to its items, and keeps that for queries, which need not do it then. A fit that
    /// takes no time is not kept, and one that takes too long is not made.
    func keepFit() throws {
        let classifier = try classifier(or: nil)
        guard classifier.rule.keepsFit else { return }
        let isDue = try read { reader in
            guard classifier.rule.keepsFit(classes: try reader.labelCounts().count, dimension: dimension)
            else { return false }
            let cost = try reader.costOfFit(of: classifier)
            return try cost > Self.quickFit && cost <= CalibrateIndex.mostFitted && reader.fitRecord == nil
        }
        guard isDue else { return }
        let name = try Array(jsonLine(of: classifier))
        try keepFit { reader in
            try classifier.rule.fitted(to: reader, in: ItemScope()).record.map { name + $0 }
        }
    }

    /// About as many multiplications as there are in a hundredth of a second.
    private static var quickFit: Double { 1e7 }

    /// The one given, or else its own, or the nearest class.
    func classifier(or given: Classifier?) throws -> Classifier { try given ?? classifier ?? .usual }
}

extension IndexReader {
    /// What `keepFit` has kept of this classifier; nil where it is another's, or the items have changed since.
    func keptFit(of classifier: Classifier) throws -> (any FittedRule)? {
        let name = try Array(jsonLine(of: classifier))
        guard let record = try fitRecord, record.starts(with: name) else { return nil }
        return classifier.rule.fitted(
            from: Array(record.dropFirst(name.count)), by: metric, dimension: dimension)
    }

    /// About how many multiplications a fit takes.
    fileprivate func costOfFit(of classifier: Classifier) throws -> Double {
        try classifier.rule.costOfFit(
            items: count, dimension: dimension, classes: labelCounts().count) ?? Double(count * dimension)
    }
}
