import AkinBasics

extension Calibration {
    /// What it means, in sentences for people.
    public var meaning: [String] {
        let age = isCurrent ? [] : [Self.ofOtherRules]
        guard let border else { return age + [silence?.description].compactMap { $0 } }
        let share = border.strangersKnown * 100
        let known = share < 0.95 ? "fewer than 1" : "about \(Int(share.rounded()))"
        let (low, high) = (
            Int((border.interval.low * 100).rounded()), Int((border.interval.high * 100).rounded())
        )
        let own =
            border.ownKnown.map {
                "of 100 pictures of its own classes, about \(Int(($0 * 100).rounded())) will be called known, the others unknown"
            } ?? "how many of its own classes will be called known is not known: each has one picture"
        return age + [
            "of 100 pictures of a class that is not in the index, \(known) will be called known (95 % interval \(low) to \(high))",
            own,
        ]
    }

    /// What is to be known of one that is not current; what to do.
    public static let ofOtherRules =
        "it was calibrated by another version of Akin, whose classifiers answer otherwise; calibrated again, it is as sure as it says"
}

extension Calibration.Silence: CustomStringConvertible {
    /// Why nothing is called unknown; what to do.
    public var description: String {
        switch self {
        case .fewClasses:
            "nothing will be called unknown: with fewer than three classes nothing shows how far others lie; add some"
        case .metric:
            "nothing will be called unknown: distances of this metric may be below 0; an index with another can be calibrated"
        case .onePoint:
            "nothing will be called unknown: items of different classes lie at one point, so that nothing shows how far others lie"
        }
    }
}
