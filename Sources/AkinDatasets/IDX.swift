import AkinBasics
import AkinImages

/// LeCun's format of MNIST: a magic number, the sizes, and then the bytes themselves; big-endian.
struct IDX {
    let sizes: [Int]
    /// The product of `sizes` values, the last size running fastest.
    let bytes: [UInt8]

    /// Reads a file of unsigned bytes, plain or gzip, in so many `dimensions`.
    ///
    /// - Parameter limit: of the bytes that it may hold.
    init(_ path: String, dimensions: Int, limit: Int = 1 << 31) throws(DatasetError) {
        let file: [UInt8]
        do throws(FileError) {
            file = try FileBytes.read(path, limit: limit)
        } catch {
            throw .file(path: path, error)
        }
        let isCompressed = Gzip.isCompressed(file)
        func content(_ count: Int) throws(DatasetError) -> [UInt8] {
            guard isCompressed else { return file }
            guard let bytes = Gzip.unfolded(file, limit: count) else { throw .damagedGzip(path: path) }
            return bytes
        }

        let headerLength = 4 + 4 * dimensions
        let header = try content(headerLength).prefix(headerLength)
        // Two zeros, 8 for unsigned bytes, and the number of dimensions.
        guard header.prefix(4).elementsEqual([0, 0, 8, UInt8(dimensions)]) else {
            throw .notIDX(path: path, dimensions: dimensions)
        }
        guard header.count == headerLength else {
            throw .wrongIDXLength(path: path, expected: headerLength, found: header.count)
        }
        sizes = (0..<dimensions).map { dimension in
            header[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard sizes.allSatisfy({ $0 > 0 }) else { throw .emptyIDX(path: path) }
        let product = sizes.reduce(1) { product, size in
            let (result, overflow) = product.multipliedReportingOverflow(by: size)
            return overflow ? Int.max : result
        }
        guard product <= limit else { throw .tooLargeIDX(path: path, bytes: product, limit: limit) }
        let expected = headerLength + product
        // One more than there should be, to see whether there is more.
        let whole = try content(expected + 1)
        guard whole.count >= expected else {
            throw .wrongIDXLength(path: path, expected: expected, found: whole.count)
        }
        guard whole.count == expected else { throw .longerIDX(path: path, expected: expected) }
        bytes = Array(whole[headerLength...])
    }
}

/// The pictures of an IDX file.
final class IDXImages: PackedPictures {
    let path: String
    private let images: IDX

    init(_ path: String) throws(DatasetError) {
        self.path = path
        images = try IDX(path, dimensions: 3)
    }

    var count: Int { images.sizes[0] }

    subscript(number: Int) -> Image {
        let (height, width) = (images.sizes[1], images.sizes[2])
        let start = number * height * width
        return Image(
            width: width, height: height, channels: 1,
            trusted: Array(images.bytes[start..<(start + height * width)]))
    }
}

extension Dataset {
    /// The items of two IDX files, plain or gzip: grey pictures, and a byte for each as its label.
    ///
    /// - Parameter labelNames: what the labels 0, 1, ... are called; without it they are decimal numbers.
    public init(idxImages imagesPath: String, labels labelsPath: String, labelNames: [String]? = nil)
        throws(DatasetError)
    {
        let images = try IDXImages(absolutePath(imagesPath))
        let labels = try IDX(absolutePath(labelsPath), dimensions: 1).bytes
        guard images.count == labels.count else {
            throw .countsDiffer(images: images.count, labels: labels.count)
        }
        let names = labelNames ?? (0...255).map { "\($0)" }
        if let largest = labels.max(), Int(largest) >= names.count {
            throw .labelWithoutName(
                path: absolutePath(labelsPath), label: Int(largest), names: names.count)
        }
        self.init(
            samples: labels.indices.map { Sample(images, number: $0, label: names[Int(labels[$0])]) })
    }
}
