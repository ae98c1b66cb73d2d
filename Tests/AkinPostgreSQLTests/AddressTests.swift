import Akin
import Foundation
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("postgresql://archive.example/akin?index=seals", "postgresql://archive.example/akin?index=seals"),
        (
            "postgres://ada@db1:5433,db2/akin?sslmode=require&index=two%20words",
            "postgresql://db1:5433,db2/akin?index=two words"
        ),
        ("postgresql:///akin?host=/run/postgresql&index=a%CC%88", "postgresql:///akin?index=ä"),
        ("postgresql://[::1]/akin?index=x", "postgresql://[::1]/akin?index=x"),
    ]) func isReadAndTold(address: String, told: String) throws {
        #expect(try PostgreSQLAddress(address).description == told)
    }

    @Test(arguments: [
        "postgresql://ada:secret@host/akin?index=x", "postgresql://:secret@host/akin?index=x",
        "postgresql://host/akin?index=x&password=secret", "postgresql://host/akin?pass%77ord=secret&index=x",
        "postgresql://host/akin?index=x&sslpassword=secret",
        "postgresql://ada:se/secret@host/akin?index=x", "postgresql://ada:secret?x@host/akin?index=x",
    ]) func aPasswordIsRefusedAndNotRepeated(address: String) throws {
        #expect(throws: PostgreSQLError.passwordInAddress) { try PostgreSQLAddress(address) }
        #expect(!"\(PostgreSQLError.passwordInAddress)".contains("secret"))
    }

    @Test(arguments: [
        "seals", "mysql://host/akin?index=x", "postgresql://host/akin", "postgresql://host/akin?index=",
        "postgresql://host/akin?index", "postgresql://host/akin?index=x&index=y",
        "postgresql://host/akin?index=%00",
        "postgresql://host/akin?index=%GG", "postgresql://host/akin?index=x\0",
        "postgresql://host/akin?index=" + String(repeating: "x", count: 201),
    ]) func whatIsNoAddressIsRefused(address: String) throws {
        #expect {
            try PostgreSQLAddress(address)
        } throws: { error in
            guard case PostgreSQLError.badAddress = error else { return false }
            return "\(error)".contains("postgresql://host/database?index=NAME")
        }
    }

    /// A copy that lags behind would take for removed what has just been pushed.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["PGTARGETSESSIONATTRS"] == nil),
        arguments: [
            ("postgresql://db1,db2/akin?index=x", ["read-write"]), ("postgresql://db1/akin?index=x", []),
            ("postgresql:///akin?host=db1,db2&index=x", ["read-write"]),
        ]) func ofSeveralHostsTheOneThatTakesChanges(address: String, wanted: [String]) throws
    {
        let defaults = try PostgreSQLAddress(address).defaults
        #expect(defaults.filter { $0.key == "target_session_attrs" }.map(\.value) == wanted)
    }

    /// Any host but the own one has to show a certificate.
    @Test(arguments: [
        ("postgresql://archive.example/akin?index=x", true),
        ("postgresql://localhost,other/akin?index=x", true),
        ("postgresql://localhost/akin?index=x", false), ("postgresql://127.0.0.1:5433/akin?index=x", false),
        ("postgresql://[::1]:1/akin?index=x", false), ("postgresql:///akin?index=x", false),
        ("postgresql://%2Frun%2Fpostgresql/akin?index=x", false),
        ("postgresql:///akin?host=other&index=x", true),
        ("postgresql:///akin?service=archive&index=x", true),
        ("postgresql://localhost.example/akin?index=x", true),
    ]) func hostsAreToShowACertificate(address: String, isFar: Bool) throws {
        #expect(try PostgreSQLAddress(address).asksForCertificate == isFar)
    }
}
