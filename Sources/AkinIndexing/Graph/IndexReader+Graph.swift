import AkinStorage
import AkinVectorSearch
import Synchronization

extension IndexReader {
    /// The graph; nil if there is none. What was resolved before is used again for as long as nothing has changed.
    func graph() throws(IndexError) -> GraphView? {
        guard let snapshot = transaction.snapshot else {
            return try resolvedGraph(vectorRows(verifying: false))
        }
        if let known = home.graphView.withLock({ $0 }), known.snapshot == snapshot { return known.view }
        let view = try graphRows > 0 ? resolvedGraph(vectorRows(verifying: false)) : nil
        home.graphView.withLock { $0 = (snapshot, view) }
        return view
    }

    /// The graph of vectors that have been resolved; nil if there is none.
    func resolvedGraph(_ vectors: VectorRows) throws(IndexError) -> GraphView? {
        let rows = try graphRows
        guard rows > 0 else { return nil }
        guard let record = try graphRecord,
            let space = CodeSpace(metric, dimension: dimension, bytes: record.space), rows <= vectors.count
        else { throw .damagedGraph(path: path, part: "its settings") }
        let blocks = GraphView.Blocks(
            codes: try blocks(of: tables.codes, from: 0) { "block \($0) of its codes" },
            links: try blocks(of: tables.links, from: 0) { "block \($0) of its links" },
            levels: try blocks(of: tables.levels, from: 1) { "its level \($0)" },
            shared: try blocks(of: tables.shared, from: 0) { _ in "its shared nodes" })
        do throws(GraphView.Damage) {
            return try GraphView(record, space, rows: rows, vectors: vectors, blocks: blocks)
        } catch {
            throw .damagedGraph(path: path, part: error.part)
        }
    }

    /// What the graph was built with; nil if there is none, or it cannot be read.
    var graphRecord: GraphRecord? {
        get throws(IndexError) {
            try bytes(of: Setting.graph, in: tables.settings)
                .flatMap { GraphRecord(stored: $0, dimension: dimension) }
        }
    }

    /// The values of a table whose keys are the numbers from `first` on; `part` says which is missing.
    private func blocks(
        of table: Table<UInt64, [UInt8]>, from first: UInt64, missing part: (UInt64) -> String
    ) throws(IndexError) -> [UnsafeRawBufferPointer] {
        var blocks: [UnsafeRawBufferPointer] = []
        try forEachEntry(in: table) { (number, bytes) throws(IndexError) in
            let expected = first + UInt64(blocks.count)
            guard number == expected else { throw .damagedGraph(path: path, part: part(expected)) }
            blocks.append(bytes)
            return true
        }
        return blocks
    }

    /// For what can do without the graph: nil also where that is damaged. Its codes are what was written.
    func soundGraph() throws(IndexError) -> GraphView? {
        do throws(IndexError) {
            guard let view = try graph() else { return nil }
            return home.verifiedCodes.firstDamaged(of: view.sealedCodes) == nil ? view : nil
        } catch .damagedGraph {
            return nil
        } catch {
            throw error
        }
    }

    func graphStats() throws(IndexError) -> GraphStats? {
        guard let view = try graph() else { return nil }
        let rows = view.codes.count
        let layout = GraphLayout(stride: view.space.stride, width: view.parameters.links)
        let unindexed = view.vectors.count - rows
        let items = try itemCount
        let shared = view.graph.shared
        let sharedBytes =
            shared.count > 0 ? layout.sharedSize(nodes: shared.count, rows: shared.rowCount) : 0
        return GraphStats(
            links: view.parameters.links, candidates: view.parameters.candidates, seed: view.parameters.seed,
            width: view.searchWidth.candidates, recall: view.searchWidth.recall,
            suffices: view.searchWidth.suffices, codes: view.space.kind, levels: view.graph.levels.count + 1,
            items: items - unindexed,
            removed: rows - (items - unindexed),
            unindexed: unindexed,
            bytes: layout.codeBlocks(rows: rows) * layout.codeBlockSize
                + layout.linkBlocks(rows: rows) * layout.linkBlockSize
                + view.graph.levels.reduce(0) { $0 + layout.levelSize(nodes: $1.count) }
                + sharedBytes)
    }
}
