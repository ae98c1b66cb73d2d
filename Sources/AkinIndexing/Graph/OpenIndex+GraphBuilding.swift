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
        try write(leavingItems: true) { (access) throws(IndexError) in
            // Nobody else writes, so what a reader sees is what this transaction changes; and it stays where it is.
            try read { (before) throws(IndexError) in
                let all = try before.vectorRows()
                var options = options
                if options == nil, try !before.graphFaults().isEmpty {
                    options = try before.graphRecord?.options ?? GraphOptions()
                }
                let old = options == nil ? try before.resolvedGraph(all) : nil
                guard let parameters = options?.parameters ?? old?.parameters else { return false }
                let items = try before.itemCount
                guard items > 0 else {
                    throw .noGraph(reason: "the index is empty; add items first")
                }
                // Dead rows would be nodes for nothing.
                let isRepacking = old == nil && all.count > items
                let vectors = try isRepacking ? all.rows(at: before.repackedRows()) : all
                let first = old?.codes.count ?? 0
                let codes = encoded(vectors, old, options?.codes)
                let builder = GraphBuilder(codes, vectors, parameters, existing: old?.graph)
                let total = vectors.count - first
                let measured = builder.build(
                    isCancelled: isCancelled, progress: { progress(WorkProgress(done: $0, total: total)) })
                guard var width = measured else { return false }
                // What was measured says nothing of the rows that the graph had before.
                if let old { width = width.sufficing(old.searchWidth) }
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
        _ vectors: VectorRows, _ old: GraphView?, _ kind: CodeKind?
    ) -> CodeBuffer {
        let space =
            old?.space
            ?? CodeSpace(
                suiting: metric, kind, dimension: dimension, count: vectors.count, row: vectors.vector)
        let first = old?.codes.count ?? 0
        let codes = CodeBuffer(space, capacity: vectors.count)
        if let old { codes.copy(old.codes) }
        ThreadPool.shared.forEachChunk(of: vectors.count - first, size: 1024) { range, _ in
            for row in range { codes.encode(vectors.vector(first + row), row: first + row) }
        }
        codes.grow(to: vectors.count)
        return codes
    }
}

extension IndexReader {
    /// The rows of which `repack` will make new ones, by the new ones' numbers.
    fileprivate func repackedRows() throws(IndexError) -> [Int] {
        var rows: [Int] = []
        try forEachVector { _, record, _ in rows.append(record.row) }
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
        try removeAll(in: tables.shared)
        if graph.shared.count > 0 { try store(graph.shared, layout) }
        try set(record.bytes, for: Setting.graph, in: tables.settings)
        try setGraphRows(rows)
    }

    private func store(_ shared: SharedNodes, _ layout: GraphLayout) throws(IndexError) {
        let (count, rows) = (shared.count, shared.rowCount)
        let size = layout.sharedSize(nodes: count, rows: rows)
        let block = sealed(size, 0, count: count, width: layout.width) { base in
            let base = base + SealedBlock.header
            base.copyMemory(from: shared.nodes, byteCount: 4 * count)
            (base + 4 * count).copyMemory(from: shared.ends, byteCount: 4 * count)
            (base + 8 * count).copyMemory(from: shared.rows, byteCount: 4 * rows)
        }
        try set(block, for: 0, in: tables.shared)
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
