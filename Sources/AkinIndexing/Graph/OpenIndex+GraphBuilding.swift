import AkinBasics
import AkinTensors
import AkinVectorSearch

extension OpenIndex {
    /// Inserts all rows that are not in the graph; into a new one, of items only, if `options` are given or the old one
    /// is damaged: what is taken over from it would get a fresh checksum.
    /// - Returns: False if it was cancelled; nothing was changed then.
    func extendGraph(
        _ options: GraphOptions?, isCancelled: () -> Bool, progress: (WorkProgress) -> Void
    ) throws(IndexError) -> Bool {
        try write { (access) throws(IndexError) in
            // Nobody else writes, so what a reader sees is what this transaction changes; and it stays where it is.
            try read { (before) throws(IndexError) in
                let vectors = try before.vectorRows()
                var options = options
                if options == nil, try !before.graphFaults().isEmpty {
                    options = try before.graphRecord?.options ?? GraphOptions()
                }
                let old = options == nil ? try before.resolvedGraph(vectors) : nil
                guard let parameters = options?.parameters ?? old?.parameters else { return false }
                let items = try before.itemCount
                guard items > 0 else {
                    throw .noGraph(reason: "the index is empty; add items first")
                }
                // Dead rows would be nodes for nothing.
                let isRepacking = old == nil && vectors.count > items
                let rows = try isRepacking ? before.repackedRows() : vectors.pointers
                let first = old?.codes.count ?? 0
                let codes = encoded(rows, old, options?.codes)
                let builder = GraphBuilder(codes, parameters, existing: old?.graph)
                let total = rows.count - first
                let isBuilt = builder.build(
                    isCancelled: isCancelled, progress: { progress(WorkProgress(done: $0, total: total)) })
                guard isBuilt else { return false }
                let width = SearchWidth.measured(builder.graph, codes, seed: parameters.seed)
                if isRepacking { try access.repack(from: before) }
                try access.store(
                    codes, builder.graph, GraphRecord(parameters, codes.space, searchWidth: width),
                    from: first)
                return true
            }
        }
    }

    /// The codes of all rows: those of the old graph, and new ones for the rest.
    private func encoded(
        _ rows: [UnsafePointer<Float>], _ old: GraphView?, _ kind: CodeKind?
    ) -> CodeBuffer {
        nonisolated(unsafe) let rows = rows
        let space =
            old?.space
            ?? CodeSpace(suiting: metric, kind, dimension: dimension, count: rows.count) { rows[$0] }
        let first = old?.codes.count ?? 0
        let codes = CodeBuffer(space, capacity: rows.count)
        if let old { codes.copy(old.codes) }
        ThreadPool.shared.forEachChunk(of: rows.count - first, size: 1024) { range, _ in
            for row in range { codes.encode(rows[first + row], row: first + row) }
        }
        codes.grow(to: rows.count)
        return codes
    }
}

extension IndexReader {
    /// Where the rows lie that `repack` will make, by their new numbers.
    fileprivate func repackedRows() throws(IndexError) -> [UnsafePointer<Float>] {
        var rows: [UnsafePointer<Float>] = []
        try forEachVector { _, _, vector in if let base = vector.baseAddress { rows.append(base) } }
        return rows
    }
}

extension IndexTransaction {
    /// Writes a graph, of which the rows before `first` are as they were.
    fileprivate func store(
        _ codes: CodeBuffer, _ graph: Graph, _ record: GraphRecord, from first: Int
    ) throws(IndexError) {
        let layout = GraphLayout(stride: codes.space.stride, width: record.parameters.links)
        let rows = codes.count
        if first == 0 { try setGraphRows(0) }
        for number in first / layout.codeCapacity..<layout.codeBlocks(rows: rows) {
            let start = number * layout.codeCapacity
            let count = min(layout.codeCapacity, rows - start)
            let block = sealed(layout.codeBlockSize, number, count: count, width: layout.stride) { base in
                (base + SealedBlock.header).copyMemory(from: codes.norms + start, byteCount: 4 * count)
                (base + layout.errorsOffset).copyMemory(from: codes.errors + start, byteCount: 4 * count)
                (base + layout.codesOffset).copyMemory(
                    from: codes.codes + start * layout.stride, byteCount: count * layout.stride)
            }
            try set(block, for: UInt64(number), in: tables.codes)
        }
        for number in 0..<layout.linkBlocks(rows: rows) {
            let start = number * layout.linkCapacity
            let count = min(layout.linkCapacity, rows - start)
            let block = sealed(layout.linkBlockSize, number, count: count, width: layout.width) { base in
                (base + SealedBlock.header).copyMemory(
                    from: graph.links(of: start), byteCount: count * 8 * layout.width)
            }
            try set(block, for: UInt64(number), in: tables.links)
        }
        for (place, level) in graph.levels.enumerated() {
            let size = layout.levelSize(nodes: level.count)
            let block = sealed(size, place + 1, count: level.count, width: layout.width) { base in
                let base = base + SealedBlock.header
                base.copyMemory(from: level.rows, byteCount: 4 * level.count)
                (base + 4 * level.count).copyMemory(from: level.down, byteCount: 4 * level.count)
                (base + 8 * level.count).copyMemory(
                    from: level.links, byteCount: 4 * layout.width * level.count)
            }
            try set(block, for: UInt64(place + 1), in: tables.levels)
        }
        try set(record.bytes, for: Setting.graph, in: tables.settings)
        try setGraphRows(rows)
    }

    /// A block of zeros, with what `fill` writes behind the header.
    private func sealed(
        _ size: Int, _ number: Int, count: Int, width: Int, _ fill: (UnsafeMutableRawPointer) -> Void
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: size)
        block.withUnsafeMutableBytes { block in
            if let base = block.baseAddress { fill(base) }
            SealedBlock.seal(block, number: UInt64(number), count: count, width: width)
        }
        return block
    }
}
