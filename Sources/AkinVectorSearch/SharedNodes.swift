#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Nodes of a graph that stand for several rows, where they lie: rows with equal codes, of which the first is the node.
package struct SharedNodes: @unchecked Sendable {
    /// How many nodes.
    package let count: Int
    /// The nodes, ascending.
    package let nodes: UnsafePointer<UInt32>
    /// Where the rows of each of them end in `rows`.
    package let ends: UnsafePointer<UInt32>
    /// The rows of one node after those of the other, the node itself too. Those whose vectors are the same, bit by bit,
    /// stand together, by ascending id; all of these but the first are marked by `sameVector`.
    package let rows: UnsafePointer<UInt32>

    /// The mark of a row that has the vector of the one before it. Numbers of rows are smaller.
    package static let sameVector: UInt32 = 0x8000_0000

    /// Where no rows share a node.
    package static let none = SharedNodes(
        count: 0, nodes: Self.nowhere, ends: Self.nowhere, rows: Self.nowhere)
    nonisolated(unsafe) private static let nowhere = UnsafePointer(
        UnsafeMutablePointer<UInt32>.allocate(capacity: 1))

    package init(
        count: Int, nodes: UnsafePointer<UInt32>, ends: UnsafePointer<UInt32>, rows: UnsafePointer<UInt32>
    ) {
        self.count = count
        self.nodes = nodes
        self.ends = ends
        self.rows = rows
    }

    /// How many rows all of them have.
    package var rowCount: Int { count == 0 ? 0 : Int(ends[count - 1]) }

    /// The rows of a node; nil if it is the only one. O(log count).
    @inline(__always)
    func rows(of node: UInt32) -> UnsafeBufferPointer<UInt32>? {
        count == 0 ? nil : find(node)
    }

    private func find(_ node: UInt32) -> UnsafeBufferPointer<UInt32>? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle] < node { low = middle + 1 } else { high = middle }
        }
        return low < count && nodes[low] == node ? rows(at: low) : nil
    }

    /// The rows of the node at a place.
    package func rows(at place: Int) -> UnsafeBufferPointer<UInt32> {
        // What a damaged block says must not lead outside.
        let all = Int(ends[count - 1])
        let start = place == 0 ? 0 : min(all, Int(ends[place - 1]))
        return UnsafeBufferPointer(start: rows + start, count: max(start, min(all, Int(ends[place]))) - start)
    }
}

/// Finds which rows are to share a node.
final class RowSharing {
    /// The node that stands for each row: the first row with its code.
    let nodes: [UInt32]
    private let shared: UnsafeMutableBufferPointer<UInt32>
    private let count: Int

    /// Some bytes, by what they are.
    private struct Bytes: Hashable {
        let bytes: UnsafeRawBufferPointer

        init(_ base: UnsafeRawPointer, _ count: Int) {
            bytes = UnsafeRawBufferPointer(start: base, count: count)
        }

        static func == (a: Bytes, b: Bytes) -> Bool {
            memcmp(a.bytes.baseAddress!, b.bytes.baseAddress!, a.bytes.count) == 0
        }
        func hash(into hasher: inout Hasher) { hasher.combine(bytes: bytes) }
    }

    /// O(rows).
    init(_ codes: CodeBuffer, _ vectors: VectorRows) {
        let stride = codes.space.stride
        var firsts: [Bytes: UInt32] = [:]
        firsts.reserveCapacity(codes.count)
        var others: [UInt32: [UInt32]] = [:]
        nodes = (0..<UInt32(codes.count)).map { row in
            let code = Bytes(codes.codes + Int(row) * stride, stride)
            guard let first = firsts[code] else {
                firsts[code] = row
                return row
            }
            others[first, default: []].append(row)
            return first
        }
        let size = 4 * vectors.dimension
        let lists = others.sorted { $0.key < $1.key }.map { node, others in
            var places: [Bytes: Int] = [:]
            var equal: [[UInt32]] = []
            for row in [node] + others {
                let place = places[Bytes(vectors.vector(Int(row)), size)] ?? equal.count
                if place == equal.count {
                    places[Bytes(vectors.vector(Int(row)), size)] = place
                    equal.append([])
                }
                equal[place].append(row)
            }
            return equal.flatMap { rows in
                let rows = rows.sorted { (vectors.id(Int($0)), $0) < (vectors.id(Int($1)), $1) }
                return [rows[0]] + rows.dropFirst().map { $0 | SharedNodes.sameVector }
            }
        }
        count = lists.count
        var ends: [UInt32] = []
        for list in lists { ends.append((ends.last ?? 0) + UInt32(list.count)) }
        shared = .allocate(capacity: 2 * count + Int(ends.last ?? 0) + 1)
        _ = shared.initialize(from: others.keys.sorted() + ends + lists.joined())
    }

    deinit { shared.deallocate() }

    /// Valid as long as this.
    var sharedNodes: SharedNodes {
        let base = UnsafePointer(shared.baseAddress!)
        return SharedNodes(count: count, nodes: base, ends: base + count, rows: base + 2 * count)
    }
}
