import AkinStorage
import AkinVectorSearch

extension IndexReader {
    /// What is wrong with the graph, in words. O(items).
    func graphFaults() throws(IndexError) -> [String] {
        let view: GraphView
        do throws(IndexError) {
            guard try graphRows > 0 else {
                var leftover = 0
                for table in tables.graph { leftover += try count(of: table) }
                return leftover > 0 ? ["there are parts of a graph that is not there"] : []
            }
            guard let found = try resolvedGraph(vectorRows(verifying: false)) else { return [] }
            view = found
        } catch {
            return ["\(error)"]
        }
        var faults: [String] = []
        for table in tables.graph {
            try forEachEntry(in: table) { (number, bytes) throws(IndexError) in
                if !SealedBlock.isIntact(bytes) {
                    faults.append("block \(number) of the graph's \(table.name) does not match its checksum")
                }
                return true
            }
        }
        guard faults.isEmpty else { return faults }
        faults = view.graph.faults()
        return faults.isEmpty ? view.codeFaults() + view.sharingFaults() : faults
    }
}

extension GraphView {
    /// Codes that are not those of their vectors.
    fileprivate func codeFaults() -> [String] {
        let fresh = CodeBuffer(space, capacity: 1)
        for row in 0..<codes.count where vectors.id(row) != 0 {
            fresh.encode(vectors.vector(row), row: 0)
            if !codes.isSame(row, as: fresh) {
                return ["the code of row \(row) of the graph is not that of its vector"]
            }
        }
        return []
    }

    /// Rows that share a node though their codes differ, or do not stand as a search expects them.
    fileprivate func sharingFaults() -> [String] {
        let shared = graph.shared
        for place in 0..<shared.count {
            let node = Int(shared.nodes[place])
            var before: (row: Int, id: UInt64) = (node, 0)
            for entry in shared.rows(at: place) {
                let row = Int(entry & ~SharedNodes.sameVector)
                // A row that died was in order before it did.
                let id = vectors.id(row)
                var isRight = codes.isSame(row, as: node)
                if entry & SharedNodes.sameVector != 0 {
                    isRight = isRight && vectors.isSame(row, as: before.row) && (id == 0 || id > before.id)
                    before = (row, max(id, before.id))
                } else {
                    before = (row, id)
                }
                if !isRight {
                    return ["row \(row) of the graph does not belong where it stands at node \(node)"]
                }
            }
        }
        return []
    }
}
