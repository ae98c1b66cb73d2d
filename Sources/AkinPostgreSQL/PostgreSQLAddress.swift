import AkinItems
import Foundation

/// Where a gallery lies: `postgresql://[user@]host[:port][,host2]/database?index=seals`, with whatever else libpq
/// understands in an address, and no password.
public struct PostgreSQLAddress: Sendable, Hashable {
    /// The name of the index in its database.
    public let index: String
    /// The address as libpq takes it: all but the index.
    let connection: String
    /// The names of what the address sets, such as `sslmode`.
    private let settings: Set<String>
    private let hosts: [String]
    /// The part between the two slashes and the question mark, without a user.
    private let place: String

    /// Reads an address.
    ///
    /// - Throws: `badAddress`, `passwordInAddress`.
    public init(_ text: String) throws(PostgreSQLError) {
        guard text.isDatabaseAddress, !text.utf8.contains(0), let start = text.range(of: "://") else {
            throw .badAddress(reason: "it does not begin with postgresql://")
        }
        let rest = text[start.upperBound...]
        let mark = rest.firstIndex(of: "?")
        var authority = rest[..<(mark ?? rest.endIndex)]
        // As libpq: a question mark before it belongs to a password.
        if let at = rest.prefix(while: { $0 != "/" }).firstIndex(of: "@") {
            guard !rest[..<at].contains(where: { ":?".contains($0) }) else { throw .passwordInAddress }
            authority = authority[rest.index(after: at)...]
        }
        // What stands before that was the rest of a password with a slash in it; a name with this sign is written %40.
        guard !authority.contains("@") else { throw .passwordInAddress }
        let parts = mark.map { rest[rest.index(after: $0)...].split(separator: "&") } ?? []
        var kept: [Substring] = []
        var values: [String: String] = [:]
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let key = String(pair[0]).removingPercentEncoding,
                let value = String(pair[1]).removingPercentEncoding
            else { throw .badAddress(reason: "what stands behind the question mark is no list of key=value") }
            guard key != "password", key != "sslpassword" else { throw .passwordInAddress }
            guard values.updateValue(value, forKey: key) == nil else {
                throw .badAddress(reason: "it says '\(key)' twice")
            }
            if key != "index" { kept.append(part) }
        }
        guard let index = values.removeValue(forKey: "index"), !index.isEmpty else {
            throw .badAddress(reason: "it names no index: put ?index=NAME behind the database")
        }
        guard index.utf8.count <= 200, !index.utf8.contains(0) else {
            throw .badAddress(reason: "the name of an index has at most 200 bytes, none of them 0")
        }
        self.index = index.composedName
        settings = Set(values.keys)
        place = String(authority)
        hosts = Self.hosts(authority.prefix { $0 != "/" }, values)
        let beginning = text[..<(mark ?? text.endIndex)]
        connection = kept.isEmpty ? String(beginning) : beginning + "?" + kept.joined(separator: "&")
    }

    private static func hosts(_ authority: Substring, _ values: [String: String]) -> [String] {
        let environment = ProcessInfo.processInfo.environment
        if let named = values["host"] ?? values["hostaddr"] {
            return named.split(separator: ",").map(String.init)
        }
        guard !authority.isEmpty else {
            return (environment["PGHOST"] ?? environment["PGHOSTADDR"] ?? "").split(separator: ",").map(
                String.init)
        }
        return authority.split(separator: ",", omittingEmptySubsequences: false).map { host in
            if host.first == "[" { return String(host.dropFirst().prefix { $0 != "]" }) }
            return String(host.prefix { $0 != ":" }).removingPercentEncoding ?? String(host)
        }
    }

    /// Whether a server has to show a certificate for its name, unless the address or the environment says otherwise: any but the
    /// one of this machine.
    package var asksForCertificate: Bool {
        !isOwnHost && !settings.contains("sslmode")
    }

    /// Whether nothing goes over a network: no name of a host, a socket, or this machine.
    private var isOwnHost: Bool {
        hosts.allSatisfy {
            ["", "localhost", "127.0.0.1", "::1"].contains($0) || $0.first == "/" || $0.first == "@"
        }
            && !settings.contains("service") && ProcessInfo.processInfo.environment["PGSERVICE"] == nil
    }

    /// What libpq is told before the address, which may say otherwise.
    package var defaults: [(key: String, value: String)] {
        let environment = ProcessInfo.processInfo.environment
        var defaults: [(key: String, value: String)] = [
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
        ]
        if asksForCertificate, environment["PGSSLMODE"] == nil { defaults.append(("sslmode", "verify-full")) }
        if environment["PGCONNECT_TIMEOUT"] == nil { defaults.append(("connect_timeout", "10")) }
        // For reading too: a copy that lags behind would not know what has just been pushed.
        if hosts.count > 1, environment["PGTARGETSESSIONATTRS"] == nil {
            defaults.append(("target_session_attrs", "read-write"))
        }
        return defaults
    }
}

extension PostgreSQLAddress: CustomStringConvertible {
    /// As it is told to people: host, database and index.
    public var description: String { "postgresql://\(place)?index=\(index)" }
}

extension String {
    /// In normal form C: two spellings of an accent are one name.
    fileprivate var composedName: String { precomposedStringWithCanonicalMapping }
}
