import Synchronization

/// The connections to one server that are at rest.
final class Connections: Sendable {
    let address: PostgreSQLAddress
    private let asked: (@Sendable (PostgreSQLAddress) -> String?)?
    private let state = Mutex(State())

    private struct State {
        var resting: [Connection] = []
        var password: String?
    }

    init(_ address: PostgreSQLAddress, password: (@Sendable (PostgreSQLAddress) -> String?)?) {
        self.address = address
        asked = password
    }

    /// One that rests, or a new one whose database has been looked at.
    func take() throws(PostgreSQLError) -> Connection {
        if let resting = state.withLock({ $0.resting.popLast() }) { return resting }
        let new = try takeNew()
        _ = try Schema(connection: new).check()
        return new
    }

    /// A new one. Those that rest are given up: they have broken, or there is none.
    func takeNew() throws(PostgreSQLError) -> Connection {
        let password = state.withLock {
            $0.resting = []
            return $0.password
        }
        do throws(PostgreSQLError) {
            return try Connection(address, password: password)
        } catch .noPassword(let address, let reason) {
            // Once: who mistypes starts again.
            guard password == nil, let asked, let typed = asked(address) else {
                throw .noPassword(address, reason: reason)
            }
            let connection = try Connection(address, password: typed)
            state.withLock { $0.password = typed }
            return connection
        }
    }

    func giveBack(_ connection: Connection) {
        guard connection.isIdle else { return }
        state.withLock { $0.resting.append(connection) }
    }
}
