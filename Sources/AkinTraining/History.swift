import Foundation

/// What one epoch of training came to: one line of the history file.
public struct EpochRecord: Codable, Sendable, Equatable {
    /// From 1.
    public var epoch: Int
    /// All that is minimised: the mean over the epoch's batches, each weighted by its images, as are the next two.
    public var loss: Float
    /// The contrastive part of it.
    public var contrastive: Float
    /// Of the classification head, left and right added, before its contribution; 0 without a head.
    public var crossEntropy: Float
    /// Share of the pairs whose distance lies on the right side of half the margin.
    public var pairAccuracy: Float
    /// Images trained on in a second.
    public var imagesPerSecond: Float
    /// How long the epoch took.
    public var seconds: Float

    enum CodingKeys: String, CodingKey {
        case epoch, loss, contrastive
        case crossEntropy = "cross_entropy"
        case pairAccuracy = "pair_accuracy"
        case imagesPerSecond = "images_per_second"
        case seconds
    }

    /// One JSON object without a line break.
    var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try! encoder.encode(self), as: UTF8.self)
    }
}

/// The history of a run: one JSON object a line, written anew as a whole with each epoch that is saved.
struct History {
    private(set) var records: [EpochRecord] = []

    mutating func append(_ record: EpochRecord) { records.append(record) }

    var text: String { records.map { $0.line + "\n" }.joined() }

    init() {}

    /// The records of epochs up to `epoch` in a history file.
    init(text: String, upTo epoch: Int) {
        records = text.split(separator: "\n")
            .compactMap { try? JSONDecoder().decode(EpochRecord.self, from: Data($0.utf8)) }
            .filter { $0.epoch <= epoch }
    }
}
