import AkinTraining
import TestSupport
import Testing

/// More than one error at a time.
@Suite struct RecipeErrorsTests {
    private func reading(_ text: String, _ settings: [String] = []) throws -> (Recipe?, [String]) {
        let folder = try TemporaryFolder()
        let (recipe, errors) = Recipe.reading(
            contentsOf: try folder.write("r.yaml", text), setting: settings)
        return (recipe, errors.map { "\($0)".replacing(folder.path + "/", with: "") })
    }

    private let text = """
        data: {folder: pictures}
        preprocessing: {size: 8}
        backbone:
          - flatten
          - dense: {units: 4}
        training: {epochs: 7}

        """

    @Test func saysAllThatIsNoKey() throws {
        let wrong =
            text.replacing("units: 4", with: "units: 4, actvation: relu")
            .replacing("epochs: 7", with: "epochs: 7, lerning-rate: 0.1") + "indx: {metric: l1}\n"
        let (recipe, errors) = try reading(wrong, ["epoch=9", "batch=5", "nonsense"])
        #expect(
            Set(errors) == [
                "r.yaml, line 5: there is no key backbone[1].dense.actvation; did you mean backbone[1].dense.activation?",
                "r.yaml, line 6: there is no key training.lerning-rate; did you mean training.learning-rate?",
                "r.yaml, line 7: there is no key indx; did you mean index?",
                "epoch=9: there is no key epoch; did you mean epochs?",
                "nonsense: that is no KEY=VALUE; give one such as epochs=10 or backbone[-1].dense.units=64",
            ], "\(errors)")
        // What is left of it.
        #expect(recipe?.training.epochs == 7 && recipe?.training.batches == .shuffled(size: 5))
    }

    @Test func anotherErrorIsTheLast() throws {
        let wrong = text.replacing("epochs: 7", with: "epochs: many, lerning-rate: 0.1")
        let (recipe, errors) = try reading(wrong)
        #expect(recipe == nil && errors.last?.contains("training.epochs is") == true, "\(errors)")
        // A needed key is misspelt, and not missing too.
        let misspelt = text.replacing("preprocessing:", with: "preprocesing:")
        #expect(
            try reading(misspelt).1 == [
                "r.yaml, line 2: there is no key preprocesing; did you mean preprocessing?"
            ]
        )
        #expect(try reading(text).1 == [] && reading("").1.count == 1)
    }
}
