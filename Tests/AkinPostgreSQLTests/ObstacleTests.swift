import Akin
import AkinBasics
import Foundation
import TestSupport
import Testing

/// Each obstacle has its own error, and changes nothing.
@Suite(.enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)")) struct ObstacleTests {
    private let server: DatabaseServer

    init() throws { server = try #require(DatabaseServer.shared) }

    private func database(_ options: String = "") throws -> String {
        let name = "d" + UUID().uuidString.lowercased().replacing("-", with: "")
        try server.sql("create database \(name) \(options)")
        return name
    }

    @discardableResult
    private func made(_ address: PostgreSQLAddress) throws -> PostgreSQLGallery {
        let gallery = try PostgreSQLGallery.create(at: address, dimension: 2, backbone: .init(named: "drawn"))
        try add("/1", to: gallery)
        return gallery
    }

    private func add(_ source: Source, to gallery: PostgreSQLGallery) throws {
        try gallery.write("one") {
            _ = try $0.put(.init(label: "a", source: source), contentHash: ContentHash(of: [1]), [1, 2])
        }
    }

    private func opened(_ address: PostgreSQLAddress) throws {
        _ = try PostgreSQLGallery(opening: address, backbones: .standard)
    }

    @Test func noServer() throws {
        let address = try PostgreSQLAddress("postgresql://127.0.0.1:1/akin?index=x")
        #expect {
            try opened(address)
        } throws: { error in
            guard case PostgreSQLError.noConnection(address, _) = error else { return false }
            return "\(error)".contains("no connection to postgresql://127.0.0.1:1/akin?index=x:")
        }
    }

    @Test func noDatabaseAndNoIndex() throws {
        #expect {
            try opened(.new(database: "none"))
        } throws: { error in
            if case PostgreSQLError.noConnection = error { true } else { false }
        }
        let name = try database()
        let (one, two) = (
            try PostgreSQLAddress.new(database: name), try PostgreSQLAddress.new(database: name)
        )
        #expect(throws: PostgreSQLError.noIndex(one, others: [])) { try opened(one) }
        try made(one)
        #expect(throws: PostgreSQLError.noIndex(two, others: [one.index])) { try opened(two) }
        #expect(throws: PostgreSQLError.alreadyAnIndex(one)) { try made(one) }
    }

    @Test func aPasswordIsAskedForOnce() throws {
        try server.sql(
            """
            do $$ begin create role secret login password 'open sesame'; exception when duplicate_object then null; end $$
            """)
        let name = try database("owner secret")
        try server.sql("create extension vector", database: name)
        let address = try PostgreSQLAddress.new(database: name, user: "secret")
        func isRefused(_ password: (@Sendable (PostgreSQLAddress) -> String?)?) {
            #expect {
                _ = try PostgreSQLGallery.create(
                    at: address, dimension: 2, backbone: .init(named: "drawn"), password: password)
            } throws: { error in
                guard !"\(error)".contains("sesam") else { return false }
                if case PostgreSQLError.noPassword(address, _) = error { return password == nil }
                return "\(error)".contains("password authentication failed") && password != nil
            }
        }
        isRefused(nil)
        isRefused { _ in "close sesam" }
        // A right one is not called wrong, whatever else fails.
        #expect {
            _ = try PostgreSQLGallery(
                opening: .new(database: "none", user: "secret"), backbones: .standard,
                password: { _ in "open sesame" })
        } throws: { error in
            guard case PostgreSQLError.noConnection = error else { return false }
            return "\(error)".contains("does not exist")
        }
        let gallery = try PostgreSQLGallery.create(
            at: address, dimension: 2, backbone: .init(named: "drawn"), password: { _ in "open sesame" })
        try add("/1", to: gallery)
        #expect(try gallery.read { try $0.count } == 1)
    }

    @Test func whatTheDatabaseLacks() throws {
        try server.sql(
            "do $$ begin create role plain login; exception when duplicate_object then null; end $$")
        let plain = try PostgreSQLAddress.new(database: try database("owner plain"), user: "plain")
        #expect(throws: PostgreSQLError.noPgvector(plain, canBeMade: true)) { try made(plain) }
        let latin = try PostgreSQLAddress.new(
            database: try database("encoding 'LATIN1' locale 'C' template template0"))
        #expect(throws: PostgreSQLError.wrongEncoding(latin, found: "LATIN1")) { try made(latin) }
        let name = try database()
        let old = try PostgreSQLAddress.new(database: name)
        try made(old)
        try server.sql(
            "update pg_extension set extversion = '0.6.2' where extname = 'vector'", database: name)
        let error = PostgreSQLError.oldPgvector(old, found: "0.6.2", needed: "0.7.0")
        #expect(throws: error) { try opened(old) }
        try server.sql(
            "update pg_extension set extversion = '0.10.0' where extname = 'vector'", database: name)
        try opened(old)
        try server.sql("drop extension vector cascade", database: name)
        #expect(throws: PostgreSQLError.noPgvector(old, canBeMade: true)) { try opened(old) }
    }

    @Test func otherTablesAndNewerOnes() throws {
        for statements in [
            "create schema akin", "create schema akin; create table akin.version (number int)",
        ] {
            let name = try database()
            try server.sql(statements, database: name)
            let address = try PostgreSQLAddress.new(database: name)
            #expect(throws: PostgreSQLError.foreignTables(address)) { try made(address) }
            #expect(throws: PostgreSQLError.foreignTables(address)) { try opened(address) }
        }
        let name = try database()
        let address = try PostgreSQLAddress.new(database: name)
        try made(address)
        try server.sql("update akin.version set number = 99", database: name)
        #expect(throws: PostgreSQLError.newerSchema(address, found: 99, supported: 1)) { try opened(address) }
    }

    /// With the rights that the article gives to readers and writers.
    @Test func whoMayNotWrite() throws {
        let name = try database()
        let address = try PostgreSQLAddress.new(database: name)
        try made(address)
        for role in ["reader", "writer"] {
            try server.sql(
                "do $$ begin create role \(role) login; exception when duplicate_object then null; end $$")
        }
        try server.sql(
            """
            grant usage on schema akin to reader, writer;
            grant select on all tables in schema akin to reader, writer;
            grant insert, update, delete on akin.items, akin.embeddings, akin.changes, akin.kept to writer;
            grant update on akin.indexes to writer
            """, database: name)
        func gallery(_ user: String) throws -> PostgreSQLGallery {
            try PostgreSQLGallery(
                opening: PostgreSQLAddress(server.address(address.index, database: name, user: user)),
                backbones: .standard)
        }
        let (reader, writer) = (try gallery("reader"), try gallery("writer"))
        func isNotPermitted(_ body: () throws -> Void) {
            #expect {
                try body()
            } throws: { error in
                if case PostgreSQLError.notPermitted = error { true } else { false }
            }
        }
        isNotPermitted { try add("/2", to: reader) }
        isNotPermitted { try reader.undo() }
        #expect(try reader.read { try $0.neighbours(of: Matrix(rows: 1, columns: 2), k: 3)[0].count } == 1)
        try add("/3", to: writer)
        try writer.undo()
        isNotPermitted { try made(PostgreSQLAddress(server.address("new", database: name, user: "writer"))) }
        #expect(try reader.read { try $0.count } == 1)
    }

    /// A change that was cut is not there; the next one goes by a new connection.
    @Test func aBrokenLink() throws {
        let name = try database()
        let gallery = try made(try .new(database: name))
        let cut =
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'akin' and datname = '\(name)'"
        #expect(throws: PostgreSQLError.linkBroken(gallery.address, committing: false)) {
            try gallery.write("cut") { writer in
                _ = try writer.put(
                    .init(label: "a", source: "/2"), contentHash: ContentHash(of: [1]), [1, 2])
                try server.sql(cut)
                _ = try writer.current.count
            }
        }
        #expect(throws: PostgreSQLError.linkBroken(gallery.address, committing: true)) {
            try gallery.write("cut") { _ in try server.sql(cut) }
        }
        try server.sql(cut)
        #expect(try gallery.read { try $0.count } == 1)
        try server.sql(cut)
        try add("/3", to: gallery)
        #expect(try gallery.read { try $0.count } == 2)
    }

    @Test func tooManyDimensions() throws {
        #expect(throws: PostgreSQLError.unsupportedDimension(16_001, limit: 16_000)) {
            try PostgreSQLGallery.create(at: try .new(), dimension: 16_001, backbone: .init(named: "x"))
        }
        let gallery = try PostgreSQLGallery.create(
            at: try .new(), dimension: 16_000, backbone: .init(named: "x"))
        let vector = (0..<16_000).map { Float($0) }
        try gallery.write("one") {
            _ = try $0.put(.init(label: "a", source: "/1"), contentHash: ContentHash(of: [1]), vector[...])
        }
        #expect(try gallery.read { try $0.labelled().embeddings.values } == vector)
    }
}
