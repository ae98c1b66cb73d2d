/// A repeatable source of random numbers: xoshiro256** (Blackman and Vigna 2018), seeded by SplitMix64.
///
/// Akin's own are streams of a run's seed, one for each purpose and place in the run (`RandomStream`), so that no state
/// has to be stored to go on with a run.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// The seed's own stream.
    public init(seed: UInt64) { self.init(mixer: Self.mixed(seed)) }

    /// One of the seed's numbered streams: up to four numbers tell it from the others.
    ///
    /// Not variadic: making one allocates nothing.
    package init(seed: UInt64, _ a: UInt64) { self.init(mixer: Self.mixed(Self.mixed(seed), a)) }

    /// See `init(seed:_:)`.
    package init(seed: UInt64, _ a: UInt64, _ b: UInt64) {
        self.init(mixer: Self.mixed(Self.mixed(Self.mixed(seed), a), b))
    }

    /// See `init(seed:_:)`.
    package init(seed: UInt64, _ a: UInt64, _ b: UInt64, _ c: UInt64) {
        self.init(mixer: Self.mixed(Self.mixed(Self.mixed(Self.mixed(seed), a), b), c))
    }

    /// See `init(seed:_:)`.
    package init(seed: UInt64, _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        self.init(mixer: Self.mixed(Self.mixed(Self.mixed(Self.mixed(Self.mixed(seed), a), b), c), d))
    }

    private init(mixer: UInt64) {
        var mixer = mixer
        func next() -> UInt64 {
            mixer &+= 0x9E37_79B9_7F4A_7C15
            return Self.mixed(mixer)
        }
        state = (next(), next(), next(), next())
    }

    private static func mixed(_ mixer: UInt64, _ number: UInt64) -> UInt64 {
        mixed(mixer &+ number &* 0x9E37_79B9_7F4A_7C15)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotated(state.1 &* 5, 7) &* 9
        let t = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= t
        state.3 = rotated(state.3, 45)
        return result
    }

    /// Uniform in `[0, 1)`, 24 bits.
    public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }
}
