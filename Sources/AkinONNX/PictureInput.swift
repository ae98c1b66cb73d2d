import AkinImages

/// The input of a model, as the place of a picture.
struct PictureInput: Sendable {
    let place: ONNXSession.Place
    let element: ONNXElement
    let order: ONNXUse.Order
    let channels: Preprocessing.Channels
    /// Nil where it is free.
    let height: Int?
    let width: Int?
    /// How many pictures it takes at once: 1 where that is free.
    let batch: Int

    /// More than this no picture has, and no batch is worth it.
    private static let mostValues = 1 << 26

    /// - Throws: `ONNXError.notOneInput`, `.notAPicture`
    init(of session: ONNXSession, path: String) throws(ONNXError) {
        guard session.inputs.count == 1 else {
            throw .notOneInput(path: path, names: session.inputs.map(\.name))
        }
        place = session.inputs[0]
        let sides = place.sides
        guard let element = place.type, sides.count == 4, let order = Self.order(sides),
            sides.allSatisfy({ $0 < 0 || 1...4096 ~= $0 })
        else { throw .notAPicture(path: path, input: place.name, found: "\(place)") }
        self.element = element
        self.order = order
        let (channel, spatial) = order == .channelsFirst ? (sides[1], [2, 3]) : (sides[3], [1, 2])
        channels = channel == 1 ? .grey : .rgb
        height = sides[spatial[0]] < 0 ? nil : sides[spatial[0]]
        width = sides[spatial[1]] < 0 ? nil : sides[spatial[1]]
        batch = max(sides[0], 1)
        guard batch * (height ?? 1) * (width ?? 1) * channels.count <= Self.mostValues else {
            throw .notAPicture(path: path, input: place.name, found: "\(place)")
        }
    }

    /// Told by the side that has a picture's channels; where none is told, it is as most models have it.
    private static func order(_ sides: [Int]) -> ONNXUse.Order? {
        let channels = [1, 3]
        if channels.contains(sides[1]) { return .channelsFirst }
        if channels.contains(sides[3]) { return .channelsLast }
        return sides[1] < 0 ? .channelsFirst : nil
    }

    /// Whether it can take what this makes.
    func takes(_ preprocessing: Preprocessing) -> Bool {
        [preprocessing.height, preprocessing.width].allSatisfy { 1...4096 ~= $0 }
            && (height ?? preprocessing.height) == preprocessing.height
            && (width ?? preprocessing.width) == preprocessing.width
            && preprocessing.channels == channels
            && batch * preprocessing.inputCount <= Self.mostValues
    }

    /// The shape of what is given to the model.
    func sides(_ preprocessing: Preprocessing) -> [Int] {
        let (height, width, channels) = (
            preprocessing.height, preprocessing.width, preprocessing.channels.count
        )
        return order == .channelsFirst ? [batch, channels, height, width] : [batch, height, width, channels]
    }

    /// Bytes of a batch.
    func size(_ preprocessing: Preprocessing) -> Int { batch * preprocessing.inputCount * element.size }

    /// Writes a picture `[height, width, channels]` as the first one of a batch.
    func write(
        _ picture: UnsafePointer<Float>, _ preprocessing: Preprocessing, to batch: UnsafeMutableRawPointer
    ) {
        switch element {
        case .float32:
            let values = batch.assumingMemoryBound(to: Float.self)
            place(picture, preprocessing) { values[$0] = $1 }
        case .float16:
            let values = batch.assumingMemoryBound(to: UInt16.self)
            place(picture, preprocessing) { values[$0] = $1.halfBits }
        }
    }

    @inline(__always)
    private func place(
        _ picture: UnsafePointer<Float>, _ preprocessing: Preprocessing, _ set: (Int, Float) -> Void
    ) {
        let (count, channels) = (preprocessing.inputCount, preprocessing.channels.count)
        guard order == .channelsFirst else {
            for i in 0..<count { set(i, picture[i]) }
            return
        }
        let places = count / channels
        for channel in 0..<channels {
            for i in 0..<places { set(channel * places + i, picture[i * channels + channel]) }
        }
    }
}
