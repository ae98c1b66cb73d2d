import Akin
import TestSupport
import Testing

/// The whole path on real pictures, in a few seconds: train, index, add a class without training, classify.
@Suite struct WholePathTests {
    @Test(.enabled(if: DataSets.fashionMNIST != nil, "\(DataSets.advice)"))
    func fromPicturesToAnswers() throws {
        let folder = try #require(DataSets.fashionMNIST)
        var recipe = try Recipe(contentsOf: Fixtures.path("../../Indexes/fashion-mnist"))
        recipe.training.epochs = 30
        recipe.training.batches = .shuffled(size: 64)
        recipe.data.imagesPerClass = 50
        let all = try recipe.trainingData(folder: folder)
        let new = ["trouser", "bag"]
        let known = try all.except(labels: new)
        let trainer = try Trainer(recipe, data: PreparedImages(known, preprocessing: recipe.preprocessing))
        #expect(try trainer.run())

        let place = try TemporaryFolder()
        let checkpoint = trainer.checkpoint
        let index = try EmbeddingIndex.create(at: place.path + "/index", backbone: checkpoint)
        let embedder = Embedder(checkpoint)
        #expect(try index.add(known, embedder: embedder).added == 400)

        let held = try #require(try recipe.testData(folder: folder)).first(ofEachClass: 100)
        let old = HeldOutImages(try held.except(labels: new), for: checkpoint)
        let fresh = HeldOutImages(try held.only(labels: new), for: checkpoint)
        let classifier = Classifier.nearestNeighbours(k: 1)
        let before = try old.outcomes(in: index, classifier: classifier).outcomes.total
        #expect(before.accuracy > 0.7, "\(before.accuracy)")
        #expect(try fresh.outcomes(in: index, classifier: classifier).outcomes.total.accuracy == 0)

        #expect(try index.add(all.only(labels: new).first(ofEachClass: 5), embedder: embedder).added == 10)
        let after = try fresh.outcomes(in: index, classifier: classifier).outcomes.total
        #expect(after.accuracy > 0.6, "\(after.accuracy)")
        #expect(
            try old.outcomes(in: index, classifier: classifier).outcomes.total.accuracy > before.accuracy
                - 0.1)
    }
}
