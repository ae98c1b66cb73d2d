import AkinBasics
import AkinDatasets
import AkinImages
import Foundation
import TestSupport
import Testing

@Suite struct FolderTests {
    private let folder: TemporaryFolder
    private let png = Image.gradient(width: 6, height: 4, channels: 1).encodedAsPNG()

    init() throws { folder = try TemporaryFolder() }

    private func reason(_ name: String, in dataset: Dataset) -> String? {
        dataset.skipped.first { $0.source.path == folder.path + "/" + name }?.reason
    }

    private func names(_ dataset: Dataset) -> [String] {
        dataset.samples.map { String($0.source.path.dropFirst(folder.path.count + 1)) }
    }

    @Test func foldersAreLabels() throws {
        for name in [
            "b/2.png", "b/10.PNG", "a b/x.jpeg", "a b/deep/er/y.ppm", "Ö/ö.jpg", "b/.h.png",
        ] {
            try folder.write(name, png)
        }
        try folder.write(".git/z.png", png)
        let dataset = try Dataset(folder: folder.path)
        #expect(names(dataset) == ["a b/deep/er/y.ppm", "a b/x.jpeg", "b/10.PNG", "b/2.png", "Ö/ö.jpg"])
        #expect(dataset.samples.map(\.label) == ["a b", "a b", "b", "b", "Ö"])
        #expect(dataset.labels == ["a b", "b", "Ö"])
        #expect(dataset.skipped.isEmpty)
        let ignored = [Ignored(kind: ".git", count: 1), .init(kind: "hidden", count: 1)]
        #expect(dataset.ignored == ignored)
        #expect(try dataset.image(at: 1) == Image.gradient(width: 6, height: 4, channels: 1))
        let content = try dataset.content(at: 0)
        #expect(try content.hash == dataset.contentHash(at: 1))
        #expect(try content.image().width == 6)
    }

    @Test func theNameOfTheFolderDoesNotMatter() throws {
        try folder.write("a/1.png", png)
        let expected = [folder.path + "/a/1.png"]
        for path in ["/", "//a/..", "/./", "/a/../a/.."] {
            #expect(try Dataset(folder: folder.path + path).samples.map(\.source.path) == expected)
        }
        // `..` behind a link leads to where the link's target lies.
        try folder.write("elsewhere/x/keep", "")
        #expect(symlink(folder.path + "/elsewhere/x", folder.path + "/link") == 0)
        try folder.write("elsewhere/b/2.png", png)
        let dataset = try Dataset(folder: folder.path + "/link/..")
        #expect(dataset.samples.map(\.source.path) == [folder.path + "/elsewhere/b/2.png"])
    }

