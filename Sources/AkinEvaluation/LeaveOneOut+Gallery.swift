import AkinClassification
import AkinItems
import AkinVectorSearch

extension LeaveOneOut {
    /// Every item of a gallery is classified by the others, with the embeddings that the gallery has, in one state of it.
    ///
    /// - Parameters:
    ///   - byGroup: Whether everything of an item's group is left out with it.
    ///   - keepingCopies: Whether an item is compared with those of the same content too.
    /// - Throws: `EvaluationError`, and the gallery's own errors.
    public static func outcomes(
        in gallery: some Gallery, classifier: Classifier, byGroup: Bool = false, keepingCopies: Bool = false
    ) throws -> Outcomes {
        // The gallery is not kept from changes while distances are computed.
        let (items, embeddings) = try gallery.read { try $0.labelled() }
        return try LeaveOneOut(
            sources: items.map(\.source), labels: items.map(\.label), groups: items.map(\.group),
            byGroup: byGroup, contents: keepingCopies ? nil : items.map(\.contentHash),
            classifier: classifier, metric: gallery.metric.kind
        ).outcomes(of: embeddings, learned: gallery.metric.learned)
    }
}
