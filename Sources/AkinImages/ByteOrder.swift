/// Numbers in a file. The offsets have to lie in it.
extension UnsafeRawBufferPointer {
    func bigEndian16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: self[offset..<(offset + 2)].loadUnaligned(as: UInt16.self))
    }

    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: self[offset..<(offset + 4)].loadUnaligned(as: UInt32.self))
    }

    func littleEndian16(at offset: Int) -> UInt16 { bigEndian16(at: offset).byteSwapped }

    func littleEndian32(at offset: Int) -> UInt32 { bigEndian32(at: offset).byteSwapped }
}
