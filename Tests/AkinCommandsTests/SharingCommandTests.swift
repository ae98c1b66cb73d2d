import Foundation
import TestSupport
import Testing

@Suite struct SharingCommandTests {
    @Test func aPasswordInTheAddressIsRefusedUnseen() throws {
        for words in [
            ["index", "push", "seals", "postgresql://ada:sesame@host/akin?index=x"],
            ["index", "pull", "postgresql://host/akin?index=x&password=sesame", "seals"],
            ["index", "stats", "postgresql://ada:sesame@host/akin?index=x"],
            ["index", "create", "postgresql://ada:sesame@host/akin?index=x", "--backbone", "pixels"],
        ] {
            let result = try AkinProgram.run(words)
            result.expectFailure("")
            #expect(!result.errors.contains("sesame"), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: "postgresql:"))
    }

    /// For now; what takes addresses is named.
    @Test func otherCommandsTakeFolders() throws {
        let address = "postgresql://host/akin?index=x"
        for words in [
            ["index", "list", address], ["query", address, "1.png"], ["index", "add", address, "."],
        ] {
            let result = try AkinProgram.run(words)
            result.expectFailure("the address of a shared index is taken by push and pull only")
            #expect(result.errors.contains("'akin index pull'"))
        }
        try AkinProgram.run("index", "push", "seals", "host/akin").expectFailure("")
    }

    @Test(.enabled(if: DatabaseServer.shared != nil, "\(DatabaseServer.advice)")) func thereAndBack() throws {
        let server = try #require(DatabaseServer.shared)
        let workshop = try Workshop()
        for label in ["abbot", "bishop"] { try workshop.draw(label, 0..<4) }
        try workshop.makeIndex()
        let address = server.address("test-\(UUID().uuidString)")
        let copy = workshop.folder.path + "/copy"
        let pushed = try AkinProgram.run("index", "push", workshop.index, address)
        #expect(pushed.code == 0 && pushed.output.hasPrefix("pushed: 8 added\n"), "\(pushed)")
        #expect(pushed.errors == "")
        let pulled = try AkinProgram.run("index", "pull", address, copy, "--json").json()
        #expect(pulled["added"] as? Int == 8 && pulled["created"] as? Bool == true)
        let picture = workshop.pictures + "/abbot/1.png"
        let answers = try [workshop.index, copy].map { try AkinProgram.run("query", $0, picture).output }
        #expect(answers[0] == answers[1] && answers[0].contains("abbot"))
        // Memory that is given back is overwritten at once.
        let again = try AkinProgram.run(
            "index", "push", workshop.index, address, environment: ["MALLOC_PERTURB_": "165"])
        #expect(again.output == "pushed: nothing to do\n", "\(again)")
        #expect(try AkinProgram.run("index", "push", workshop.index, address, "--quiet").output == "")
        for (index, label) in [(workshop.index, "here"), (copy, "there")] {
            #expect(try AkinProgram.run("index", "relabel", index, picture, "--to", label).code == 0)
        }
        #expect(try AkinProgram.run("index", "push", workshop.index, address).output == "pushed: 1 updated\n")
        let conflict = try AkinProgram.run("index", "push", copy, address)
        #expect(conflict.output.contains("abbot/1.png: here 'there', there 'here'"), "\(conflict.output)")
        // Whose own change was replaced is told.
        let replaced = try AkinProgram.run("index", "pull", address, copy, "--quiet")
        #expect(replaced.output.contains("abbot/1.png: here 'there', there 'here'"), "\(replaced.output)")
    }
}
