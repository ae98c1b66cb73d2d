// What Tools/fuzz-decoders calls with each input for the formats that are read in Swift. It is compiled together with
// their files alone.

import CAkinDecoding

/// Stands for the library's, of which they know the name only.
struct Orientation {}

/// Pictures that take more are left out.
private let mostBytes = 1 << 20

nonisolated(unsafe) private var taken: UInt32 = 0

/// Decodes an input as the library does; traps where a row is missing or too many.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let content = UnsafeRawBufferPointer(start: start, count: count)
    for (begins, decoder) in [
        (BMP.begins(content), PictureDecoder(BMP.self)), (PNM.begins(content), PictureDecoder(PNM.self)),
    ] where begins {
        var file = akin_encoded()
        file.bytes = start
        file.count = count
        var (measured, picture) = (akin_picture(), akin_picture())
        guard decoder.measure(&file, &measured) == 0, measured.width > 0, measured.height > 0,
            measured.rows <= mostBytes, akin_row_bytes(&measured) * Int(measured.rows) <= mostBytes
        else { continue }
        var rows = akin_rows()
        rows.count = measured.rows
        rows.bytes = akin_row_bytes(&measured)
        rows.room = .allocate(byteCount: rows.bytes, alignment: 2)
        rows.take = { rows, _ in
            taken += 1
            return taken > rows!.pointee.count ? 1 : 0
        }
        taken = 0
        let code = decoder.decode(&file, &picture, &rows)
        precondition(taken <= measured.rows && (code != 0 || taken == measured.rows))
        rows.room.deallocate()
    }
    return 0
}
