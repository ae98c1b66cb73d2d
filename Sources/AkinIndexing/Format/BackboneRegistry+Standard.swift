import AkinDescriptors
import AkinEmbedding
import AkinNetworks

extension BackboneRegistry {
    /// The kinds of backbones that come with Akin.
    public static let standard = BackboneRegistry([
        Checkpoint.self, PixelDescriptor.self, HOGDescriptor.self, CombinedBackbone.self,
    ])
}
