import Akin
import ArgumentParser

/// Where a recipe is and what is changed about it.
struct RecipeOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The recipe: a YAML file, a folder with a recipe.yaml in it, or a checkpoint, whose training is repeated.",
            valueName: "recipe"), completion: .file())
    var path: String

    @Option(
        help: ArgumentHelp("The folder of the pictures, instead of the recipe's.", valueName: "folder"),
        completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("Seed of everything random, instead of the recipe's.", valueName: "number"))
    var seed: UInt64?

    @Option(name: .customLong("set"), help: RecipeOptions.settingHelp)
    var settings: [String] = []

    static let settingHelp = ArgumentHelp(
        "Set a key of the recipe to another value: a key of 'training' (epochs=10), or one named from the top "
            + "(backbone[-1].dense.units=64); KEY=null leaves it out. Can be given several times.",
        valueName: "key=value")

    func recipe() throws -> Recipe { seeded(try Recipe(contentsOf: path, setting: settings)) }

    /// The recipe without what is wrong with it, if something is left, and that.
    func recipeAndErrors() -> (recipe: Recipe?, errors: [RecipeError]) {
        let (recipe, errors) = Recipe.reading(contentsOf: path, setting: settings)
        return (recipe.map(seeded), errors)
    }

    private func seeded(_ recipe: Recipe) -> Recipe {
        var recipe = recipe
        if let seed { recipe.training.seed = seed }
        return recipe
    }
}
