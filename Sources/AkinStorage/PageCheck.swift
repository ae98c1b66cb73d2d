import CAkinLMDB

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Looks at the pages of a file that a transaction sees: whether they are such as LMDB writes. It trusts what it reads,
/// and a damaged page leads it anywhere, so this has to be known before it is asked.
///
/// Format 1 of LMDB's files, that of all 0.9 versions (`mdb.c`, "Common header for all page types" and after).
struct PageCheck: ~Copyable {
    /// What is looked at. O(pages) each, but for those of long values.
    enum Extent { case freePages, all }

    /// What is wrong, in words; the first fault only, as others follow from one.
    private(set) var fault: String?

    private let map: UnsafeRawPointer
    private let size: Int
    private let pageSize: Int
    /// Of the pages that lie in the file.
    private var isUsed: [Bool]
    private var freed: [Int] = []

    private enum PageFlags {
        static let branch = 1
        static let leaf = 2
        static let overflow = 4
        static let dirty = 0x10
        static let fixed = 0x20
        static let sub = 0x40
    }
    private enum NodeFlags {
        static let big = 1
        static let tree = 2
        static let several = 4
    }
    /// What is kept in a tree.
    private enum Content {
        case freePages, tables, values, sets, numbers

        /// Of the tree's record.
        var flags: Int32 {
            switch self {
            case .freePages: MDB_INTEGERKEY
            case .tables, .values: 0
            case .sets: MDB_DUPSORT | MDB_DUPFIXED
            case .numbers: MDB_DUPFIXED
            }
        }
    }
    private static let header = 16
    private static let longestKey = 511
    private static let treeSize = 48
    /// Where a first page has what, and what it has.
    private enum Meta {
        static let freePages = 40
        static let tables = 88
        static let lastPage = 136
        static let transaction = 144
        static let size = 152
    }

