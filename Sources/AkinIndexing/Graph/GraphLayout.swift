import AkinBasics
import AkinVectorSearch

/// How codes, links and upper levels of a graph lie in their tables. `IndexFormat.md` has the picture.
struct GraphLayout: Sendable, Equatable {
    /// Bytes in a row of codes.
    let stride: Int
    /// Links of a node on the upper levels; twice as many on the lowest.
    let width: Int
    /// A block of codes has `1 << codeShift` rows, one of links `1 << linkShift`: as many as fit in 256 KiB.
    let codeShift: Int
    let linkShift: Int

    private static let blockSize = (256 << 10) - SealedBlock.pageHeader - SealedBlock.header

    init(stride: Int, width: Int) {
        self.stride = stride
        self.width = width
        func shift(_ rowSize: Int) -> Int {
            // 8 at least, so that the first row of codes lies at a multiple of 64.
            max(3, Int.bitWidth - 1 - max(1, Self.blockSize / rowSize).leadingZeroBitCount)
        }
        codeShift = shift(stride + 8)
        linkShift = shift(8 * width)
    }

    var codeCapacity: Int { 1 << codeShift }
    var linkCapacity: Int { 1 << linkShift }
    var codeBlockSize: Int { SealedBlock.header + codeCapacity * (8 + stride) }
    var linkBlockSize: Int { SealedBlock.header + linkCapacity * 8 * width }

    /// Norms, errors and codes in a block of codes, each a multiple of 4 from its beginning.
    var errorsOffset: Int { SealedBlock.header + 4 * codeCapacity }
    var codesOffset: Int { SealedBlock.header + 8 * codeCapacity }

    func sharedSize(nodes: Int, rows: Int) -> Int { SealedBlock.header + 4 * (2 * nodes + rows) }
    func levelSize(nodes: Int) -> Int { SealedBlock.header + 4 * nodes * (2 + width) }

    func codeBlocks(rows: Int) -> Int { (rows + codeCapacity - 1) / codeCapacity }
    func linkBlocks(rows: Int) -> Int { (rows + linkCapacity - 1) / linkCapacity }

    /// Whether this is block `number` of a table of so many rows.
    func isCodeBlock(_ bytes: UnsafeRawBufferPointer, _ number: Int, rows: Int) -> Bool {
        bytes.count == codeBlockSize
            && SealedBlock.count(bytes, number: UInt64(number), width: stride)
                == min(codeCapacity, rows - number * codeCapacity)
    }

    /// As `isCodeBlock`.
    func isLinkBlock(_ bytes: UnsafeRawBufferPointer, _ number: Int, rows: Int) -> Bool {
        bytes.count == linkBlockSize
            && SealedBlock.count(bytes, number: UInt64(number), width: width)
                == min(linkCapacity, rows - number * linkCapacity)
    }

    /// How many nodes a level has; nil if this is not level `number`.
    func levelCount(_ bytes: UnsafeRawBufferPointer, _ number: Int) -> Int? {
        guard let count = SealedBlock.count(bytes, number: UInt64(number), width: width),
            count > 0, bytes.count == levelSize(nodes: count)
        else { return nil }
        return count
    }

    /// The nodes that stand for several rows; nil if it is not these.
    func shared(_ bytes: UnsafeRawBufferPointer) -> SharedNodes? {
        guard let count = SealedBlock.count(bytes, number: 0, width: width), count > 0,
            bytes.count > sharedSize(nodes: count, rows: 0), let base = bytes.baseAddress
        else { return nil }
        let start = (base + SealedBlock.header).assumingMemoryBound(to: UInt32.self)
        let shared = SharedNodes(
            count: count, nodes: start, ends: start + count, rows: start + 2 * count)
        return bytes.count == sharedSize(nodes: count, rows: shared.rowCount) ? shared : nil
    }
}

/// What a graph was built with, and what its codes mean.
struct GraphRecord: Equatable {
    var parameters: GraphParameters
    /// As `CodeSpace` gives them.
    var space: [UInt8]
    /// How wide a search is if nobody says anything else.
    var searchWidth: SearchWidth

    /// Of a graph that was built before that was measured.
    private static let unmeasuredWidth = 100
    private static let fixedSize = 24

    /// Whether rows with equal codes share a node, and the width was measured by rows that were not in the graph.
    var isOfToday: Bool { searchWidth.recall != nil }

    var bytes: [UInt8] {
        var bytes = ChecksummedBytes()
        bytes.append(UInt32(parameters.links))
        bytes.append(UInt32(parameters.candidates))
        bytes.append(parameters.seed)
        bytes.append(contentsOf: space)
        bytes.append(UInt32(searchWidth.candidates))
        if let recall = searchWidth.recall { bytes.append(UInt32((recall * 1e6).rounded())) }
        return bytes.sealed()
    }

    init(_ parameters: GraphParameters, _ space: CodeSpace, searchWidth: SearchWidth) {
        self.parameters = parameters
        self.space = space.bytes
        self.searchWidth = searchWidth
    }

    /// To build the like of it again.
    var options: GraphOptions {
        GraphOptions(
            links: parameters.links, candidates: parameters.candidates, seed: parameters.seed,
            codes: CodeSpace.kind(ofBytes: space))
    }

    /// Nil if these are no such bytes, of an index of this dimension.
    init?(stored bytes: UnsafeRawBufferPointer, dimension: Int) {
        let end = Self.fixedSize + CodeSpace.byteCount(dimension: dimension)
        guard [end, end + 4, end + 8].contains(bytes.count), ChecksummedBytes.areRight(bytes) else {
            return nil
        }
        let links = Int(bytes.number(at: 8, as: UInt32.self))
        let candidates = Int(bytes.number(at: 12, as: UInt32.self))
        guard GraphParameters.linkRange.contains(links), candidates > 0 else { return nil }
        parameters = GraphParameters(
            links: links, candidates: candidates, seed: bytes.number(at: 16, as: UInt64.self))
        space = Array(bytes[Self.fixedSize..<end])
        searchWidth = SearchWidth(candidates: Self.unmeasuredWidth, recall: nil)
        if bytes.count > end { searchWidth.candidates = Int(bytes.number(at: end, as: UInt32.self)) }
        if bytes.count > end + 4 {
            searchWidth.recall = Double(bytes.number(at: end + 4, as: UInt32.self)) / 1e6
        }
        guard searchWidth.candidates > 0 else { return nil }
    }
}
