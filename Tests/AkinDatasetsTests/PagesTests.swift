import AkinBasics
import AkinDatasets
import AkinImages
import TestSupport
import Testing

/// A TIFF file of three pages: 24 x 17, 20 x 17 and 24 x 9.
@Suite struct PagesTests {
    private let folder: TemporaryFolder
    private let scan: String

    init() throws {
        folder = try TemporaryFolder()
        scan = try folder.write("seals/scan.tif", Fixtures.bytes("pictures/tiff-pages.tif"))
        try folder.write("seals/one.png", Fixtures.bytes("pictures/png-rgb.png"))
    }

    private func sizes(_ dataset: Dataset) throws -> [[Int]] {
        try dataset.samples.indices.map { position in
            let image = try dataset.image(at: position)
            return [image.width, image.height]
        }
    }

    @Test func theFirstIsTakenAndTheOthersAreCounted() throws {
        let dataset = try Dataset(folder: folder.path).withPages(takingAll: false)
        #expect(dataset.pages == [MorePages(source: Source(scan), more: 2)])
        #expect(dataset.remarks == [.morePages(dataset.pages)])
        #expect(
            "\(dataset.remarks[0])" == "2 more pages behind the first that is taken: \(scan) (2)")
        #expect(try sizes(dataset) == [[24, 17], [24, 17]])
    }

    @Test func allAreTaken() throws {
        let dataset = try Dataset(folder: folder.path).withPages(takingAll: true)
        #expect(dataset.pages.isEmpty && dataset.remarks.isEmpty)
        #expect(dataset.samples.suffix(3).map(\.source.path) == [scan, scan + "#2", scan + "#3"])
        #expect(dataset.samples.allSatisfy { $0.label == "seals" })
        #expect(try sizes(dataset) == [[24, 17], [24, 17], [20, 17], [24, 9]])
        // Each is something else, and the first what it is without the others.
        let hashes = try dataset.samples.map { try $0.content().hash }
        #expect(Set(hashes).count == 4)
        #expect(try hashes[1] == Dataset(files: [scan], label: "x").contentHash(at: 0))
    }

    @Test func aPageThatIsNoMoreIsLost() throws {
        #expect(!Source(scan + "#3").isLostPage && Source(scan + "#4").isLostPage)
        // Of a file that is none, and of one that cannot be read, nothing is said.
        #expect(
            !Source(folder.path + "/seals/one.png#2").isLostPage
                && !Source(folder.path + "/none.tif#2").isLostPage)
        let bytes = try Fixtures.bytes("pictures/tiff-pages.tif")
        for count in stride(from: 0, to: bytes.count, by: 7) {
            try folder.write("cut.tif", Array(bytes.prefix(count)))
            #expect(
                !Source(folder.path + "/cut.tif#2").isLostPage
                    && !Source(folder.path + "/cut.tif#3").isLostPage)
        }
    }

    @Test func oneIsNamed() throws {
        let dataset = try Dataset(files: [scan + "#2", scan + "#1"], label: "x")
        #expect(try sizes(dataset) == [[20, 17], [24, 17]])
        let source = Source(scan + "#3")
        #expect(try sizes(Dataset(sources: [(source, "x", nil)])) == [[24, 9]])
        #expect(SourcePictures().picture(of: source)?.height == 9)
        let manifest = try folder.write("list.csv", "path,label\nseals/scan.tif#2,king\n")
        #expect(try sizes(Dataset(manifest: manifest)) == [[20, 17]])
    }

    @Test func whatIsNotThereIsSaid() throws {
        func message(_ path: String) -> String {
            do {
                let dataset = try Dataset(files: [path], label: "x")
                if let skipped = dataset.skipped.first { return skipped.reason }
                _ = try dataset.image(at: 0)
                return "decoded"
            } catch { return "\(error)" }
        }
        #expect(message(scan + "#4").contains("picture 4 of a file that holds 3"))
        #expect(message(folder.path + "/seals/one.png#2").contains("picture 2 of a file that holds 1"))
        for name in ["#0", "#-1", "#x", "#", "s#2"] {
            #expect(message(scan + name) == message(folder.path + "/none.tif"), "\(name)")
        }
    }

    @Test func aFileOfThatNameComesFirst() throws {
        try folder.write("seals/scan.tif#2", Fixtures.bytes("pictures/png-grey.png"))
        let dataset = try Dataset(files: [scan + "#2"], label: "x")
        #expect(try dataset.image(at: 0).channels == 1)
        #expect(try sizes(dataset) == [[24, 17]])
    }
}
