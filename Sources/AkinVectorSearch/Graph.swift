/// What a graph is built with.
package struct GraphParameters: Sendable, Equatable {
    /// Links of a node on the upper levels; twice as many on the lowest (Malkov and Yashunin 2018).
    package var links: Int
    /// How many candidates a new node's links are chosen from.
    package var candidates: Int
    /// Draws levels and the order of insertion.
    package var seed: UInt64

    /// So many links a node can have.
    package static let linkRange = 2...256

    package init(links: Int = 16, candidates: Int = 200, seed: UInt64 = 1) {
        self.links = links
        self.candidates = candidates
        self.seed = seed
    }
}

/// A hierarchical navigable small world graph where it lies: rows of links of the lowest level in blocks of a power of
/// two rows, the upper levels in one piece each. Its nodes are rows; of rows whose codes are equal only the first is one,
/// since a walk could not tell them apart: more of them than it keeps would hide everything else from it.
package struct Graph: @unchecked Sendable {
    /// An upper level: its nodes have places of their own.
    package struct Level: @unchecked Sendable {
        package let count: Int
        /// The row of each node.
        package let rows: UnsafePointer<UInt32>
        /// Its place on the level below; its row on the lowest.
        package let down: UnsafePointer<UInt32>
        /// `[count, width]` places of this level.
        package let links: UnsafePointer<UInt32>

        package init(
            count: Int, rows: UnsafePointer<UInt32>, down: UnsafePointer<UInt32>, links: UnsafePointer<UInt32>
        ) {
            self.count = count
            self.rows = rows
            self.down = down
            self.links = links
        }
    }

    /// A link to nowhere: all after it in a row are such.
    package static let none = UInt32.max

    /// Links in a row of the lowest level, and of the upper ones.
    package let widths: (lowest: Int, upper: Int)
    package let count: Int
    let blocks: UnsafePointer<UnsafePointer<UInt32>>
    let shift: Int
    /// From the lowest but one to the highest.
    package let levels: [Level]
    /// The nodes that stand for several rows; the others of these rows have no links, and none leads to them.
    package let shared: SharedNodes

    package init(
        count: Int, width: Int, blocks: UnsafePointer<UnsafePointer<UInt32>>, shift: Int, levels: [Level],
        shared: SharedNodes
    ) {
        self.count = count
        self.shared = shared
        widths = (2 * width, width)
        self.blocks = blocks
        self.shift = shift
        self.levels = levels
    }

    /// All nodes, ascending.
    package var nodes: [Int] {
        var isNode = [Bool](repeating: true, count: count)
        for place in 0..<shared.count {
            for row in shared.rows(at: place) {
                isNode[min(count - 1, Int(row & ~SharedNodes.sameVector))] = false
            }
            isNode[min(count - 1, Int(shared.nodes[place]))] = true
        }
        return isNode.indices.filter { isNode[$0] }
    }

    /// The rows for which a node stands.
    package func rows(of node: Int) -> [Int] {
        shared.rows(of: UInt32(node))?.map { min(count - 1, Int($0 & ~SharedNodes.sameVector)) } ?? [node]
    }

    @inline(__always)
    package func links(of row: Int) -> UnsafePointer<UInt32> {
        blocks[row >> shift] + (row & ((1 << shift) - 1)) * widths.lowest
    }
}
