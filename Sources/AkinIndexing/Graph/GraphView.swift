import AkinStorage
import AkinVectorSearch

/// A graph where it lies in the memory map, its blocks resolved: to be used while a transaction sees its snapshot.
///
/// What is looked at here is only the beginning of each block; a damaged link or code leads to a worse answer by the
/// graph, which `verify` finds, but never outside the index.
final class GraphView: @unchecked Sendable {
    let space: CodeSpace
    let parameters: GraphParameters
    /// How wide a search is if nobody says anything else.
    let searchWidth: SearchWidth
    let codes: CodeTable
    let graph: Graph
    let vectors: VectorRows
    /// All of each block of codes.
    let sealedCodes: [UnsafeRawBufferPointer]
    private let codeBlocks: Addresses<UnsafePointer<UInt8>?>
    private let normBlocks: Addresses<UnsafePointer<Int32>?>
    private let errorBlocks: Addresses<UnsafePointer<Float>>
    private let linkBlocks: Addresses<UnsafePointer<UInt32>>

    var search: CompactSearch { CompactSearch(space, codes, graph, vectors) }

    /// The values of a graph's tables, where they lie.
    struct Blocks {
        var codes: [UnsafeRawBufferPointer] = []
        var links: [UnsafeRawBufferPointer] = []
        var levels: [UnsafeRawBufferPointer] = []
        var shared: [UnsafeRawBufferPointer] = []
    }

    /// A part of a graph that cannot be read.
    struct Damage: Error {
        let part: String
    }

    /// - Parameters:
    ///   - rows: How many rows belong to the graph, no more than there are vectors.
    ///   - blocks: Of the tables, by ascending number, none missing.
    init(
        _ record: GraphRecord, _ space: CodeSpace, rows: Int, vectors: VectorRows, blocks: Blocks
    ) throws(Damage) {
        let layout = GraphLayout(stride: space.stride, width: record.parameters.links)
        self.space = space
        self.vectors = vectors
        parameters = record.parameters
        searchWidth = record.searchWidth
        sealedCodes = blocks.codes
        codeBlocks = Addresses(layout.codeBlocks(rows: rows))
        normBlocks = Addresses(layout.codeBlocks(rows: rows))
        errorBlocks = Addresses(layout.codeBlocks(rows: rows))
        linkBlocks = Addresses(layout.linkBlocks(rows: rows))
        for number in 0..<layout.codeBlocks(rows: rows) {
            guard number < blocks.codes.count, layout.isCodeBlock(blocks.codes[number], number, rows: rows),
                let base = blocks.codes[number].baseAddress
            else { throw Damage(part: "block \(number) of its codes") }
            codeBlocks[number] = (base + layout.codesOffset).assumingMemoryBound(to: UInt8.self)
            normBlocks[number] = (base + SealedBlock.header).assumingMemoryBound(to: Int32.self)
            errorBlocks[number] = (base + layout.errorsOffset).assumingMemoryBound(to: Float.self)
        }
        for number in 0..<layout.linkBlocks(rows: rows) {
            guard number < blocks.links.count, layout.isLinkBlock(blocks.links[number], number, rows: rows),
                let base = blocks.links[number].baseAddress
            else { throw Damage(part: "block \(number) of its links") }
            linkBlocks[number] = (base + SealedBlock.header).assumingMemoryBound(to: UInt32.self)
        }
        for (name, found, expected) in [
            ("codes", blocks.codes.count, codeBlocks.count), ("links", blocks.links.count, linkBlocks.count),
        ] where found > expected {
            throw Damage(part: "block \(expected) of its \(name)")
        }
        codes = CodeTable(
            blocks: codeBlocks.base, norms: normBlocks.base, errors: errorBlocks.base, space: space,
            shift: layout.codeShift, count: rows)
        graph = Graph(
            count: rows, width: record.parameters.links, blocks: linkBlocks.base, shift: layout.linkShift,
            levels: try Self.levels(blocks.levels, layout), shared: try Self.shared(blocks.shared, layout))
    }

    private static func shared(
        _ blocks: [UnsafeRawBufferPointer], _ layout: GraphLayout
    ) throws(Damage) -> SharedNodes {
        guard let block = blocks.first else { return .none }
        guard blocks.count == 1, let shared = layout.shared(block) else {
            throw Damage(part: "its shared nodes")
        }
        return shared
    }

    private static func levels(
        _ blocks: [UnsafeRawBufferPointer], _ layout: GraphLayout
    ) throws(Damage) -> [Graph.Level] {
        var levels: [Graph.Level] = []
        for (place, bytes) in blocks.enumerated() {
            guard let base = bytes.baseAddress, let count = layout.levelCount(bytes, place + 1) else {
                throw Damage(part: "its level \(place + 1)")
            }
            let start = (base + SealedBlock.header).assumingMemoryBound(to: UInt32.self)
            levels.append(
                Graph.Level(count: count, rows: start, down: start + count, links: start + 2 * count))
        }
        return levels
    }
}

/// Where blocks lie: memory for as many pointers.
private final class Addresses<Pointer> {
    let base: UnsafeMutablePointer<Pointer>
    let count: Int

    /// Every one has to be set before it is used.
    init(_ count: Int) {
        self.count = count
        base = .allocate(capacity: count)
    }

    deinit { base.deallocate() }

    subscript(number: Int) -> Pointer {
        get { base[number] }
        set { (base + number).initialize(to: newValue) }
    }
}
