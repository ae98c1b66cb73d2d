import AkinStorage
import AkinVectorSearch

extension IndexReader {
    /// What is wrong with the graph, in words. O(items).
    func graphFaults() throws(IndexError) -> [String] {
        let view: GraphView
        do throws(IndexError) {
            guard try graphRows > 0 else {
                var leftover = 0
                for table in [tables.codes, tables.links, tables.levels] { leftover += try count(of: table) }
                return leftover > 0 ? ["there are parts of a graph that is not there"] : []
            }
            guard let found = try resolvedGraph(vectorRows(verifying: false)) else { return [] }
            view = found
        } catch {
            return ["\(error)"]
        }
        var faults: [String] = []
        for (name, table) in [("codes", tables.codes), ("links", tables.links), ("levels", tables.levels)] {
            try forEachEntry(in: table) { (number, bytes) throws(IndexError) in
                if !SealedBlock.isIntact(bytes) {
                    faults.append("block \(number) of the graph's \(name) does not match its checksum")
                }
                return true
            }
        }
        guard faults.isEmpty else { return faults }
        return view.graph.faults() + view.codeFaults()
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
}
