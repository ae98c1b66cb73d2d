/// How the partners of an image are chosen from its batch: the thesis names choosing by current distance as future
/// work (chapter 7).
public enum Mining: String, Codable, Sendable, CaseIterable {
    /// By chance.
    case random
    /// The negative: the nearest of those farther away than the positive (Schroff et al. 2015).
    case semiHard = "semi-hard"
    /// The farthest positive and the nearest negative (Hermans et al. 2017).
    case batchHard = "batch-hard"
    /// The negative drawn with a probability that evens out distances (Wu et al. 2017).
    case distanceWeighted = "distance-weighted"
}