    /// Nil if the file cannot be mapped.
    ///
    /// - Parameters:
    ///   - descriptor: The file, of which nobody may cut anything off meanwhile.
    ///   - transaction: The number of the transaction that sees it.
    init?(_ descriptor: mdb_filehandle_t, transaction: Int, pageSize: Int, _ extent: Extent) {
        // A map of its own: LMDB does not tell where its map lies.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return nil }
        let mapped = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0)
        guard mapped != MAP_FAILED, let mapped else { return nil }
        map = UnsafeRawPointer(mapped)
        size = Int(status.st_size)
        self.pageSize = pageSize
        isUsed = [Bool](repeating: false, count: size / pageSize)
        guard isUsed.count >= 2 else {
            fault = "it is cut off after \(size) bytes"
            return
        }
        isUsed[0] = true
        isUsed[1] = true
        // Two first pages take turns; the change after the next writes over this one.
        let meta = [UInt8](
            UnsafeRawBufferPointer(start: map + (transaction & 1) * pageSize, count: Meta.size))
        meta.withUnsafeBytes { check(UnsafeRawPointer($0.baseAddress!), transaction, extent) }
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: map), size) }

    private mutating func check(_ meta: UnsafeRawPointer, _ transaction: Int, _ extent: Extent) {
        guard meta.loadUnaligned(fromByteOffset: Meta.transaction, as: UInt64.self) == UInt64(transaction)
        else {
            fault = "its first page is not that of change \(transaction)"
            return
        }
        checkTree(meta + Meta.freePages, .freePages)
        if extent == .all { checkTree(meta + Meta.tables, .tables) }
        var beyond: Set<Int> = []
        for page in freed where fault == nil {
            if page >= isUsed.count {
                beyond.insert(page)
            } else if page < 2 || isUsed[page] {
                damaged(page, "it is named as a free one")
            } else {
                isUsed[page] = true
            }
        }
        // The file ends before its last pages where a change took them and gave them back: they were never written.
        let last = meta.loadUnaligned(fromByteOffset: Meta.lastPage, as: UInt64.self)
        if fault == nil, last >= isUsed.count, last - UInt64(isUsed.count) + 1 != beyond.count {
            fault = "it is cut off after \(size) bytes, before page \(last) of \(pageSize) bytes"
        }
    }

    private mutating func damaged(_ page: Int, _ reason: String) {
        fault = fault ?? "page \(page) of the database is damaged: \(reason)"
    }

    /// Marks pages as used: each is that once.
    private mutating func take(_ first: Int, _ number: Int = 1) -> Bool {
        guard number >= 1, first >= 2, first < isUsed.count, number <= isUsed.count - first else {
            damaged(first, "it is not in the file, which has \(isUsed.count)")
            return false
        }
        guard !isUsed[first..<first + number].contains(true) else {
            damaged(first, "it is used twice")
            return false
        }
        for page in first..<first + number { isUsed[page] = true }
        return true
    }

    /// A tree, of which `record` holds the flags, the depth, the number of entries and the root.
    private mutating func checkTree(_ record: UnsafeRawPointer, _ content: Content) {
        guard record.loadUnaligned(fromByteOffset: 4, as: UInt16.self) == content.flags else {
            fault = fault ?? "the record of a table is damaged"
            return
        }
        let depth = Int(record.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        let entries = record.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
        let root = record.loadUnaligned(fromByteOffset: 40, as: UInt64.self)
        guard root != .max else { return }
        var found: UInt64 = 0
        checkPage(Int(clamping: root), depth: depth, content, &found)
        if fault == nil, found != entries, content != .freePages {
            damaged(Int(clamping: root), "its tree has \(found) entries, not \(entries)")
        }
    }

    private mutating func checkPage(_ number: Int, depth: Int, _ content: Content, _ entries: inout UInt64) {
        guard fault == nil, take(number) else { return }
        let page = map + number * pageSize
        func field(_ offset: Int) -> Int { Int(page.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
        let (flags, lower, upper) = (field(10), field(12), field(14))
        let isFixed = content == .numbers && depth == 1
        let kind = depth > 1 ? PageFlags.branch : PageFlags.leaf | (isFixed ? PageFlags.fixed : 0)
        guard depth >= 1, page.loadUnaligned(as: UInt64.self) == UInt64(number), flags == kind,
            lower >= Self.header, lower % 2 == 0, lower <= upper, upper <= pageSize
        else { return damaged(number, "its beginning is not that of such a page") }
        let keys = (lower - Self.header) / 2
        if isFixed {
            entries &+= UInt64(keys)
            guard field(8) == 8, Self.header + 8 * keys <= pageSize else {
                return damaged(number, "its numbers do not fit")
            }
            return
        }
        var end = upper
        var before: UnsafeRawBufferPointer?
        for place in 0..<keys where fault == nil {
            let start = field(Self.header + 2 * place)
            guard start >= upper, start % 2 == 0, start + 8 <= pageSize else {
                return damaged(number, "entry \(place) does not lie in it")
            }
            let node = page + start
            let size = checkNode(node, room: pageSize - start, number, depth: depth, content, &entries)
            guard fault == nil else { return }
            end += (size + 1) & ~1
            let length = Int(node.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
            let key = UnsafeRawBufferPointer(start: node + 8, count: length)
            // A branch's first key is never looked at; numbers of transactions are not ordered by their bytes.
            if content != .freePages, let before, place > (depth > 1 ? 1 : 0),
                !before.lexicographicallyPrecedes(key)
            {
                damaged(number, "its keys are not in order")
            }
            before = key
        }
        if fault == nil, end != pageSize { damaged(number, "its entries overlap") }
    }

    /// The bytes that a node takes.
    private mutating func checkNode(
        _ node: UnsafeRawPointer, room: Int, _ page: Int, depth: Int, _ content: Content,
        _ entries: inout UInt64
    ) -> Int {
        func field(_ offset: Int) -> Int { Int(node.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
        let (low, flags, length) = (field(0) | field(2) << 16, field(4), field(6))
        guard length <= Self.longestKey, 8 + length <= room else {
            damaged(page, "a key does not lie in it")
            return 0
        }
        if depth > 1 {
            checkPage(low | flags << 32, depth: depth - 1, content, &entries)
            return 8 + length
        }
        let isBig = flags == NodeFlags.big
        let inside = isBig ? 8 : low
        guard length > 0, 8 + length + inside <= room else {
            damaged(page, "a value does not lie in it")
            return 0
        }
        let value = node + 8 + length
        switch (content, flags) {
        case (.freePages, 0): free(value, low, page)
        case (.values, 0): break
        case (.sets, 0) where low == 8: break
        case (.freePages, NodeFlags.big), (.values, NodeFlags.big):
            let first = Int(clamping: value.loadUnaligned(as: UInt64.self))
            guard let pages = checkOverflow(first, size: low) else { return 0 }
            if content == .freePages { free(pages, low, page) }
        case (.tables, NodeFlags.tree) where low == Self.treeSize:
            let isSet = value.loadUnaligned(fromByteOffset: 4, as: UInt16.self) != 0
            checkTree(value, isSet ? .sets : .values)
        case (.sets, NodeFlags.tree | NodeFlags.several) where low == Self.treeSize:
            let total = value.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
            checkTree(value, .numbers)
            entries &+= max(1, total) - 1
        case (.sets, NodeFlags.several):
            entries &+= UInt64(max(1, checkSubpage(value, low, page)) - 1)
        default: damaged(page, "a value is of another kind")
        }
        entries &+= 1
        return 8 + length + inside
    }

    private mutating func checkOverflow(_ first: Int, size: Int) -> UnsafeRawPointer? {
        let number = (Self.header + size + pageSize - 1) / pageSize
        guard take(first, number) else { return nil }
        let page = map + first * pageSize
        guard page.loadUnaligned(as: UInt64.self) == UInt64(first),
            Int(page.loadUnaligned(fromByteOffset: 10, as: UInt16.self)) == PageFlags.overflow,
            Int(page.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) >= number
        else {
            damaged(first, "its beginning is not that of a long value")
            return nil
        }
        return page + Self.header
    }

    /// Some numbers of eight bytes, within a page; how many.
    private mutating func checkSubpage(_ start: UnsafeRawPointer, _ size: Int, _ page: Int) -> Int {
        func field(_ offset: Int) -> Int { Int(start.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }
        guard size >= Self.header,
            field(10) & ~PageFlags.dirty == PageFlags.leaf | PageFlags.fixed | PageFlags.sub,
            field(8) == 8, field(12) >= Self.header, field(12) % 2 == 0
        else {
            damaged(page, "a set's beginning is not that of one")
            return 0
        }
        let numbers = (field(12) - Self.header) / 2
        if Self.header + 8 * numbers > size { damaged(page, "a set's numbers do not lie in it") }
        return numbers
    }

    /// A list of pages that are free: how many, and then their numbers.
    private mutating func free(_ list: UnsafeRawPointer, _ size: Int, _ page: Int) {
        let number = size >= 8 ? list.loadUnaligned(as: UInt64.self) : .max
        guard number < UInt64(size / 8) else { return damaged(page, "a list of free pages is too long") }
        for place in 0..<Int(number) {
            freed.append(Int(clamping: list.loadUnaligned(fromByteOffset: 8 + 8 * place, as: UInt64.self)))
        }
    }
}

extension OpenEnvironment {
    /// A file of up to this size is looked at as a whole when it is opened, which takes a millisecond or two. In a
    /// larger one a damaged page may not be found before `verify`.
    private static let sizeLookedAt = 1 << 23

    /// To be called before anything is read.
    func checkPages() throws(StorageError) {
        let isSmall = fileSize <= Self.sizeLookedAt
        let endsEarly = UInt(fileSize / pageSize) <= UInt(bitPattern: information.me_last_pgno)
        guard isSmall || endsEarly else { return }
        if let reason = try pageFault(isSmall ? .all : .freePages) {
            throw .damaged(path: path, reason: reason)
        }
    }

    func pageFault(_ extent: PageCheck.Extent) throws(StorageError) -> String? {
        var fault: String?
        // Others may write over the first page meanwhile.
        for _ in 0..<3 {
            let transaction = try begin(MDB_RDONLY, doing: "looking at the pages")
            defer {
                abort(transaction)
                end()
            }
            let number = mdb_txn_id(transaction)
            fault = PageCheck(descriptor, transaction: number, pageSize: pageSize, extent)?.fault
            // Without a lock writers may use again what is looked at; whoever reads is told of that.
            if unlocked, lastTransaction != number { return nil }
            if fault == nil { return nil }
        }
        return fault
    }
}
