import AkinStorage
import AkinTensors
import AkinVectorSearch

extension EmbeddingIndex {
    /// Inserts all rows that are not in the graph; into a new one, of items only, if `options` are given or the old one
    /// is damaged: what is taken over from it would get a fresh checksum.
    /// - Returns: False if it was cancelled; nothing was changed then.
    func extendGraph(
        _ options: GraphOptions?, isCancelled: () -> Bool, progress: (Int, Int) -> Void
    ) throws(IndexError) -> Bool {
        try writing { transaction in
            // Nobody else writes, so what a reader sees is what this transaction changes; and it stays where it is.
            try environment.read { before in
                let vectors = VectorRows(
                    blocks: try resolvedBlocks(in: before), capacity: layout.capacity,
                    dimension: dimension)
                var options = options
                if options == nil, try !graphFaults(in: before).isEmpty {
                    options =
                        try tables.settings.bytes(of: Setting.graph, in: before).flatMap {
                            GraphRecord(stored: $0, dimension: dimension)?.options
                        } ?? GraphOptions()
                }
                let old = options == nil ? try GraphView(self, vectors, in: before) : nil
                guard let parameters = options?.parameters ?? old?.parameters else { return false }
                let items = try tables.items.count(in: before)
                guard items > 0 else {
                    throw IndexError.noGraph(reason: "the index is empty; add items first")
                }
                // Dead rows would be nodes for nothing.
                let isRepacking = old == nil && vectors.count > items
                nonisolated(unsafe) let rows = try isRepacking ? repackedRows(in: before) : vectors.pointers
                let first = old?.codes.count ?? 0
                let space =
                    old?.space
                    ?? CodeSpace(
                        suiting: metric, options?.codes, dimension: dimension, count: rows.count
                    ) { rows[$0] }
                let codes = CodeBuffer(space, capacity: rows.count)
                if let old { codes.copy(old.codes) }
                let chunk = 1024
                ThreadPool.shared.forEach((rows.count - first + chunk - 1) / chunk) { part, _ in
                    let start = first + part * chunk
                    for row in start..<min(rows.count, start + chunk) { codes.encode(rows[row], row: row) }
                }
                codes.grow(to: rows.count)
                let builder = GraphBuilder(codes, parameters, existing: old?.graph)
                let total = rows.count - first
                guard builder.build(isCancelled: isCancelled, progress: { progress($0, total) }) else {
                    return false
                }
                let width = SearchWidth.measured(builder.graph, codes, seed: parameters.seed)
                if isRepacking { try repack(in: transaction, from: before) }
                try store(
                    codes, builder.graph, GraphRecord(parameters, space, searchWidth: width), from: first,
                    in: transaction)
                return true
            }
        }
    }

    /// Where the rows lie that `repack` will make, by their new numbers.
    private func repackedRows(in before: borrowing ReadTransaction) throws -> [UnsafePointer<Float>] {
        var rows: [UnsafePointer<Float>] = []
        try forEachItem(in: before) { _, _, vector in rows.append(vector.baseAddress!) }
        return rows
    }

    private func store(
        _ codes: CodeBuffer, _ graph: Graph, _ record: GraphRecord, from first: Int,
        in transaction: borrowing WriteTransaction
    ) throws {
        let layout = GraphLayout(stride: codes.space.stride, width: record.parameters.links)
        let rows = codes.count
        if first == 0 { try setGraphRows(0, in: transaction) }
        for number in first / layout.codeCapacity..<layout.codeBlocks(rows: rows) {
            let start = number * layout.codeCapacity
            let count = min(layout.codeCapacity, rows - start)
            var block = [UInt8](repeating: 0, count: layout.codeBlockSize)
            block.withUnsafeMutableBytes { block in
                let base = block.baseAddress!
                (base + SealedBlock.header).copyMemory(from: codes.norms + start, byteCount: 4 * count)
                (base + layout.errorsOffset).copyMemory(from: codes.errors + start, byteCount: 4 * count)
                (base + layout.codesOffset).copyMemory(
                    from: codes.codes + start * layout.stride, byteCount: count * layout.stride)
                SealedBlock.seal(block, number: UInt64(number), count: count, width: layout.stride)
            }
            try tables.codes.set(block, for: UInt64(number), in: transaction)
        }
        for number in 0..<layout.linkBlocks(rows: rows) {
            let start = number * layout.linkCapacity
            let count = min(layout.linkCapacity, rows - start)
            var block = [UInt8](repeating: 0, count: layout.linkBlockSize)
            block.withUnsafeMutableBytes { block in
                (block.baseAddress! + SealedBlock.header).copyMemory(
                    from: graph.links(of: start), byteCount: count * 8 * layout.width)
                SealedBlock.seal(block, number: UInt64(number), count: count, width: layout.width)
            }
            try tables.links.set(block, for: UInt64(number), in: transaction)
        }
        for (place, level) in graph.levels.enumerated() {
            var block = [UInt8](repeating: 0, count: layout.levelSize(nodes: level.count))
            block.withUnsafeMutableBytes { block in
                let base = block.baseAddress! + SealedBlock.header
                base.copyMemory(from: level.rows, byteCount: 4 * level.count)
                (base + 4 * level.count).copyMemory(from: level.down, byteCount: 4 * level.count)
                (base + 8 * level.count).copyMemory(
                    from: level.links, byteCount: 4 * layout.width * level.count)
                SealedBlock.seal(block, number: UInt64(place + 1), count: level.count, width: layout.width)
            }
            try tables.levels.set(block, for: UInt64(place + 1), in: transaction)
        }
        try tables.settings.set(record.bytes, for: Setting.graph, in: transaction)
        try setGraphRows(rows, in: transaction)
    }
}
