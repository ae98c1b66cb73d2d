import AkinTraining
import Foundation
import Testing

@Suite struct EpochRecordTests {
    @Test func aLineOfTheHistoryComesBack() throws {
        let record = EpochRecord(
            epoch: 3, loss: 0.5, embedding: 0.25, crossEntropy: 2, penalty: 0.125, pairAccuracy: 0.75,
            active: 0.5,
            positiveDistance: 0.1, negativeDistance: 0.9, classAccuracy: 0.5,
            heldOut: .init(loss: 0.75, pairAccuracy: 0.5, classAccuracy: 0.25),
            newClasses: .init(loss: 1.5, pairAccuracy: 0.375), learningRate: 0.001, oneShot: 0.625,
            verification: 0.875,
            imagesPerSecond: 1000, seconds: 1.5)
        let data = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(EpochRecord.self, from: data) == record)
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(json.keys) == [
                "epoch", "loss", "embedding", "cross_entropy", "penalty", "pair_accuracy", "active",
                "positive_distance", "negative_distance", "learning_rate", "one_shot", "verification",
                "images_per_second", "seconds", "class_accuracy", "held_out", "new_classes",
            ])
        let heldOut = try #require(json["held_out"] as? [String: NSNumber])
        #expect(heldOut == ["loss": 0.75, "pair_accuracy": 0.5, "class_accuracy": 0.25])
    }

    @Test func aLineOfAnEarlierVersionIsRead() throws {
        let line = """
            {"contrastive":0.25,"cross_entropy":2,"epoch":3,"images_per_second":1000,"loss":0.5,"pair_accuracy":0.75,\
            "seconds":1.5}
            """
        #expect(
            try JSONDecoder().decode(EpochRecord.self, from: Data(line.utf8))
                == EpochRecord(
                    epoch: 3, loss: 0.5, embedding: 0.25, crossEntropy: 2, pairAccuracy: 0.75,
                    imagesPerSecond: 1000,
                    seconds: 1.5))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(EpochRecord.self, from: Data(#"{"epoch": 3, "loss": 1}"#.utf8))
        }
    }
}
