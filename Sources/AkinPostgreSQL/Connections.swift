import Synchronization

/// The connections to one server that are at rest.
final class Connections: Sendable {
    let address: PostgreSQLAddress
    private let asked: (@Sendable (PostgreSQLAddress) -> String?)?
    private let state = Mutex(State())

    private struct State {
        /// For reading, and for writing.
        var resting: [Bool: [Connection]] = [:]
        var password: String?
    }

    init(_ address: PostgreSQLAddress, password: (@Sendable (PostgreSQLAddress) -> String?)?) {
        self.address = address
        asked = password
    }

    /// One that rests, or a new one whose database has been looked at.
    func take(writing: Bool) throws(PostgreSQLError) -> Connection {
        if let resting = state.withLock({ $0.resting[writing]?.popLast() }) { return resting }
        let new = try takeNew(writing: writing)
        _ = try Schema(connection: new).check()
        return new
    }

    /// A new one. Those that rest are given up: they have broken, or there is none.
    func takeNew(writing: Bool) throws(PostgreSQLError) -> Connection {
        let password = state.withLock {
            $0.resting[writing] = []
            return $0.password
        }
        do throws(PostgreSQLError) {
            return try Connection(address, writing: writing, password: password)
        } catch .wrongPassword(let address, let reason) {
            // Once: who mistypes starts again.
            guard password == nil, let asked, let typed = asked(address) else {
                throw .wrongPassword(address, reason: reason)
            }
            let connection = try Connection(address, writing: writing, password: typed)
            state.withLock { $0.password = typed }
            return connection
        }
    }

    func giveBack(_ connection: Connection, writing: Bool) {
        guard connection.isIdle else { return }
        state.withLock { $0.resting[writing, default: []].append(connection) }
    }
}
