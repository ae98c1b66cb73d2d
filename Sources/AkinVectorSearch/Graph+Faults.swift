extension Graph {
    /// Links that lead nowhere, places that are not what they should be, rows that are not reached.
    package func faults() -> [String] {
        var faults: [String] = []
        let rows = count
        for (number, level) in levels.enumerated() {
            let below = number == 0 ? nil : levels[number - 1]
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
                    start: level.links + place * widths.upper, count: widths.upper)
                if !Self.areLinks(links, count: level.count, own: place) {
                    faults.append(
                        "a link of place \(place) of level \(number + 1) of the graph leads nowhere")
                }
            }
        }
        // Those for which others are the nodes are reached with these.
        var reached = represented(&faults)
        for row in 0..<rows {
            let links = UnsafeBufferPointer(start: self.links(of: row), count: widths.lowest)
            let areRight = Self.areLinks(links, count: rows, own: row)
            if !areRight || links.contains(where: { $0 != Graph.none && (reached[row] || reached[Int($0)]) })
            {
                faults.append("a link of row \(row) of the graph leads nowhere")
            }
        }
        guard faults.isEmpty else { return faults }
        var queue = [levels.first.map { Int($0.rows[0]) } ?? 0]
        reached[queue[0]] = true
        while let row = queue.popLast() {
            let links = self.links(of: row)
            for i in 0..<widths.lowest where links[i] != Graph.none && !reached[Int(links[i])] {
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

    /// For each row whether another is its node; what is wrong with them is added to `faults`.
    private func represented(_ faults: inout [String]) -> [Bool] {
        var others = [Bool](repeating: false, count: count)
        var known = Set<UInt32>()
        for place in 0..<shared.count {
            let node = shared.nodes[place]
            let rows = shared.rows(at: place).map { $0 & ~SharedNodes.sameVector }
            let isRight =
                (place == 0 || shared.nodes[place - 1] < node) && rows.count > 1 && rows.contains(node)
                && rows.allSatisfy { $0 < count && known.insert($0).inserted }
            guard isRight else {
                faults.append("the rows that share node \(node) of the graph are not what they should be")
                return others
            }
            for row in rows where row != node { others[Int(row)] = true }
        }
        return others
    }

    private static func areLinks(_ links: UnsafeBufferPointer<UInt32>, count: Int, own: Int) -> Bool {
        let used = links.prefix { $0 != Graph.none }
        return used.allSatisfy { $0 < count && Int($0) != own }
            && links.dropFirst(used.count).allSatisfy { $0 == Graph.none } && Set(used).count == used.count
    }
}
