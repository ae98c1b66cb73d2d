/// The kinds that a file of the ISO family says it is of (HEIC, AVIF, films): its box `ftyp`, in which the first is its
/// own and others follow that fit as well.
struct MediaBrands {
    private let brands: [UnsafeRawBufferPointer]

    /// nil where there is no such box at the beginning.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 12, bytes.dropFirst(4).starts(with: "ftyp".utf8) else { return nil }
        let end = min(Int(bytes.bigEndian32(at: 0)), bytes.count, 256)
        // Behind the first stands a version.
        let places = [8] + Array(stride(from: 16, through: end - 4, by: 4))
        brands = places.map { UnsafeRawBufferPointer(rebasing: bytes[$0..<($0 + 4)]) }
    }

    var isAVIF: Bool { holds("avif", "avis") }

    /// Coded by HEVC, as far as is said.
    var isHEIC: Bool {
        !isAVIF && holds("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1")
    }

    private func holds(_ names: String...) -> Bool {
        brands.contains { brand in names.contains { brand.elementsEqual($0.utf8) } }
    }
}
