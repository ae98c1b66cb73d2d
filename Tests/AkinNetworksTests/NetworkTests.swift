import AkinNetworks
import AkinTensors
import Testing

@Suite struct NetworkTests {
    private let small = Shape(height: 4, width: 4, channels: 1)

    @Test func refusesLayersThatDoNotFit() {
        func error(_ layers: [LayerSpecification]) -> String? {
            do throws(NetworkError) {
                _ = try Network(layers, input: small)
                return nil
            } catch { return error.description }
        }
        #expect(
            error([GradientTests.conv(3, 5), .flatten])?.contains("smaller than its window 5 x 5") == true)
        #expect(error([.maxPooling2d(window: 5, stride: 2)])?.contains("max_pooling2d_1") == true)
        #expect(
            error([.dense(units: 3, activation: .relu)])?.contains("put a flatten layer before it") == true)
        #expect(error([GradientTests.conv(3, 3)])?.contains("not in a vector") == true)
        #expect(error([.flatten])?.contains("no layer with weights") == true)
        #expect(error([])?.contains("not in a vector") == true)
        #expect(error([.flatten, .dense(units: 0, activation: .relu)])?.contains("units is 0") == true)
        #expect(
            error([.flatten, .dropout(rate: 1), .dense(units: 1, activation: .relu)])?.contains("rate is 1")
                == true)
        #expect(error([GradientTests.conv(0, 3), .flatten])?.contains("filters is 0") == true)
        #expect(error([GradientTests.conv(1, 0), .flatten])?.contains("kernel is 0 x 0") == true)
        #expect(error([GradientTests.conv(3, 3), .flatten]) == nil)
    }

    @Test func glorotStaysInItsBounds() throws {
        let network = try Network(
            [.flatten, .dense(units: 200, activation: .linear)],
            input: Shape(height: 10, width: 10, channels: 1))
        network.initialize(seed: 1)
        let limit = (6.0 / 300).squareRoot()
        let weights = network.values.values.prefix(20_000).map(Double.init)
        #expect(weights.allSatisfy { abs($0) <= limit })
        let variance = weights.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(variance - limit * limit / 3) < 0.05 * limit * limit / 3)
        #expect(network.values.values.suffix(200).allSatisfy { $0 == 0 })
    }
}
