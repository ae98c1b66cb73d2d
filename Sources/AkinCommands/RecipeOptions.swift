import Akin
import ArgumentParser

/// Where a recipe is and what is changed about it.
struct RecipeOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The recipe: a YAML file, or a folder with a recipe.yaml in it.", valueName: "recipe"))
    var path: String

    @Option(help: ArgumentHelp("The folder of the pictures, instead of the recipe's.", valueName: "folder"))
    var data: String?

    @Option(help: ArgumentHelp("Seed of everything random, instead of the recipe's.", valueName: "number"))
    var seed: UInt64?

    @Option(name: .customLong("set"), help: RecipeOptions.settingHelp)
    var settings: [String] = []

    static let settingHelp = ArgumentHelp(
        "Set a key of the recipe to another value: a key of 'training' (epochs=10), or one named from the top "
            + "(backbone[-1].dense.units=64); KEY=null leaves it out. Can be given several times.",
        valueName: "key=value")

    func recipe() throws -> Recipe {
        var recipe = try Recipe(contentsOf: path, setting: settings)
        if let seed { recipe.training.seed = seed }
        return recipe
    }
}
