import AkinClassification
import AkinEvaluation
import AkinIndexing
import AkinItems
import AkinVectorSearch

extension AddPictures {
    /// What came of it.
    @dynamicMemberLookup
    public struct Result: Encodable, Sendable {
        /// What became of the pictures.
        public let report: AddReport
        /// What the new items have changed; nil where there are none, or nothing to compare them with, or where it would take
        /// long to find that out.
        public let receipt: Receipt?
        /// What would become of the items, where it was only tried; nil where it was done.
        public let trial: [ItemChange]?

        /// Of the report.
        public subscript<Value>(dynamicMember part: KeyPath<AddReport, Value>) -> Value {
            report[keyPath: part]
        }

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(receipt, forKey: .receipt)
            try trial?.encodeAsTrial(to: encoder)
        }

        private enum CodingKeys: CodingKey { case receipt }
    }

    /// What the items with this number and those behind it have changed.
    static func receipt(from first: UInt64, in index: EmbeddingIndex, _ monitor: Monitor) throws -> Receipt? {
        let classifier = try index.classifier(or: nil)
        let (count, classes, next) = try index.read {
            (try $0.count, try $0.labelCounts().count, try $0.nextID)
        }
        guard classes > 1, next > first, !monitor.isCancelled else { return nil }
        guard classifier.isQuickToLeaveOut(items: count, classes: classes, dimension: index.dimension) else {
            monitor.note(.noReceipt(items: count))
            return nil
        }
        let (items, embeddings) = try index.read { try $0.labelled() }
        let added = Set(items.map(\.id).filter { $0 >= first })
        return added.isEmpty
            ? nil : try Receipt(items, embeddings, index.metric, adding: added, by: classifier)
    }
}

extension Classifier {
    /// Whether each of so many items can be left out twice in about a second.
    fileprivate func isQuickToLeaveOut(items: Int, classes: Int, dimension: Int) -> Bool {
        let (count, columns) = (Double(items), Double(dimension))
        // So many multiplications take about half a second; a tenth of them where they are not those of one large product.
        guard count * count * columns <= 1e10 else { return false }
        if [NearestNeighbours.name, NearestClass.name, AverageClassDistance.name, ClassMean.name].contains(
            name)
        {
            return true
        }
        let fit = rule.costOfFit(items: items, dimension: dimension, classes: classes)
        return fit.map { $0 <= CalibrateIndex.quickFit } ?? (items * classes <= 5000)
    }
}
