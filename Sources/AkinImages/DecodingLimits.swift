import Synchronization

/// What a decoder accepts: a defence against files that claim or unfold to enormous sizes.
public struct DecodingLimits: Sendable, Hashable {
    /// How many bytes decoding one picture may take: the picture in the size in which it is kept, and what the format's
    /// library needs besides. A file may have as many.
    public var memory: Int
    /// How many pixels are kept as they are decoded; a larger picture whose target is known is averaged in boxes while its
    /// rows arrive.
    package var wholePixels: UInt64 = 100_000_000

    /// Limits with the given number of bytes: 2 GiB are enough for 80 million pixels in every format.
    public init(memory: Int = 2 << 30) { self.memory = memory }

    /// The limits of all that is decoded without saying other ones; a program sets them before it reads pictures.
    public static var standard: DecodingLimits {
        get { chosen.withLock { $0 } }
        set { chosen.withLock { $0 = newValue } }
    }

    private static let chosen = Mutex(DecodingLimits())
}
