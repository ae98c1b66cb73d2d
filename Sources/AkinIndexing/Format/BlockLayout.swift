import AkinVectorSearch

/// How embeddings lie in a block, which is one value of table `vectors`. `IndexFormat.md` has the picture.
///
/// All blocks of an index have the same size, full or not, so that the pages that one leaves behind fit the next.
struct BlockLayout: Sendable, Equatable {
    let dimension: Int
    /// Rows in a block: a multiple of 8.
    let capacity: Int

    /// A block is as large as this, unless eight rows are larger.
    private static let size = 256 << 10
    /// What LMDB keeps at the beginning of a page, before the value.
    private static let pageHeader = 16
    private static let idsOffset = SealedBlock.header

    init(dimension: Int) {
        self.dimension = dimension
        let fitting = (Self.size - Self.pageHeader - Self.idsOffset) / (8 + 4 * dimension)
        capacity = max(8, fitting / 8 * 8)
    }

    /// With LMDB's page header before it, a multiple of 64 bytes from the page's beginning.
    private var rowsOffset: Int { Self.idsOffset + 8 * capacity }
    /// Bytes in a block.
    var size: Int { rowsOffset + 4 * dimension * capacity }

    func block(ofRow row: Int) -> UInt64 { UInt64(row / capacity) }

    /// How many blocks so many rows fill.
    func blocks(rows: Int) -> Int { (rows + capacity - 1) / capacity }

    /// How many rows a block holds; nil if it is not block `number`, of this layout.
    func count(_ bytes: UnsafeRawBufferPointer, block number: UInt64) -> Int? {
        guard bytes.count == size,
            let count = SealedBlock.count(bytes, number: number, width: dimension), count <= capacity
        else { return nil }
        return count
    }

    /// A block's ids and rows where they lie.
    func vectors(_ bytes: UnsafeRawBufferPointer, count: Int) -> VectorBlock {
        VectorBlock(ids: ids(bytes), rows: row(0, in: bytes), count: count)
    }

    func ids(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt64> {
        (bytes.baseAddress! + Self.idsOffset).assumingMemoryBound(to: UInt64.self)
    }

    func row(_ row: Int, in bytes: UnsafeRawBufferPointer) -> UnsafePointer<Float> {
        (bytes.baseAddress! + rowsOffset + 4 * dimension * row).assumingMemoryBound(to: Float.self)
    }
}