    @Test func picturesWithoutAFolderNeedALabel() throws {
        try folder.write("loose.png", png)
        try folder.write("a/1.png", png)
        let dataset = try Dataset(folder: folder.path)
        #expect(names(dataset) == ["a/1.png"])
        #expect(
            try #require(reason("loose.png", in: dataset)).contains(
                "put it into a folder that is called as its label, or give it one"))
        let labelled = try Dataset(files: [folder.path], label: "seal")
        #expect(names(labelled) == ["a/1.png", "loose.png"])
        #expect(labelled.labels == ["seal"])
    }

    @Test func filesAndFoldersMix() throws {
        let loose = try folder.write("loose", png)
        let other = try folder.write("other.png", png)
        try folder.write("tree/a/1.png", png)
        let dataset = try Dataset(files: [loose, folder.path + "/tree", other, loose], label: "x")
        #expect(names(dataset) == ["loose", "tree/a/1.png", "other.png"])
        let unlabelled = try Dataset(files: [loose, folder.path + "/tree", folder.path + "/none.png"])
        #expect(unlabelled.samples.map(\.label) == ["a"])
        #expect(reason("loose", in: unlabelled)?.contains("has no label") == true)
        #expect(reason("none.png", in: unlabelled)?.contains("no such file") == true)
        #expect(throws: DatasetError.emptyLabel) { try Dataset(files: [loose], label: "") }
    }

    @Test func wrongUseIsNamed() throws {
        #expect(throws: DatasetError.noImages(path: folder.path)) { try Dataset(folder: folder.path) }
        #expect(throws: DatasetError.file(path: folder.path + "/none", .missing)) {
            try Dataset(folder: folder.path + "/none")
        }
        let file = try folder.write("file", "")
        #expect(throws: DatasetError.notAFolder(path: file)) { try Dataset(folder: file) }
    }

    /// The folder that a careless user has: the rest is read, and each bad file is named with its reason.
    @Test(.timeLimit(.minutes(1))) func aFolderOfEverythingThatGoesWrong() throws {
        try folder.write("good/1.png", png)
        try folder.write("with blank/é ü 日本.png", png)
        try folder.write("bad/text.jpg", "Dear Sir,\n")
        let jpeg = try Image.gradient(width: 60, height: 40, channels: 3).encodedAsJPEG()
        try folder.write("bad/truncated.jpg", Array(jpeg[..<(jpeg.count / 2)]))
        try folder.write("bad/zero.png", [])
        try folder.write("bad/huge.png", PNGWriter.claiming(width: 60000, height: 60000))
        let pipe = folder.path + "/bad/pipe.png"
        #expect(mkfifo(pipe, 0o644) == 0)
        #expect(symlink("nowhere.png", folder.path + "/bad/dangling.png") == 0)
        #expect(symlink("itself.png", folder.path + "/bad/itself.png") == 0)
        #expect(symlink("..", folder.path + "/bad/loop") == 0)
        #expect(symlink("../good", folder.path + "/bad/again") == 0)
        #expect(mkdir(folder.path + "/bad/folder.png", 0o755) == 0)
        let unreadable = try folder.write("bad/unreadable.png", png)
        #expect(chmod(unreadable, 0) == 0)

        let dataset = try Dataset(folder: folder.path)
        #expect(reason("bad/pipe.png", in: dataset) == "a named pipe, not a file")
        #expect(reason("bad/dangling.png", in: dataset)?.contains("does not exist") == true)
        #expect(reason("bad/itself.png", in: dataset)?.contains("leads back to itself") == true)
        #expect(
            reason("bad/loop", in: dataset)?.contains("leads to the folder \(folder.path), which") == true)
        #expect(reason("bad/again", in: dataset)?.contains("leads to the folder \(folder.path)/good") == true)
        var problems: [String: String] = [:]
        var read: [String] = []
        for (position, name) in names(dataset).enumerated() {
            do {
                _ = try dataset.image(at: position)
                read.append(name)
            } catch {
                problems[name] = "\(error)"
            }
        }
        if getuid() == 0 {
            print("skipped: to the superuser every file is readable")
            read.removeAll { $0 == "bad/unreadable.png" }
        } else {
            #expect(
                problems.removeValue(forKey: "bad/unreadable.png")?.contains("check its permissions") == true)
        }
        #expect(read == ["good/1.png", "with blank/é ü 日本.png"])
        #expect(Set(problems.keys) == ["bad/text.jpg", "bad/truncated.jpg", "bad/zero.png", "bad/huge.png"])
        for (name, part) in [
            ("bad/text.jpg", "not a picture that can be read but text"), ("bad/truncated.jpg", "truncated"),
            ("bad/zero.png", "the file is empty"),
            (
                "bad/huge.png",
                "60000 x 60000 pixels need 3.4 GiB of memory, more than the memory limit of 2 GiB"
            ),
        ] {
            let problem = try #require(problems[name])
            #expect(problem.hasPrefix("\(folder.path)/\(name): ") && problem.contains(part))
        }
    }

    /// With it would come all that lies beside the folder.
    @Test func aLinkOutOfTheFolderToOneAboveIsRefused() throws {
        try folder.write("above/beside/1.png", png)
        try folder.write("above/root/c/2.png", png)
        #expect(symlink("../..", folder.path + "/above/root/c/up") == 0)
        let dataset = try Dataset(folder: folder.path + "/above/root")
        #expect(dataset.samples.map(\.source.path) == [folder.path + "/above/root/c/2.png"])
        #expect(dataset.skipped.map(\.source.path) == [folder.path + "/above/root/c/up"])
        #expect(dataset.skipped[0].reason.hasPrefix("leads to a folder in which "))
    }

    @Test func linksAreFollowedOnce() throws {
        try folder.write("outside/1.png", png)
        try folder.write("root/c/keep.png", png)
        for link in ["b", "a"] { #expect(symlink("../outside", folder.path + "/root/" + link) == 0) }
        #expect(symlink("../../outside/1.png", folder.path + "/root/c/link.png") == 0)
        let dataset = try Dataset(folder: folder.path + "/root")
        #expect(names(dataset) == ["root/a/1.png", "root/c/keep.png", "root/c/link.png"])
        #expect(dataset.skipped.map(\.source.path) == [folder.path + "/root/b"])
    }

    /// Whatever it is called: what a file is, its content says.
    @Test func contentDecides() throws {
        let jpeg = try Image.gradient(width: 60, height: 40, channels: 3).encodedAsJPEG()
        let pictures = [
            "a/1.jpg_large", "a/2.jpg~", "a/3.bak", "fol/fol. 12v-0", "none/MS_0001", "none/x.txt",
        ]
        for name in pictures { try folder.write(name, jpeg) }
        for name in ["a/note.txt", "a/b.TXT", "a/MS_1", "texts/1.csv", "texts/deep/2.csv", "loose.md"] {
            try folder.write(name, "Dear Sir,\nP5 is a kind of picture.\n")
        }
        try folder.write("texts/empty", [])
        #expect(mkfifo(folder.path + "/a/pipe", 0o644) == 0)
        // Of formats that are not read, but are pictures or pages: skipped with the reason when they are decoded.
        try folder.write("a/scan.pdf", "%PDF-1.7\n")
        try folder.write("a/x.jxl", [0, 0, 0, 12] + Array("JXL \r\n".utf8) + [0x87, 0x0A])
        let dataset = try Dataset(folder: folder.path)
        #expect(names(dataset) == (pictures + ["a/scan.pdf", "a/x.jxl"]).sorted())
        #expect(dataset.skipped.isEmpty)
        #expect(
            dataset.ignored.map(\.description) == ["3 without ending", "2 .csv", "2 .txt", "1 .md"])
        #expect(
            dataset.remarks == [
                .foldersWithoutPicture(
                    path: folder.path,
                    [
                        .init(
                            name: "texts",
                            ignored: [.init(kind: ".csv", count: 2), .init(kind: "without ending", count: 1)]
                        )
                    ])
            ])
        #expect(
            "\(dataset.remarks[0])" == "no picture in 'texts' (2 .csv, 1 without ending) of \(folder.path)")
        let error = DatasetError.noImages(
            path: folder.path + "/texts",
            ignored: [.init(kind: ".csv", count: 2), .init(kind: "without ending", count: 1)])
        #expect(throws: error) { try Dataset(folder: folder.path + "/texts") }
        #expect("\(error)".contains("holds no pictures, but 2 .csv, 1 without ending; put pictures"))
    }

    @Test func whatSystemsLeaveIsPassedOver() throws {
        for name in ["king/0.png", "king/1.png", "bishop/0.png"] { try folder.write(name, png) }
        for name in [
            "king/@eaDir/0.png/SYNOPHOTO_THUMB_M.jpg", "king/@eaDir/0.png/SYNOPHOTO_THUMB_XL.jpg",
            "bishop/@eaDir/x.png", "#recycle/old.png", "#snapshot/1/king/0.png", "$Recycle.Bin/$R0.png",
            "System Volume Information/a", "lost+found/b.png", "__MACOSX/king/._0.png",
            ".Trash-1000/files/a.png",
            ".Trash/b.png", "king/Thumbs.db", "king/.DS_Store", "king/._1.png",
        ] {
            try folder.write(name, png)
        }
        try folder.write(".akinignore", "")
        // With nothing in it there is nothing to count.
        #expect(mkdir(folder.path + "/king/#snapshot", 0o755) == 0)
        let dataset = try Dataset(folder: folder.path)
        #expect(names(dataset) == ["bishop/0.png", "king/0.png", "king/1.png"])
        #expect(dataset.labels == ["bishop", "king"] && dataset.skipped.isEmpty && dataset.remarks.isEmpty)
        #expect(
            Set(dataset.ignored.map(\.description)) == [
                "3 @eaDir", "1 #recycle", "1 #snapshot", "1 $RECYCLE.BIN", "1 System Volume Information",
                "1 lost+found", "1 __MACOSX", "2 .Trash", "1 Thumbs.db", "1 .DS_Store", "1 hidden",
                "1 .akinignore",
            ])
        // One that is named is read.
        #expect(try Dataset(files: [folder.path + "/#recycle"], label: "x").count == 1)
    }
}
