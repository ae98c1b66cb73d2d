/// The ground on which a picture with alpha is laid.
///
/// It is white, as paper is, unless nothing would be seen on it: where the picture on white has (nearly) one colour, its
/// values in no channel 8 or more of 255 apart, and on black more than that, it is laid on black. One of the two always
/// shows what there is: what has the colour of white paper however much of it is seen through is white itself, and shows
/// on black.
enum Ground {
    /// Of 255.
    private static let leastContrast = 8

    /// Lays pixels on their ground where they have alpha (2 or 4 channels, the last), in place. Returns how many samples
    /// they are then.
    static func lay<Sample: PictureSample>(_ samples: UnsafeMutableBufferPointer<Sample>, channels: Int)
        -> Int
    {
        // With the number of channels known, the loops over them unroll.
        switch channels {
        case 2: lay(samples, 1)
        case 4: lay(samples, 3)
        default: samples.count
        }
    }

    @inline(__always)
    private static func lay<Sample: PictureSample>(
        _ samples: UnsafeMutableBufferPointer<Sample>, _ colours: Int
    ) -> Int {
        guard let start = samples.baseAddress else { return 0 }
        let pixels = samples.count / (colours + 1)
        let isOnBlack = !shows(start, pixels, colours, on: .max) && shows(start, pixels, colours, on: 0)
        let ground: Sample = isOnBlack ? 0 : .max
        var (from, to) = (start, start)
        for _ in 0..<pixels {
            let alpha = from[colours]
            // Most pixels hide their ground, and then this is faster.
            if alpha == .max {
                for channel in 0..<colours { to[channel] = from[channel] }
            } else {
                for channel in 0..<colours { to[channel] = laid(from[channel], alpha, on: ground) }
            }
            from += colours + 1
            to += colours
        }
        return pixels * colours
    }

    /// Whether anything is seen on a ground.
    @inline(__always)
    private static func shows<Sample: PictureSample>(
        _ start: UnsafeMutablePointer<Sample>, _ pixels: Int, _ colours: Int, on ground: Sample
    ) -> Bool {
        let least = Sample.max / 255 * Sample(leastContrast)
        var pixel = start
        for channel in 0..<colours {
            var lowest = Sample.max
            var highest: Sample = 0
            pixel = start
            for _ in 0..<pixels {
                let value = laid(pixel[channel], pixel[colours], on: ground)
                lowest = min(lowest, value)
                highest = max(highest, value)
                if highest > lowest, highest - lowest >= least { return true }
                pixel += colours + 1
            }
        }
        return false
    }

    /// The sum of both by alpha, rounded to the nearest, as libpng takes it.
    @inline(__always)
    private static func laid<Sample: PictureSample>(_ colour: Sample, _ alpha: Sample, on ground: Sample)
        -> Sample
    {
        // The largest sum of 16 bits is within 32.
        let half: UInt32 = 1 << (Sample.bitWidth - 1)
        let sum = UInt32(colour) * UInt32(alpha) + UInt32(ground) * UInt32(.max - alpha) + half
        return Sample(truncatingIfNeeded: (sum + sum >> Sample.bitWidth) >> Sample.bitWidth)
    }
}
