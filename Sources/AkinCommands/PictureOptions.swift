import Akin
import ArgumentParser

/// How pictures are read.
struct PictureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The memory that decoding one picture may take: a number with K, M or G. (default: 2G)",
            valueName: "size"))
    var memoryLimit: MemorySize?

    mutating func validate() {
        if let memoryLimit { DecodingLimits.standard = DecodingLimits(memory: memoryLimit.bytes) }
    }
}

/// A number of bytes, as people write it: 800M, 1.5G.
struct MemorySize: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        var digits = argument.uppercased()[...]
        // 2GiB and 2GB are 2G.
        for ending in ["IB", "B"] where digits.hasSuffix(ending) {
            digits.removeLast(ending.count)
            break
        }
        let units: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40]
        var factor = 1.0
        if let unit = digits.last.flatMap({ units[$0] }) {
            factor = unit
            digits.removeLast()
        }
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits)
        else {
            return nil
        }
        let product = number * factor
        guard product >= 1, product < 1e18 else { return nil }
        bytes = Int(product)
    }
}
