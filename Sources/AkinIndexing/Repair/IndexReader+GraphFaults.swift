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
            try forEach(in: table) { (number, bytes) throws(IndexError) in
                if !SealedBlock.isIntact(bytes) {
                    faults.append("block \(number) of the graph's \(name) does not match its checksum")
                }
                return true
            }
        }
        guard faults.isEmpty else { return faults }
        return view.linkFaults() + view.codeFaults()
    }
}

extension GraphView {
    /// Links that lead nowhere, places that are not what they should be, rows that are not reached.
    fileprivate func linkFaults() -> [String] {
        var faults: [String] = []
        let rows = graph.count
        for (number, level) in graph.levels.enumerated() {
            let below = number == 0 ? nil : graph.levels[number - 1]
            for place in 0..<level.count {
                let down = Int(level.down[place])
                let isRight =
                    below.map { down < $0.count && $0.rows[down] == level.rows[place] }
                    ?? (down == Int(level.rows[place]))
                if Int(level.rows[place]) >= rows || !isRight {
                    faults.append(
                        "place \(place) of level \(number + 1) of the graph is not one of the level below")
                }
                let links = UnsafeBufferPointer(
                    start: level.links + place * graph.widths.upper, count: graph.widths.upper)
                if !Self.areLinks(links, count: level.count, own: place) {
                    faults.append(
                        "a link of place \(place) of level \(number + 1) of the graph leads nowhere")
                }
            }
        }
        var reached = [Bool](repeating: false, count: rows)
        for row in 0..<rows {
            let links = UnsafeBufferPointer(start: graph.links(of: row), count: graph.widths.lowest)
            if !Self.areLinks(links, count: rows, own: row) {
                faults.append("a link of row \(row) of the graph leads nowhere")
            }
        }
        guard faults.isEmpty else { return faults }
        var queue = [graph.levels.first.map { Int($0.rows[0]) } ?? 0]
        reached[queue[0]] = true
        while let row = queue.popLast() {
            let links = graph.links(of: row)
            for i in 0..<graph.widths.lowest where links[i] != Graph.none && !reached[Int(links[i])] {
                reached[Int(links[i])] = true
                queue.append(Int(links[i]))
            }
        }
        if let row = reached.firstIndex(of: false) {
            faults.append(
                "\(reached.count { !$0 }) rows of the graph, the first of them \(row), are not reached")
        }
        return faults
    }

    private static func areLinks(_ links: UnsafeBufferPointer<UInt32>, count: Int, own: Int) -> Bool {
        let used = links.prefix { $0 != Graph.none }
        return used.allSatisfy { $0 < count && Int($0) != own }
            && links.dropFirst(used.count).allSatisfy { $0 == Graph.none } && Set(used).count == used.count
    }

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
