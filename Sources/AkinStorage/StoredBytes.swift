import CAkinLMDB

extension MDB_val {
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a value ends on the page on which it begins, or on the pages that it has for itself: what a damaged length
    /// says must not lead outside the file. Always if the size of a page is not known.
    func isOnItsPage(of size: Int?) -> Bool {
        guard let size, let base = baseAddress else { return true }
        let header = 16
        let offset = Int(bitPattern: base) & (size - 1)
        if offset + count <= size { return true }
        // A value on pages of its own begins after the first one's header, which says how many they are.
        guard offset == header else { return false }
        let isOwn = (base - header).load(fromByteOffset: 10, as: UInt16.self) & 4 != 0
        let pages = Int((base - header).load(fromByteOffset: 12, as: UInt32.self))
        return isOwn && count <= pages * size - header
    }

    init(_ value: MDB_val) { self.init(start: value.mv_data, count: value.mv_size) }
}
