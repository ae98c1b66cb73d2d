import AkinEmbedding
import Foundation
import TestSupport
import Testing

@Suite struct BackboneFoldersTests {
    private let folder: TemporaryFolder
    private let folders: BackboneFolders

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("first/seals.safetensors", "1")
        try folder.write("second/seals.safetensors", "2")
        try folder.write("second/coins.safetensors", "3")
        try folder.write("second/coins.jpg", "4")
        try folder.write("second/.safetensors", "5")
        folders = BackboneFolders(
            [folder.path + "/first", folder.path + "/none", folder.path + "/second"],
            named: ["shapes": folder.path + "/elsewhere"])
    }

    @Test func theFirstFileOfANameCounts() throws {
        #expect(
            folders.files == [
                "seals": folder.path + "/first/seals.safetensors",
                "coins": folder.path + "/second/coins.safetensors", "shapes": folder.path + "/elsewhere",
            ])
        #expect(try folders.file(of: "coins") == folder.path + "/second/coins.safetensors")
    }

    @Test func namesTheNearestAndAllThatThereAre() {
        let known = ["coins", "hog", "seals", "shapes"]
        let error = EmbeddingError.unknownName("seal", nearest: "seals", known: known, isFile: false)
        #expect(throws: error) { try folders.file(of: "seal", others: ["hog"]) }
        #expect(
            "\(error)"
                == "there is no backbone 'seal' (there are coins, hog, seals, shapes); did you mean 'seals'?")
        let file = EmbeddingError.unknownName("x", nearest: nil, known: known, isFile: true)
        #expect("\(file)".hasSuffix("; the file of this name is './x'"))
    }

    @Test(arguments: ["a/b", "./a", "a.safetensors", "/a"]) func aPathHasASlashOrAnEnding(text: String) {
        #expect(BackboneFolders.isPath(text))
        #expect(!BackboneFolders.isPath("efficientnet-lite0") && !BackboneFolders.isPath("hog+shapes"))
    }

    /// The tests are built in a checkout.
    @Test func theShippedBackboneIsFound() throws {
        let shapes = try BackboneFolders.standard.file(of: "shapes")
        #expect(FileManager.default.fileExists(atPath: shapes))
        #expect(
            BackboneFolders.user.hasPrefix("/")
                && BackboneFolders.standard.folders.contains(BackboneFolders.user))
    }
}
