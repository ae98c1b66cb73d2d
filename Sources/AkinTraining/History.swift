import Foundation

/// What a backbone is worth on pictures held out of training, by the loss that it is trained with: the pictures as they
/// are, without augmentation, mixing or dropout, partners drawn by chance; always the same batches.
public struct HeldOutRecord: Codable, Sendable, Equatable {
    /// As `EpochRecord.loss`; of classes that are not trained on, what compares embeddings alone.
    public var loss: Float
    /// As `EpochRecord.pairAccuracy`.
    public var pairAccuracy: Float
    /// As `EpochRecord.classAccuracy`.
    public var classAccuracy: Float?

    /// All of it.
    public init(loss: Float, pairAccuracy: Float, classAccuracy: Float? = nil) {
        self.loss = loss
        self.pairAccuracy = pairAccuracy
        self.classAccuracy = classAccuracy
    }

    enum CodingKeys: String, CodingKey {
        case loss
        case pairAccuracy = "pair_accuracy"
        case classAccuracy = "class_accuracy"
    }
}

/// What one epoch of training came to: one line of the history file.
public struct EpochRecord: Codable, Sendable, Equatable {
    /// From 1.
    public var epoch: Int
    /// All that is minimised: the mean over the epoch's batches, each weighted by its images, as are the next three.
    public var loss: Float
    /// The part of it that compares embeddings.
    public var embedding: Float
    /// Of the classification head, before its contribution; 0 without a head.
    public var crossEntropy: Float
    /// L1 and L2 of the layers; 0 without.
    public var penalty: Float
    /// Share of the pairs or triplets that are right: a pair whose distance lies on the right side of the loss's border
    /// (`LossSpecification.border`, or 0.5; for losses over a whole batch: of the middle between the mean distances;
    /// for `binary-cross-entropy`: whose probability lies on the right side of one half), a triplet whose negative is
    /// farther than its positive.
    public var pairAccuracy: Float
    /// Share of the pairs or triplets that have a gradient.
    public var active: Float
    /// The mean Euclidean distance of pairs of one class, 0 if there were none.
    public var positiveDistance: Float
    /// The mean Euclidean distance of pairs of different classes, 0 if there were none.
    public var negativeDistance: Float
    /// Share of the images whose highest score in the classification head is that of their class; nil without a head.
    public var classAccuracy: Float?
    /// The same figures of pictures held out, of classes that are trained on, where that was asked for.
    public var heldOut: HeldOutRecord?
    /// Those of held-out pictures of classes that are not trained on.
    public var newClasses: HeldOutRecord?
    /// The optimizer's step at the end of the epoch.
    public var learningRate: Float
    /// Accuracy of one-shot episodes on classes that training does not see, where it was measured.
    public var oneShot: Float?
    /// Accuracy of telling whether two images of such classes are of the same, where it was measured.
    public var verification: Float?
    /// Images trained on in a second.
    public var imagesPerSecond: Float
    /// How long the epoch took.
    public var seconds: Float

    /// All of it.
    public init(
        epoch: Int, loss: Float, embedding: Float, crossEntropy: Float = 0, penalty: Float = 0,
        pairAccuracy: Float = 0, active: Float = 0, positiveDistance: Float = 0, negativeDistance: Float = 0,
        classAccuracy: Float? = nil, heldOut: HeldOutRecord? = nil, newClasses: HeldOutRecord? = nil,
        learningRate: Float = 0, oneShot: Float? = nil, verification: Float? = nil,
        imagesPerSecond: Float = 0,
        seconds: Float = 0
    ) {
        self.epoch = epoch
        self.loss = loss
        self.embedding = embedding
        self.crossEntropy = crossEntropy
        self.penalty = penalty
        self.pairAccuracy = pairAccuracy
        self.active = active
        self.positiveDistance = positiveDistance
        self.negativeDistance = negativeDistance
        self.classAccuracy = classAccuracy
        self.heldOut = heldOut
        self.newClasses = newClasses
        self.learningRate = learningRate
        self.oneShot = oneShot
        self.verification = verification
        self.imagesPerSecond = imagesPerSecond
        self.seconds = seconds
    }

    enum CodingKeys: String, CodingKey {
        case epoch, loss, embedding, penalty, active, verification, seconds
        case crossEntropy = "cross_entropy"
        case pairAccuracy = "pair_accuracy"
        case positiveDistance = "positive_distance"
        case negativeDistance = "negative_distance"
        case classAccuracy = "class_accuracy"
        case heldOut = "held_out"
        case newClasses = "new_classes"
        case learningRate = "learning_rate"
        case oneShot = "one_shot"
        case imagesPerSecond = "images_per_second"
    }

    /// Also reads the lines of earlier versions, which say less and call `embedding` `contrastive`.
    public init(from decoder: any Decoder) throws {
        enum Earlier: String, CodingKey { case contrastive }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys) throws -> Float {
            try values.decodeIfPresent(Float.self, forKey: key) ?? 0
        }
        self.init(
            epoch: try values.decode(Int.self, forKey: .epoch),
            loss: try values.decode(Float.self, forKey: .loss),
            embedding: try values.decodeIfPresent(Float.self, forKey: .embedding)
                ?? decoder.container(keyedBy: Earlier.self).decode(Float.self, forKey: .contrastive),
            crossEntropy: try number(.crossEntropy), penalty: try number(.penalty),
            pairAccuracy: try number(.pairAccuracy), active: try number(.active),
            positiveDistance: try number(.positiveDistance), negativeDistance: try number(.negativeDistance),
            classAccuracy: try values.decodeIfPresent(Float.self, forKey: .classAccuracy),
            heldOut: try values.decodeIfPresent(HeldOutRecord.self, forKey: .heldOut),
            newClasses: try values.decodeIfPresent(HeldOutRecord.self, forKey: .newClasses),
            learningRate: try number(.learningRate),
            oneShot: try values.decodeIfPresent(Float.self, forKey: .oneShot),
            verification: try values.decodeIfPresent(Float.self, forKey: .verification),
            imagesPerSecond: try number(.imagesPerSecond), seconds: try number(.seconds))
    }
}

/// That a training was ended before its time, and why: the last line of its history.
public struct StopRecord: Codable, Sendable, Equatable {
    /// In which, from 1.
    public var epoch: Int
    /// At which step of it, from 1.
    public var step: Int
    /// What happened; what to do.
    public var stopped: String

    /// All of it.
    public init(epoch: Int, step: Int, stopped: String) {
        self.epoch = epoch
        self.step = step
        self.stopped = stopped
    }
}

/// The history of a run: one JSON object a line, written anew as a whole with each epoch that is saved.
package struct History {
    package private(set) var records: [EpochRecord] = []
    /// Why there are no more.
    package var stop: StopRecord?

    mutating func append(_ record: EpochRecord) { records.append(record) }

    package var text: String { records.map { line($0) }.joined() + (stop.map { line($0) } ?? "") }

    var isEmpty: Bool { records.isEmpty && stop == nil }

    init() {}

    /// One JSON object.
    private func line(_ record: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try! encoder.encode(record), as: UTF8.self) + "\n"
    }

    /// The records of epochs up to `epoch` in a history file; all, and why there are no more, where that is not said.
    package init(text: String, upTo epoch: Int? = nil) {
        let lines = text.split(separator: "\n").map { Data($0.utf8) }
        records = lines.compactMap { try? JSONDecoder().decode(EpochRecord.self, from: $0) }
            .filter { $0.epoch <= epoch ?? .max }
        guard epoch == nil, let last = lines.last else { return }
        stop = try? JSONDecoder().decode(StopRecord.self, from: last)
    }
}
