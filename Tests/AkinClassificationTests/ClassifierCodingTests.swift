import AkinClassification
import Foundation
import Testing

/// A classifier as an index keeps it.
@Suite struct ClassifierCodingTests {
    @Test func allComeBack() throws {
        let kernels = SupportVectors.Kernel.allCases.map { Classifier(SupportVectors(kernel: $0)) }
        let others: [Classifier] = [
            .nearestNeighbours(k: 3, weighting: .distance), .averageClassDistance, .classMean, .ridge,
            .discriminant, Classifier(Discriminant(shrinkage: .ledoitWolf)),
            .supportVectors(kernel: .polynomial, degree: 2), .randomForest(trees: 25, seed: 7),
            .learnedSimilarity,
        ]
        for classifier in kernels + others {
            let bytes = try JSONEncoder().encode(classifier)
            #expect(try JSONDecoder().decode(Classifier.self, from: bytes) == classifier)
        }
    }

    @Test func whatIsMissingIsUsual() throws {
        func decoded(_ text: String) throws -> Classifier {
            try JSONDecoder().decode(Classifier.self, from: Data(text.utf8))
        }
        #expect(try decoded(#"{"name": "nearest-neighbours"}"#) == .nearestNeighbours(k: 5))
        #expect(try decoded(#"{"name": "random-forest"}"#) == .randomForest(trees: 100, seed: 1))
        #expect(
            try decoded(#"{"name": "support-vectors", "kernel": "polynomial"}"#)
                == .supportVectors(kernel: .polynomial, degree: 3))
        #expect(throws: ClassificationError.self) { try decoded(#"{"name": "rigde"}"#) }
        #expect(throws: ClassificationError.self) { try decoded(#"{"name": "random-forest", "trees": 0}"#) }
        #expect(throws: ClassificationError.self) { try decoded(#"{"name": "nearest-neighbours", "k": 0}"#) }
    }
}
