import AkinTensors
import Testing

@Suite struct RandomStreamTests {
    /// Each stream at each of some places.
    private static let all: [RandomStream] = {
        let places = 0..<6
        var streams: [RandomStream] = [.heldOutClasses, .episodes, .verificationPairs, .mapStart]
        for i in places {
            streams += [
                .samples(ofClass: 0xFEED_0000_0000_0000 + UInt64(i)), .heldOutSamples(ofClass: UInt64(i)),
                .parameter(i), .order(round: i), .graphLevel(row: i), .graphOrder(rows: i),
                .sampledRows(of: i),
            ]
            for j in places {
                streams += [
                    .imagesOfClasses(epoch: i, step: j), .pairs(epoch: i, step: j),
                    .partners(epoch: i, step: j), .triplets(epoch: i, step: j), .step(epoch: i, step: j),
                ]
                for k in places {
                    streams += [
                        .augmentation(epoch: i, step: j, position: k), .mixup(epoch: i, step: j, position: k),
                    ]
                }
            }
        }
        return streams
    }()

    @Test func noTwoAreTheSame() {
        var firsts: [UInt64: RandomStream] = [:]
        for stream in Self.all {
            var generator = SeededGenerator(seed: 1, stream)
            let other = firsts.updateValue(stream, forKey: generator.next())
            #expect(other == nil, "\(stream) is \(other!)")
        }
    }

    /// A run of one version of Akin comes to the same in the next.
    @Test func theNumbersStay() {
        func first(_ stream: RandomStream) -> UInt64 {
            var generator = SeededGenerator(seed: 7, stream)
            return generator.next()
        }
        func expect(_ stream: RandomStream, _ numbers: SeededGenerator) {
            var numbers = numbers
            #expect(first(stream) == numbers.next(), "\(stream)")
        }
        expect(.samples(ofClass: 99), SeededGenerator(seed: 7, 99))
        expect(.heldOutSamples(ofClass: 99), SeededGenerator(seed: 7, 0x7E57, 99))
        expect(.heldOutClasses, SeededGenerator(seed: 7, 0x7A1D))
        expect(.parameter(3), SeededGenerator(seed: 7, 0x1417, 3))
        expect(.order(round: 3), SeededGenerator(seed: 7, 0xE90C, 3))
        expect(.imagesOfClasses(epoch: 3, step: 5), SeededGenerator(seed: 7, 0xC1A5, 3, 5))
        expect(.pairs(epoch: 3, step: 5), SeededGenerator(seed: 7, 0xD2A5, 3, 5))
        expect(.partners(epoch: 3, step: 5), SeededGenerator(seed: 7, 0x9A12, 3, 5))
        expect(.triplets(epoch: 3, step: 5), SeededGenerator(seed: 7, 0x3A17, 3, 5))
        expect(.augmentation(epoch: 3, step: 5, position: 8), SeededGenerator(seed: 7, 0xA06, 3, 5, 8))
        expect(.mixup(epoch: 3, step: 5, position: 8), SeededGenerator(seed: 7, 0x313C, 3, 5, 8))
        expect(.step(epoch: 3, step: 5), SeededGenerator(seed: 7, 0xD209, 3, 5))
        expect(.episodes, SeededGenerator(seed: 7, 0xE915))
        expect(.verificationPairs, SeededGenerator(seed: 7, 0x7E1F))
        expect(.graphLevel(row: 3), SeededGenerator(seed: 7, 3))
        expect(.graphOrder(rows: 3), SeededGenerator(seed: 7, 0x51AF, 3))
        expect(.sampledRows(of: 3), SeededGenerator(seed: 7, 0x5A3E, 3))
        expect(.mapStart, SeededGenerator(seed: 7, 0x3A95))
    }
}
