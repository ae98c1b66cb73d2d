import AkinDescriptors
import AkinEmbedding
import AkinNetworks
import AkinONNX

extension BackboneRegistry {
    /// The kinds of backbones that come with Akin.
    public static let standard = BackboneRegistry([
        Checkpoint.self, PixelDescriptor.self, HOGDescriptor.self, ONNXBackbone.self, CombinedBackbone.self,
    ])
}
