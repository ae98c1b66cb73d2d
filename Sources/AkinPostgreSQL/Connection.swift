import AkinBasics
import CAkinPostgreSQL

/// A connection to a server; one thread uses it at a time.
final class Connection: @unchecked Sendable {
    let address: PostgreSQLAddress
    private let library: akin_pg_library
    private let handle: OpaquePointer

    /// Connects.
    ///
    /// - Throws: `noLibrary`, `noPassword`, `noConnection`.
    init(_ address: PostgreSQLAddress, password: String?) throws(PostgreSQLError) {
        guard let library = akin_pg_open()?.pointee else { throw .noLibrary }
        var settings = address.defaults
        // What comes later wins: the address over what is usual, and these over the address.
        settings.append(("dbname", address.connection))
        settings += [("client_encoding", "UTF8"), ("application_name", "akin")]
        if let password { settings.append(("password", password)) }
        let handle = withCStrings(settings.map(\.0)) { keys in
            withCStrings(settings.map(\.1)) { values in library.PQconnectdbParams(keys, values, 1) }
        }
        guard let handle else { throw .noConnection(address, reason: "not enough memory") }
        guard library.PQstatus(handle) == akin_pg_connection_ok else {
            let reason = library.PQerrorMessage(handle).map { String(cString: $0) } ?? ""
            // Whether there was none. What fails with one, a wrong one too, is told in the server's words.
            let lacksPassword = library.PQconnectionNeedsPassword(handle) != 0
            library.PQfinish(handle)
            throw lacksPassword
                ? .noPassword(address, reason: reason) : .noConnection(address, reason: reason)
        }
        _ = library.PQsetNoticeProcessor(handle, akin_pg_ignore, nil)
        self.address = address
        self.library = library
        self.handle = handle
    }

    deinit { library.PQfinish(handle) }

    /// Whether it is good for another transaction.
    var isIdle: Bool {
        library.PQstatus(handle) == akin_pg_connection_ok
            && library.PQtransactionStatus(handle) == akin_pg_transaction_idle
    }

    /// Runs one statement. What is not a constant of this program stands in `values`.
    @discardableResult
    func run(_ statement: String, _ values: [SQLValue] = []) throws(PostgreSQLError) -> Rows {
        let rows = Rows(library, try execute(statement, values))
        try check(rows.handle, [akin_pg_command_ok, akin_pg_tuples_ok])
        return rows
    }

