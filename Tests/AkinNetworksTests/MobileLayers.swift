import AkinNetworks

/// The layers of MobileNet and EfficientNet, against the twin.
extension GradientTests {
    private static func depthwise(
        _ kernel: Int, stride: Int = 1, _ padding: LayerSpecification.Padding = .same,
        _ activation: LayerSpecification.Activation = .linear
    ) -> LayerSpecification {
        .depthwiseConv2d(
            kernel: Extent(height: kernel, width: kernel), stride: Extent(height: stride, width: stride),
            padding: padding, activation: activation)
    }

    private static let onePixel = LayerSpecification.Padding.pixels(Extent(height: 1, width: 1))

    /// Layers that work on one image at a time.
    static let mobileLayers: [Case] =
        [.relu6, .hardSigmoid, .hardSwish].map { function in
            Case(
                "\(function)", [6, 5, 2],
                [
                    conv(5, 3, .valid, function), .activation(function), .flatten,
                    .dense(units: 19, activation: function), .dense(units: 7, activation: function),
                ])
        }
        + [1, 3, 16, 21, 40].flatMap { channels in
            [3, 5].map { kernel in
                Case(
                    "depthwise, \(kernel) x \(kernel), \(channels) channels", [11, 10, 2],
                    [
                        conv(channels, 1, .valid, .linear), depthwise(kernel, .same, .relu6),
                        depthwise(kernel, stride: 2, .same, .relu), depthwise(3, stride: 2, onePixel),
                        conv(3, 1, .valid, .linear), .flatten,
                    ])
            }
        } + [
            Case(
                "depthwise, oblong and far apart", [9, 12, 3],
                [
                    .depthwiseConv2d(
                        kernel: Extent(height: 2, width: 4), stride: Extent(height: 1, width: 2),
                        padding: .pixels(Extent(height: 0, width: 1)), activation: .tanh),
                    .depthwiseConv2d(
                        kernel: Extent(height: 1, width: 1), stride: Extent(height: 3, width: 2),
                        padding: .pixels(Extent(height: 1, width: 0))), .flatten,
                ]),
            Case(
                "depthwise, places that no window reaches", [8, 8, 17],
                [
                    depthwise(3, .same), depthwise(3, stride: 2, .valid), depthwise(2, stride: 3, .valid),
                    .flatten,
                ]),
            Case("depthwise, larger than the image", [2, 3, 16], [conv(16, 1), depthwise(5), .flatten]),
            Case(
                "pointwise, many places and channels", [17, 13, 5],
                [conv(70, 1, .valid, .linear), conv(33, 1, .valid, .relu6), conv(3, 1), .flatten]),
            Case(
                "squeeze and excitation", [5, 6, 3],
                [
                    conv(20, 3), .squeezeExcitation(units: 4), conv(3, 1, .valid, .linear),
                    .squeezeExcitation(units: 7, activation: .hardSwish, gate: .hardSigmoid),
                    .globalAveragePooling2d, .squeezeExcitation(units: 1, activation: .tanh, gate: .linear),
                ]),
        ]

    /// `expansion` times as many channels, convolved each by itself, and as many as `filters` again.
    static func invertedResidual(
        _ channels: Int, expansion: Int, _ filters: Int, kernel: Int = 3, stride: Int = 1,
        _ padding: LayerSpecification.Padding = .same, squeezed: Bool = false,
        _ activation: LayerSpecification.Activation = .relu6
    ) -> LayerSpecification {
        let inner: [LayerSpecification] =
            [
                conv(channels * expansion, 1, .valid, .linear), normalization, .activation(activation),
                depthwise(kernel, stride: stride, padding), normalization, .activation(activation),
            ] + (squeezed ? [.squeezeExcitation(units: 2, gate: .hardSigmoid)] : []) + [
                conv(filters, 1, .valid, .linear), normalization,
            ]
        return .residual(
            layers: inner,
            shortcut: stride == 1 && channels == filters
                ? [] : [conv(filters, 1, stride: stride, .valid, .linear)])
    }

    static let mobileGraphs: [Case] = [
        Case(
            "MobileNetV2, small", [9, 8, 3],
            [
                conv(4, 3, stride: 2, onePixel, .linear), normalization, .activation(.relu6),
                invertedResidual(4, expansion: 5, 4, onePixel), conv(7, 1, .valid, .linear), normalization,
                .activation(.relu6), .globalAveragePooling2d,
            ]),
        Case(
            "EfficientNet-Lite, small", [9, 8, 3],
            [
                conv(4, 3, stride: 2, .same, .linear), normalization, .activation(.relu6),
                invertedResidual(4, expansion: 4, 6, kernel: 5, stride: 2),
                conv(17, 1, .valid, .linear), normalization, .activation(.relu6), .globalAveragePooling2d,
            ]),
        Case(
            "MobileNetV3, small", [7, 8, 3],
            [
                conv(4, 3, stride: 2, onePixel, .linear), normalization, .activation(.hardSwish),
                invertedResidual(4, expansion: 3, 4, kernel: 5, squeezed: true, .hardSwish),
                .globalAveragePooling2d, .dense(units: 5, activation: .hardSwish),
            ]),
        Case(
            "one ReLU after another", [5, 5, 2],
            [
                conv(4, 3, .valid, .linear), normalization, .activation(.relu6), .activation(.relu),
                conv(4, 1, .valid, .linear), normalization, .activation(.relu), .activation(.relu6),
                depthwise(3, .same, .relu), normalization, .activation(.relu6), .flatten,
            ]),
    ]
}
