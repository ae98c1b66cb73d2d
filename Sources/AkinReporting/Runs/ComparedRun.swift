import AkinEvaluation
import AkinNetworks
import AkinTraining

/// A training, or a run of a recipe, as it was kept: what is compared with others.
public struct ComparedRun: Encodable, Sendable {
    /// Where it was read from.
    public let path: String
    /// What tells it from the others.
    public package(set) var name: String
    /// Of everything random; nil where that is not known.
    public var seed: UInt64?
    /// Epochs done.
    public var epochs: Int?
    /// The epoch after which validation was best.
    public var bestEpoch: Int?
    /// The mean loss of the last epoch.
    public var finalLoss: Float?
    /// On classes held back, at its best.
    public var validation: ValidationResult?
    /// Of held-out pictures of classes that are trained on, after the last epoch.
    public var heldOut: HeldOutRecord?
    /// What was evaluated.
    public var evaluation: [KeptFigure] = []
    /// That it was ended before its time.
    public var stopped: StopRecord?
    /// How its training has come to nothing; nil where it has not, or that is not known.
    public var collapsed: Collapse?
    /// The hash of the backbone: of two with the same one, pictures are embedded alike.
    public var backbone: String?
    /// A hash of the pictures that it was trained on.
    public var pictures: String?
    /// Its recipe, with all keys; nil where that is not known.
    public var recipe: String?
    /// Epoch by epoch; empty where that is not known.
    public var history: [EpochRecord] = []

    /// Nothing is known of it yet.
    package init(path: String) {
        self.path = path
        name = path
    }

    /// Takes over what a history tells.
    package mutating func take(_ history: [EpochRecord], _ stop: StopRecord? = nil) {
        guard let last = history.last else {
            stopped = stop
            return
        }
        (self.history, stopped) = (history, stop)
        epochs = epochs ?? last.epoch
        finalLoss = finalLoss ?? last.loss
        heldOut = last.heldOut
        let best = history.filter { $0.oneShot != nil }.max {
            ($0.oneShot ?? 0, $0.verification ?? 0) < ($1.oneShot ?? 0, $1.verification ?? 0)
        }
        guard validation == nil, let best, let oneShot = best.oneShot, let same = best.verification else {
            return
        }
        bestEpoch = best.epoch
        validation = ValidationResult(oneShot: oneShot, verification: same)
    }

    enum CodingKeys: String, CodingKey {
        case path, name, seed, epochs, validation, evaluation, stopped, collapsed, backbone, pictures
        case bestEpoch = "best_epoch"
        case finalLoss = "final_loss"
        case heldOut = "held_out"
    }
}

/// What came of an evaluation, in short.
public struct KeptFigure: Codable, Sendable, Equatable {
    /// The classifier, or what was done.
    public let classifier: String
    /// Of how many questions.
    public let items: Int
    /// How many were answered wrongly.
    public let errors: Int
    /// 0...1
    public let accuracy: Double
    /// 95 % interval of `accuracy`.
    public let interval: Interval

    /// Of what was measured.
    package init(_ classifier: String, _ measured: any Measured) {
        self.classifier = classifier
        (items, errors) = (measured.items, measured.errors)
        (accuracy, interval) = (measured.accuracy, measured.interval)
    }
}
