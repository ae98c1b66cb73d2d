import AkinStorage
import AkinVectorSearch

/// A graph where it lies in the memory map, its blocks resolved: to be used while a transaction sees its snapshot.
///
/// What is looked at here is only the beginning of each block; a damaged link or code leads to a worse answer by the
/// graph, which `verify` finds, but never outside the index.
final class GraphView: @unchecked Sendable {
    let snapshot: Snapshot
    let space: CodeSpace
    let parameters: GraphParameters
    /// How many candidates a search keeps if nobody says anything else.
    let searchWidth: Int
    let codes: CodeTable
    let graph: Graph
    let vectors: VectorRows
    private let codeBlocks: UnsafeMutablePointer<UnsafePointer<UInt8>?>
    private let normBlocks: UnsafeMutablePointer<UnsafePointer<Int32>?>
    private let errorBlocks: UnsafeMutablePointer<UnsafePointer<Float>>
    private let linkBlocks: UnsafeMutablePointer<UnsafePointer<UInt32>>
    /// All of each block of codes.
    let sealedCodes: [UnsafeRawBufferPointer]

    var search: CompactSearch { CompactSearch(space, codes, graph, vectors) }

    /// Nil if there is no graph.
    init?(_ index: EmbeddingIndex, _ vectors: VectorRows, in transaction: borrowing ReadTransaction) throws {
        let rows = try index.graphRows(in: transaction)
        guard rows > 0 else { return nil }
        let path = index.path
        guard let bytes = try index.tables.settings.bytes(of: Setting.graph, in: transaction),
            let record = GraphRecord(stored: bytes, dimension: index.dimension),
            let space = CodeSpace(index.metric, dimension: index.dimension, bytes: record.space),
            rows <= vectors.count
        else { throw IndexError.damagedGraph(path: path, part: "its settings") }
        let layout = GraphLayout(stride: space.stride, width: record.parameters.links)
        let codeBlocks = UnsafeMutablePointer<UnsafePointer<UInt8>?>.allocate(
            capacity: layout.codeBlocks(rows: rows))
        let normBlocks = UnsafeMutablePointer<UnsafePointer<Int32>?>.allocate(
            capacity: layout.codeBlocks(rows: rows))
        let errorBlocks = UnsafeMutablePointer<UnsafePointer<Float>>.allocate(
            capacity: layout.codeBlocks(rows: rows))
        let linkBlocks = UnsafeMutablePointer<UnsafePointer<UInt32>>.allocate(
            capacity: layout.linkBlocks(rows: rows))
        (self.codeBlocks, self.normBlocks) = (codeBlocks, normBlocks)
        (self.errorBlocks, self.linkBlocks) = (errorBlocks, linkBlocks)
        snapshot = transaction.snapshot
        self.space = space
        parameters = record.parameters
        searchWidth = record.searchWidth
        self.vectors = vectors
        codes = CodeTable(
            blocks: codeBlocks, norms: normBlocks, errors: errorBlocks, space: space, shift: layout.codeShift,
            count: rows)

        var sealedCodes: [UnsafeRawBufferPointer] = []
        var found = 0
        try index.tables.codes.forEach(in: transaction) { number, bytes in
            guard number == UInt64(found), found < layout.codeBlocks(rows: rows),
                layout.isCodeBlock(bytes, found, rows: rows), let base = bytes.baseAddress
            else { throw IndexError.damagedGraph(path: path, part: "block \(found) of its codes") }
            codeBlocks[found] = (base + layout.codesOffset).assumingMemoryBound(to: UInt8.self)
            normBlocks[found] = (base + SealedBlock.header).assumingMemoryBound(to: Int32.self)
            errorBlocks[found] = (base + layout.errorsOffset).assumingMemoryBound(to: Float.self)
            sealedCodes.append(bytes)
            found += 1
            return true
        }
        self.sealedCodes = sealedCodes
        guard found == layout.codeBlocks(rows: rows) else {
            throw IndexError.damagedGraph(path: path, part: "block \(found) of its codes")
        }
        found = 0
        try index.tables.links.forEach(in: transaction) { number, bytes in
            guard number == UInt64(found), found < layout.linkBlocks(rows: rows),
                layout.isLinkBlock(bytes, found, rows: rows), let base = bytes.baseAddress
            else { throw IndexError.damagedGraph(path: path, part: "block \(found) of its links") }
            linkBlocks[found] = (base + SealedBlock.header).assumingMemoryBound(to: UInt32.self)
            found += 1
            return true
        }
        guard found == layout.linkBlocks(rows: rows) else {
            throw IndexError.damagedGraph(path: path, part: "block \(found) of its links")
        }
        var levels: [Graph.Level] = []
        try index.tables.levels.forEach(in: transaction) { number, bytes in
            guard number == UInt64(levels.count + 1), let base = bytes.baseAddress,
                let count = layout.levelCount(bytes, levels.count + 1)
            else { throw IndexError.damagedGraph(path: path, part: "its level \(levels.count + 1)") }
            let start = (base + SealedBlock.header).assumingMemoryBound(to: UInt32.self)
            levels.append(
                Graph.Level(count: count, rows: start, down: start + count, links: start + 2 * count))
            return true
        }
        graph = Graph(
            count: rows, width: record.parameters.links, blocks: linkBlocks, shift: layout.linkShift,
            levels: levels)
    }

    deinit {
        codeBlocks.deallocate()
        normBlocks.deallocate()
        errorBlocks.deallocate()
        linkBlocks.deallocate()
    }
}
