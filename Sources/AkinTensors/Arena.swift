/// Where the parts of one large buffer lie: planned first, allocated once, so that what runs on it allocates
/// nothing.
package struct ArenaPlan {
    /// Floats needed so far.
    package private(set) var count = 0

    package init() {}

    /// Sets room for `count` floats aside and returns where it begins, on a cache line.
    package mutating func reserve(_ count: Int) -> Int {
        defer { self.count += (count + 15) & ~15 }
        return self.count
    }
}
