import AkinBasics
import AkinDatasets
import AkinImages
import Foundation
import TestSupport
import Testing

/// Labels by the folders in which pictures lie: parts of a data set, sub-folders of classes, Omniglot's alphabets.
@Suite struct FolderLabelsTests {
    private let folder: TemporaryFolder
    private let png = Image.gradient(width: 6, height: 4, channels: 1).encodedAsPNG()

    init() throws { folder = try TemporaryFolder() }

    private func draw(_ names: String...) throws { for name in names { try folder.write(name, png) } }

    private func labels(_ depth: Int? = nil) throws -> [String] {
        try Dataset(folder: folder.path, FolderReading(labelDepth: depth)).samples.map(\.label)
    }

    private func drawParts() throws {
        for part in ["train", "val", "test"] {
            for label in ["cat", "dog"] { try draw("\(part)/\(label)/0.png", "\(part)/\(label)/1.png") }
        }
    }

    @Test func partsOfADataSetAreNoLabels() throws {
        try drawParts()
        let error = DatasetError.partsOfADataSet(
            path: folder.path, parts: ["test", "train", "val"], classes: ["cat", "dog"])
        #expect(throws: error) { try labels() }
        #expect(
            "\(error)"
                == "\(folder.path) holds the parts of a data set (test, train, val), not classes; give one of them, "
                + "such as \(folder.path)/train, or take labels from the folders in them (cat, dog)")
        #expect(Set(try labels(1)) == ["test", "train", "val"])
        let dataset = try Dataset(folder: folder.path, FolderReading(labelDepth: 2))
        #expect(dataset.labels == ["cat", "dog"] && dataset.splits == ["test", "train", "val"])
        #expect(try dataset.only(split: "val").count == 4)
        #expect(try Dataset(folder: folder.path + "/train").labels == ["cat", "dog"])
        // With a label of its own nothing is taken from the folders.
        #expect(try Dataset(files: [folder.path], label: "x").count == 12)
        #expect(throws: error) { try Dataset(files: [folder.path]) }
    }

    @Test(arguments: [
        ["Training Set", "Validation"], ["train2017", "val2017"], ["fold-1", "fold-2"],
        ["train_images", "Test"], ["dev"],
    ]) func partsHaveManyNames(_ parts: [String]) throws {
        for part in parts { try draw("\(part)/king/0.png") }
        #expect(throws: DatasetError.self) { try labels() }
        #expect(try labels(2) == parts.map { _ in "king" })
    }

    @Test(arguments: [
        ["train/1.png", "bus/1.png"], ["test/1.png"], ["test1/1.png", "test2/1.png"],
        ["trainer/a/1.png", "tester/a/1.png"],
        ["train/cat/1.png", "king/1.png"],
    ]) func classesMayBeCalledLikeThem(_ names: [String]) throws {
        for name in names { try draw(name) }
        #expect(try labels().count == names.count)
    }

    @Test func partsWithoutFoldersAreSaid() throws {
        try draw("train/0.png", "test/0.png")
        let error = DatasetError.partsOfADataSet(path: folder.path, parts: ["test", "train"], classes: [])
        #expect(throws: error) { try labels() }
        #expect("\(error)".hasSuffix("; put the pictures of each class into a folder of its own"))
    }

    @Test func picturesInSubfoldersAreSaid() throws {
        for user in ["anna", "bela"] { try draw("\(user)/genuine/0.png", "\(user)/forged/0.png") }
        let dataset = try Dataset(folder: folder.path)
        #expect(dataset.labels == ["anna", "bela"])
        #expect(
            dataset.remarks == [
                .picturesInSubfolders(
                    path: folder.path, classes: ["anna", "bela"], subfolders: ["forged", "genuine"],
                    isShared: true)
            ])
        #expect(
            "\(dataset.remarks[0])"
                == "the pictures of 'anna', 'bela' in \(folder.path) all lie in sub-folders, the same in "
                + "each (forged, genuine), which are not in their labels")
        #expect(try labels(2) == ["anna/forged", "anna/genuine", "bela/forged", "bela/genuine"])
        // Who says what is meant is not told.
        #expect(try Dataset(folder: folder.path, FolderReading(labelDepth: 1)).remarks == [])

        try draw("anna/0.png", "carl/x/y/0.png")
        let mixed = try Dataset(folder: folder.path)
        #expect(
            mixed.remarks == [
                .picturesInSubfolders(
                    path: folder.path, classes: ["bela", "carl"], subfolders: ["forged", "genuine", "x"],
                    isShared: false)
            ])
        let deep = try Dataset(folder: folder.path, FolderReading(labelDepth: 2))
        #expect(deep.skipped.map(\.source.path) == [folder.path + "/anna/0.png"])
        #expect(deep.skipped[0].reason.hasPrefix("lies in 1 folder, and the label is that of folder 2"))
        #expect(deep.labels.contains("carl/x"))
    }

    @Test func omniglotIsReadAsSuch() throws {
        try draw("Korean/character01/0539_01.png", "Greek/character01/0001_02.png")
        let dataset = try Dataset(folder: folder.path)
        #expect(dataset.samples.map(\.label) == ["Greek/character01", "Korean/character01"])
        #expect(dataset.groups == ["drawer 01", "drawer 02"])
        #expect(dataset.remarks == [.omniglot(path: folder.path)])
        #expect(
            try labels(1) == ["Greek", "Korean"] && labels(2) == ["Greek/character01", "Korean/character01"])
        // Another picture, and it is a tree like others.
        try draw("Korean/character01/a.png")
        #expect(try labels() == ["Greek", "Korean", "Korean"])
    }
}
