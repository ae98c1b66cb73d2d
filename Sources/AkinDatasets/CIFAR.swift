import AkinBasics
import AkinImages

/// The pictures of a file of CIFAR-10 or CIFAR-100's binary version (Krizhevsky 2009): for each picture its label, a
/// byte, before which CIFAR-100 has one for the coarse label, then 32 x 32 values of red, of green and of blue.
final class CIFARImages: PackedPictures {
    private static let side = 32
    private static let values = 3 * side * side

    let path: String
    private let bytes: [UInt8]
    private let labelBytes: Int

    init(_ path: String) throws(DatasetError) {
        self.path = path
        do throws(FileError) {
            bytes = try FileBytes.read(path, limit: 1 << 31)
        } catch {
            throw .file(path: path, error)
        }
        guard !bytes.isEmpty,
            let labelBytes = [1, 2].first(where: { [bytes] in
                bytes.count % (Self.values + $0) == 0
            })
        else { throw .notCIFAR(path: path, bytes: bytes.count) }
        self.labelBytes = labelBytes
    }

    var count: Int { bytes.count / (labelBytes + Self.values) }

    /// The file beside it in which the official archives name the labels.
    var namesFile: String {
        let folder = path[...path.utf8.lastIndex(of: UInt8(ascii: "/"))!]
        return folder + (labelBytes == 1 ? "batches.meta.txt" : "fine_label_names.txt")
    }

    /// The last one where there are two: CIFAR-100's fine one.
    func label(_ number: Int) -> Int { Int(bytes[start(number) - 1]) }

    subscript(number: Int) -> Image {
        let (start, plane) = (start(number), Self.side * Self.side)
        let pixels = [UInt8](unsafeUninitializedCapacity: Self.values) { buffer, count in
            for i in 0..<plane {
                for channel in 0..<3 { buffer[3 * i + channel] = bytes[start + channel * plane + i] }
            }
            count = Self.values
        }
        return Image(width: Self.side, height: Self.side, channels: 3, trusted: pixels)
    }

    private func start(_ number: Int) -> Int { number * (labelBytes + Self.values) + labelBytes }
}

extension Dataset {
    /// The items of binary CIFAR-10 or CIFAR-100 files (`data_batch_1.bin`, `train.bin`), in the order given; of
    /// CIFAR-100, the fine labels.
    ///
    /// - Parameter labelNames: what the labels 0, 1, ... are called; without it as `batches.meta.txt` or
    ///   `fine_label_names.txt` beside the file says, and where there is none, they are decimal numbers.
    public init(cifar paths: [String], labelNames: [String]? = nil) throws(DatasetError) {
        var samples: [Sample] = []
        for path in paths {
            let images = try CIFARImages(absolutePath(path))
            var names = labelNames ?? (0...255).map { "\($0)" }
            if labelNames == nil, let published = try Self.lines(images.namesFile) { names = published }
            for number in 0..<images.count {
                let label = images.label(number)
                guard label < names.count else {
                    throw .labelWithoutName(path: images.path, label: label, names: names.count)
                }
                samples.append(Sample(images, number: number, label: names[label]))
            }
        }
        self.init(samples: samples)
    }

    /// The lines of a text file that are not blank; nil where there is no such file.
    private static func lines(_ path: String) throws(DatasetError) -> [String]? {
        do throws(FileError) {
            return try textLines(path).map { String($0.text) }
        } catch .missing {
            return nil
        } catch {
            throw .file(path: path, error)
        }
    }
}
