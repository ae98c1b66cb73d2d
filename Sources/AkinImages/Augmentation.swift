/// How a picture is changed each time that training sees it. All amounts are limits; what happens is drawn anew for
/// each picture and step from the run's seed. Nothing happens by default.
public struct Augmentation: Codable, Sendable, Hashable {
    /// Turned by up to so many degrees either way.
    public var rotation: Float = 0
    /// Scaled by a factor between these two, drawn evenly in its logarithm.
    public var scale: Bounds = Bounds(1, 1)
    /// Slanted by up to so many degrees either way.
    public var shear: Float = 0
    /// Moved by up to this share of its height and width.
    public var shift: Float = 0
    /// Mirrored left to right, every other time.
    public var flipHorizontal = false
    /// Mirrored top to bottom, every other time.
    public var flipVertical = false
    /// Up to so much added to or taken from every value.
    public var brightness: Float = 0
    /// Values multiplied, about the picture's mean, by a factor between 1 - this and 1 + this.
    public var contrast: Float = 0
    /// Normal noise of this standard deviation added.
    public var noise: Float = 0
    /// With this probability a rectangle is filled with noise (Zhong et al. 2017): 2 to 20 % of the picture, its
    /// height 0.3 to 3.3 times its width, evenly between the picture's smallest and largest value.
    public var erasing: Float = 0
    /// Points moved by a smooth random field (Simard et al. 2003) of up to so many pixels across and down; typically by
    /// a quarter of that.
    public var elastic: Float = 0

    /// Two limits.
    public struct Bounds: Codable, Sendable, Hashable {
        /// The lower one.
        public var low: Float
        /// The upper one.
        public var high: Float
        /// From the first to the second.
        public init(_ low: Float, _ high: Float) {
            self.low = low
            self.high = high
        }
    }

    /// None.
    public init() {}

    /// Whether nothing is changed.
    public var isNone: Bool { self == Augmentation() }
}
