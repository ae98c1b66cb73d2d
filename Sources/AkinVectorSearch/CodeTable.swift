import CAkinKernels

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Rows of codes where they lie, in blocks of a power of two rows, with their norms and errors.
package struct CodeTable: @unchecked Sendable {
    private var rows: akin_code_rows
    private let errors: UnsafePointer<UnsafePointer<Float>>
    private let kind: CodeKind
    private let comparison: CodeSpace.Comparison
    package let count: Int

    /// The lists have an entry a block; all must stay valid for as long as the table is used.
    package init(
        blocks: UnsafePointer<UnsafePointer<UInt8>?>, norms: UnsafePointer<UnsafePointer<Int32>?>,
        errors: UnsafePointer<UnsafePointer<Float>>, space: CodeSpace, shift: Int, count: Int
    ) {
        rows = akin_code_rows(blocks: blocks, norms: norms, stride: space.stride, shift: UInt32(shift))
        self.errors = errors
        kind = space.kind
        comparison = space.comparison
        self.count = count
    }

    private var shift: Int { Int(rows.shift) }

    @inline(__always)
    func code(_ row: Int) -> UnsafePointer<UInt8> {
        rows.blocks[row >> shift]! + (row & ((1 << shift) - 1)) * rows.stride
    }

    @inline(__always)
    func norm(_ row: Int) -> Int32 {
        rows.norms[row >> shift]![row & ((1 << shift) - 1)]
    }

    @inline(__always)
    func error(_ row: Int) -> Float { errors[row >> shift][row & ((1 << shift) - 1)] }

    /// The scores of some rows to a query: their integer distances less the query's base.
    @inline(__always)
    func scores(
        _ query: UnsafePointer<UInt8>, _ numbers: UnsafePointer<UInt32>, _ count: Int,
        into scores: UnsafeMutablePointer<Int32>
    ) {
        withUnsafePointer(to: rows) { rows in
            switch kind {
            case .i8 where comparison == .differences:
                akin_code_differences(rows, query, numbers, count, scores)
            case .i8:
                akin_code_products(
                    rows, UnsafeRawPointer(query).assumingMemoryBound(to: Int8.self), numbers, count, scores)
            case .bf16:
                let query = UnsafeRawPointer(query).assumingMemoryBound(to: UInt16.self)
                switch comparison {
                case .squaredDifferences: akin_bf16_squares(rows, query, numbers, count, scores)
                case .differences: akin_bf16_differences(rows, query, numbers, count, scores)
                case .products: akin_bf16_products(rows, query, numbers, count, scores)
                }
            }
        }
    }

    /// The scores of `count` rows from `first` on, as many as lie in one block, to each of some queries:
    /// `[queries, count]`. For codes of one byte.
    func scores(
        _ queries: UnsafePointer<UInt8>, _ queryCount: Int, from first: Int, _ count: Int,
        into scores: UnsafeMutablePointer<Int32>
    ) {
        if comparison == .differences {
            for query in 0..<queryCount {
                akin_code_differences_of_run(
                    code(first), rows.stride, count, queries + query * rows.stride, scores + query * count)
            }
        } else {
            akin_code_products_of_run(
                code(first), rows.norms[first >> shift]! + (first & ((1 << shift) - 1)), rows.stride, count,
                UnsafeRawPointer(queries).assumingMemoryBound(to: Int8.self), queryCount, scores)
        }
    }

    /// The largest error of `count` rows from `first` on, as many as lie in one block.
    func largestError(from first: Int, _ count: Int) -> Float {
        let errors = errors[first >> shift] + (first & ((1 << shift) - 1))
        var largest: Float = 0
        for i in 0..<count { largest = max(largest, errors[i]) }
        return largest
    }

    /// Whether a row is coded as row 0 of a buffer is.
    package func isSame(_ row: Int, as buffer: CodeBuffer) -> Bool {
        norm(row) == buffer.norms[0] && error(row) == buffer.errors[0]
            && memcmp(code(row), buffer.codes, rows.stride) == 0
    }

    /// Whether two rows have the same code.
    package func isSame(_ row: Int, as other: Int) -> Bool {
        memcmp(code(row), code(other), rows.stride) == 0
    }

    /// Rows in a block, but for the last.
    var blockRows: Int { 1 << shift }
}

/// Codes in memory of their own.
package final class CodeBuffer: @unchecked Sendable {
    package let space: CodeSpace
    package private(set) var count = 0
    let capacity: Int
    package let codes: UnsafeMutablePointer<UInt8>
    package let norms: UnsafeMutablePointer<Int32>
    package let errors: UnsafeMutablePointer<Float>
    private let lists: UnsafeMutableRawPointer

    package init(_ space: CodeSpace, capacity: Int) {
        self.space = space
        self.capacity = capacity
        codes = alignedBytes(capacity * space.stride).assumingMemoryBound(to: UInt8.self)
        norms = alignedBytes(capacity * 4).assumingMemoryBound(to: Int32.self)
        errors = alignedBytes(capacity * 4).assumingMemoryBound(to: Float.self)
        lists = alignedBytes(24)
        lists.storeBytes(of: codes, as: UnsafeMutablePointer<UInt8>.self)
        lists.storeBytes(of: norms, toByteOffset: 8, as: UnsafeMutablePointer<Int32>.self)
        lists.storeBytes(of: errors, toByteOffset: 16, as: UnsafeMutablePointer<Float>.self)
    }

    deinit {
        free(codes)
        free(norms)
        free(errors)
        free(lists)
    }

    /// Codes the next row. Rows may be coded at once if each has its number.
    package func encode(_ x: UnsafePointer<Float>, row: Int) {
        (norms[row], errors[row]) = space.encode(x, into: codes + row * space.stride)
    }

    /// Copies the first rows from a table of the same space.
    package func copy(_ table: CodeTable) {
        precondition(table.count <= capacity)
        for row in 0..<table.count {
            (codes + row * space.stride).update(from: table.code(row), count: space.stride)
            (norms[row], errors[row]) = (table.norm(row), table.error(row))
        }
    }

    package func grow(to count: Int) {
        precondition(count <= capacity)
        self.count = count
    }

    /// Valid as long as the buffer.
    package var table: CodeTable {
        CodeTable(
            blocks: lists.assumingMemoryBound(to: UnsafePointer<UInt8>?.self),
            norms: (lists + 8).assumingMemoryBound(to: UnsafePointer<Int32>?.self),
            errors: (lists + 16).assumingMemoryBound(to: UnsafePointer<Float>.self),
            space: space, shift: 31, count: count)
    }
}

/// Memory at a multiple of 64.
func alignedBytes(_ count: Int) -> UnsafeMutableRawPointer {
    guard let memory = aligned_alloc(64, (max(count, 1) + 127) & ~63) else {
        fatalError("out of memory: \(count) bytes asked for")
    }
    return memory
}

/// Queries in code space.
final class CodeQueries {
    /// `[queries, stride]`.
    let bytes: UnsafeMutablePointer<UInt8>
    let queries: [CodeSpace.Query]

    /// Codes `count` vectors, one after the other.
    init(_ vectors: UnsafePointer<Float>, count: Int, _ space: CodeSpace) {
        let bytes = alignedBytes(count * space.stride).assumingMemoryBound(to: UInt8.self)
        self.bytes = bytes
        queries = (0..<count).map {
            space.query(vectors + $0 * space.dimension, into: bytes + $0 * space.stride)
        }
    }

    deinit { free(bytes) }
}
