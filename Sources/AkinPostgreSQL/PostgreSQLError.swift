import AkinBasics

/// Why a gallery in PostgreSQL could not be opened, read or changed. After a failed change it is as it was before, unless the
/// link broke while the change was being confirmed.
public enum PostgreSQLError: ExplainedError, Equatable, Sendable {
    /// libpq is not on this machine.
    case noLibrary
    case badAddress(reason: String)
    case passwordInAddress
    /// The server cannot be reached, or does not let in; its own words.
    case noConnection(PostgreSQLAddress, reason: String)
    /// The server wants a password, and none was found.
    case noPassword(PostgreSQLAddress, reason: String)
    /// `canBeMade`: the server has pgvector, but this user may not add it to the database.
    case noPgvector(PostgreSQLAddress, canBeMade: Bool)
    case oldPgvector(PostgreSQLAddress, found: String, needed: String)
    /// The database's texts are in another encoding than UTF-8.
    case wrongEncoding(PostgreSQLAddress, found: String)
    /// There is a schema `akin` that Akin has not made.
    case foreignTables(PostgreSQLAddress)
    case newerSchema(PostgreSQLAddress, found: Int, supported: Int)
    case noIndex(PostgreSQLAddress, others: [String])
    case alreadyAnIndex(PostgreSQLAddress)
    /// What is stored cannot be what Akin has written.
    case damaged(PostgreSQLAddress, part: String)
    case unsupportedDimension(Int, limit: Int)
    case noBackbone(PostgreSQLAddress, name: String)
    case unusableBackbone(PostgreSQLAddress, reason: String)
    case notPermitted(PostgreSQLAddress, reason: String)
    case diskFull(PostgreSQLAddress, reason: String)
    /// `committing`: nobody knows whether the change has been made.
    case linkBroken(PostgreSQLAddress, committing: Bool)
    case nothingToUndo(PostgreSQLAddress, user: String)
    /// Others have changed these items since, of which there are `count`; the first ones.
    case changedSince(sources: [Source], count: Int)
    /// Any other error of the server.
    case failed(PostgreSQLAddress, code: String, reason: String)
}

extension PostgreSQLError {
    /// What happened; what to do.
    public var description: String {
        switch self {
        case .noLibrary:
            "libpq, the library that speaks with PostgreSQL, cannot be opened; install it (Debian and Ubuntu: libpq5; Homebrew: "
                + "libpq), or name its file in the environment as AKIN_LIBPQ"
        case .badAddress(let reason):
            "the address is none of an index in PostgreSQL: \(reason); it reads postgresql://host/database?index=NAME"
        case .passwordInAddress:
            "the address holds a password, which others could read in the list of processes; leave it out, and put it into "
                + "~/.pgpass or a service file, or type it when asked"
        case .noConnection(let address, let reason):
            "no connection to \(address): \(Self.line(reason)); check the address, and whether the server runs and lets you in"
        case .noPassword(let address, let reason):
            "\(address) wants a password: \(Self.line(reason)); put it into ~/.pgpass or a service file, or type it when asked at "
                + "a terminal"
        case .noPgvector, .oldPgvector, .wrongEncoding, .foreignTables, .newerSchema: unfitDatabase
        case .noIndex(let address, let others):
            "there is no index '\(address.index)' in the database of \(address); "
                + (others.isEmpty
                    ? "make one by pushing"
                    : "it has " + others.prefix(10).map { "'\($0)'" }.joined(separator: ", "))
        case .alreadyAnIndex(let address):
            "there is an index '\(address.index)' in the database of \(address) already; choose another name"
        case .damaged(let address, let part):
            "\(address) is damaged, or was changed by another program: \(part) is not as Akin writes it; restore the database from a "
                + "copy"
        case .unsupportedDimension(let dimension, let limit):
            "embeddings of \(dimension) dimensions cannot be kept in PostgreSQL; pgvector takes 1 to \(limit)"
        case .noBackbone(let address, let name):
            "\(address) holds no backbone, only embeddings that were imported ('\(name)'), so it cannot embed pictures; ask about "
                + "vectors"
        case .unusableBackbone(let address, let reason): "the backbone of \(address): \(reason)"
        case .nothingToUndo(let address, let user):
            "the history of \(address) holds no change of '\(user)' that could be undone"
        case .changedSince(let sources, let count):
            "others have changed \(counted(count, "item")) of that change since: "
                + sources.map { "'\($0)'" }.joined(separator: ", ")
                + (count > sources.count ? " and \(count - sources.count) more" : "") + "; nothing was undone"
        case .notPermitted, .diskFull, .linkBroken, .failed: refusal
        }
    }

    private var unfitDatabase: String {
        switch self {
        case .noPgvector(let address, true):
            "the database of \(address) lacks the extension vector, which you may not add; let a superuser run CREATE EXTENSION "
                + "vector there"
        case .noPgvector(let address, false):
            "the server of \(address) has no pgvector; install it there (Debian and Ubuntu: postgresql-17-pgvector, with the "
                + "number of your server)"
        case .oldPgvector(let address, let found, let needed):
            "the database of \(address) has pgvector \(found), and Akin needs \(needed) or newer; install that, and let a superuser "
                + "run ALTER EXTENSION vector UPDATE there"
        case .wrongEncoding(let address, let found):
            "the database of \(address) keeps texts as \(found); make one with ENCODING 'UTF8'"
        case .foreignTables(let address):
            "the database of \(address) has a schema 'akin' that Akin did not make; take another database, or rename that "
                + "schema"
        case .newerSchema(let address, let found, let supported):
            "the tables of \(address) are of version \(found), this program knows versions up to \(supported); use a newer one"
        default: ""
        }
    }

    private var refusal: String {
        switch self {
        case .notPermitted(let address, let reason):
            "you may not do that with \(address): \(Self.line(reason)); ask its owner for the rights, or connect as another user"
        case .diskFull(let address, let reason):
            "the disk of \(address) is full: \(Self.line(reason)); make room there, and do it again"
        case .linkBroken(let address, false):
            "the connection to \(address) broke before it was done, and nothing of it was changed; do it again"
        case .linkBroken(let address, true):
            "the connection to \(address) broke while a change was being confirmed, and it may or may not have been made; do it again: "
                + "what is there already stays as it is"
        case .failed(let address, let code, let reason):
            "\(address) answers with error \(code): \(Self.line(reason)); see the server's log"
        default: ""
        }
    }

    /// libpq's words in one line, without a point at the end.
    private static func line(_ words: String) -> String {
        let lines = words.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0.isWhitespace } }
        return lines.joined(separator: " ").trimmingSuffix(".")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ end: String) -> String {
        hasSuffix(end) ? String(dropLast(end.count)) : self
    }
}
