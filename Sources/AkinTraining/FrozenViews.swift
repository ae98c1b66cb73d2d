import AkinBasics
import AkinImages
import AkinNetworks
import AkinTensors

/// What a recipe's frozen part makes of pictures besides the vector of each as it is: those of changed views, and of the
/// picture turned by quarters where these are classes of their own.
package struct FrozenViews: Sendable {
    package let kind: Kind
    /// `[pictures, kind.perPicture - 1, dimension]`: the picture as it is, which is the first, lies elsewhere.
    package let values: FloatBuffer

    /// By whom they are made, and how.
    package struct Kind: Sendable, Hashable {
        let checkpoint: ContentHash
        let augmentation: Augmentation
        /// Changed views of a picture turned one way.
        let views: Int
        /// How many ways it is turned.
        let quarters: Int
        /// Of the views.
        let seed: UInt64

        /// Nil where the recipe has no frozen part.
        init?(_ recipe: Recipe) {
            guard let frozen = recipe.frozen else { return nil }
            checkpoint = frozen.checkpoint.hash
            augmentation = recipe.training.augmentation
            views = augmentation.isNone ? 0 : frozen.views
            quarters = recipe.training.classRotations ? 4 : 1
            seed = views > 0 ? recipe.training.seed : 0
        }

        /// Vectors of a picture turned one way: unchanged, then its views.
        package var perQuarter: Int { 1 + views }
        /// Vectors of a picture: of each way that it is turned, one after the other.
        package var perPicture: Int { quarters * perQuarter }
    }
}