    /// Sends rows to a `COPY ... FROM STDIN (FORMAT binary)`.
    func copy(_ statement: String, _ rows: CopyRows) throws(PostgreSQLError) {
        let begun = Rows(library, try execute(statement, []))
        try check(begun.handle, [akin_pg_copy_in])
        var isSent = true
        rows.bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 1 << 20) where isSent {
                let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 1 << 20, bytes.count)])
                isSent = library.PQputCopyData(handle, part.baseAddress, Int32(part.count)) == 1
            }
        }
        guard isSent, library.PQputCopyEnd(handle, nil) == 1 else { throw failure(nil) }
        try finish()
    }

    /// Takes the rows of a `COPY ... TO STDOUT (FORMAT binary)`, each of which has so many fields.
    func copyOut(
        _ statement: String, fields: Int, _ body: ([Field]) throws(PostgreSQLError) -> Void
    ) throws(PostgreSQLError) {
        let begun = Rows(library, try execute(statement, []))
        try check(begun.handle, [akin_pg_copy_out])
        var problem: PostgreSQLError?
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = library.PQgetCopyData(handle, &buffer, 0)
            guard length > 0, let buffer else { break }
            defer { library.PQfreemem(buffer) }
            // To its end, whatever comes of it: the connection is good for nothing else before.
            guard problem == nil else { continue }
            let row = UnsafeRawBufferPointer(start: buffer, count: Int(length))
            do throws(PostgreSQLError) {
                if let row = Self.fields(of: row, fields) { try body(row) }
            } catch { problem = error }
        }
        try finish()
        if let problem { throw problem }
    }

    /// Nil for what is before and behind the rows.
    private static func fields(of row: UnsafeRawBufferPointer, _ count: Int) -> [Field]? {
        // The header comes with the first row, and is told by its first byte.
        var place = row.first == UInt8(ascii: "P") ? 19 : 0
        guard place + 2 <= row.count,
            Int16(bigEndian: row.loadUnaligned(fromByteOffset: place, as: Int16.self)) == count
        else { return nil }
        place += 2
        var fields: [Field] = []
        for _ in 0..<count {
            guard place + 4 <= row.count else { return nil }
            let length = Int(Int32(bigEndian: row.loadUnaligned(fromByteOffset: place, as: Int32.self)))
            place += 4
            guard place + max(length, 0) <= row.count else { return nil }
            let bytes = UnsafeRawBufferPointer(rebasing: row[place..<place + max(length, 0)])
            fields.append(Field(bytes: bytes, isNull: length < 0))
            place += max(length, 0)
        }
        return fields
    }

    /// Waits for the outcome of a `COPY`.
    private func finish() throws(PostgreSQLError) {
        var problem: PostgreSQLError?
        while let result = library.PQgetResult(handle) {
            let rows = Rows(library, result)
            do throws(PostgreSQLError) { try check(rows.handle, [akin_pg_command_ok]) } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
    }

    private func execute(
        _ statement: String, _ values: [SQLValue]
    ) throws(PostgreSQLError) -> OpaquePointer {
        let encoded = values.map(\.encoded)
        // One piece of memory for all: a pointer to nothing at all would be no value.
        let all = Array(encoded.compactMap(\.self).joined()) + [0]
        let result = all.withUnsafeBytes { all in
            var start = 0
            let pointers = encoded.map { value -> UnsafePointer<CChar>? in
                guard let value else { return nil }
                defer { start += value.count }
                return all.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) }
            }
            return library.PQexecParams(
                handle, statement, Int32(values.count), values.map(\.type), pointers,
                encoded.map { Int32($0?.count ?? 0) }, values.map { _ in 1 }, 1)
        }
        guard let result else { throw failure(nil) }
        return result
    }

    private func check(_ result: OpaquePointer, _ expected: [Int]) throws(PostgreSQLError) {
        let status = Int(library.PQresultStatus(result))
        guard !expected.contains(status) else { return }
        throw failure(result)
    }

    private func failure(_ result: OpaquePointer?) -> PostgreSQLError {
        func field(_ field: Int) -> String? {
            guard let result, let words = library.PQresultErrorField(result, Int32(field)) else { return nil }
            return String(cString: words)
        }
        guard let code = field(akin_pg_field_sqlstate), library.PQstatus(handle) == akin_pg_connection_ok
        else { return .linkBroken(address, committing: false) }
        let reason = field(akin_pg_field_primary) ?? "without a word"
        return switch code {
        case "42501", "25006": .notPermitted(address, reason: reason)
        case "53100": .diskFull(address, reason: reason)
        case "57P01", "57P02", "57P03": .linkBroken(address, committing: false)
        default: .failed(address, code: code, reason: reason)
        }
    }
}

/// What a statement gave.
final class Rows {
    private let library: akin_pg_library
    let handle: OpaquePointer

    init(_ library: akin_pg_library, _ handle: OpaquePointer) {
        (self.library, self.handle) = (library, handle)
    }

    deinit { library.PQclear(handle) }

    var count: Int { Int(library.PQntuples(handle)) }

    /// How many rows the statement has changed.
    var changed: Int { library.PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    subscript(row: Int, column: Int) -> Field {
        let (row, column) = (Int32(row), Int32(column))
        return Field(
            bytes: UnsafeRawBufferPointer(
                start: library.PQgetvalue(handle, row, column),
                count: Int(library.PQgetlength(handle, row, column))),
            isNull: library.PQgetisnull(handle, row, column) != 0, of: self)
    }
}

/// The texts as C has them, and behind them nothing.
private func withCStrings<R>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
    func go(_ place: Int, _ pointers: [UnsafePointer<CChar>?]) -> R {
        guard place < texts.count else { return body(pointers + [nil]) }
        return texts[place].withCString { go(place + 1, pointers + [$0]) }
    }
    return go(0, [])
}
