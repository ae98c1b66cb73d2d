import AkinNetworks

extension OptimizerSpecification {
    /// By their names, with their usual constants.
    private static let named: [(name: String, optimizer: Self)] = [
        ("sgd", .sgd()), ("rmsprop", .rmsprop()), ("adadelta", .adadelta()), ("adam", .adam()),
        ("nadam", .nadam()), ("adamw", .adamw()),
    ]

    mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        let names = Self.named.map(\.name).joined(separator: " or ")
        let expected = names + ", or one with settings: {sgd: {momentum: 0.9}}"
        guard let variant = try reader.variant("optimizer", expected: expected) else {
            var nothing = try reader.group("optimizer")
            return try readConstants(&nothing)
        }
        guard let named = Self.named.first(where: { $0.name == variant.name }) else {
            throw reader.wrong("optimizer", self, expected: expected)
        }
        self = named.optimizer
        var settings = try variant.settings()
        try readConstants(&settings)
        try settings.finish()
    }

    private mutating func readConstants(_ s: inout RecipeReader) throws(RecipeError) {
        switch self {
        case .sgd(var momentum, var nesterov):
            try s.share("momentum", into: &momentum)
            try s.boolean("nesterov", into: &nesterov)
            self = .sgd(momentum: momentum, nesterov: nesterov)
        case .rmsprop(var rho, var epsilon):
            try s.share("rho", into: &rho)
            try s.epsilon(into: &epsilon)
            self = .rmsprop(rho: rho, epsilon: epsilon)
        case .adadelta(var rho, var epsilon):
            try s.share("rho", into: &rho)
            try s.epsilon(into: &epsilon)
            self = .adadelta(rho: rho, epsilon: epsilon)
        case .adam(var beta1, var beta2, var epsilon):
            try s.moments(into: &beta1, &beta2, &epsilon)
            self = .adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
        case .nadam(var beta1, var beta2, var epsilon):
            try s.moments(into: &beta1, &beta2, &epsilon)
            self = .nadam(beta1: beta1, beta2: beta2, epsilon: epsilon)
        case .adamw(var beta1, var beta2, var epsilon, var weightDecay):
            try s.moments(into: &beta1, &beta2, &epsilon)
            try s.number("weight-decay", "0 or more", into: &weightDecay) { $0 >= 0 }
            self = .adamw(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
        }
    }
}

extension RecipeReader {
    fileprivate mutating func share(_ key: String, into value: inout Float) throws(RecipeError) {
        try number(key, "at least 0 and less than 1", into: &value) { 0..<1 ~= $0 }
    }

    fileprivate mutating func epsilon(into value: inout Float) throws(RecipeError) {
        try number("epsilon", "a number above 0", into: &value) { $0 > 0 }
    }

    fileprivate mutating func moments(
        into beta1: inout Float, _ beta2: inout Float, _ epsilon: inout Float
    ) throws(RecipeError) {
        try share("beta1", into: &beta1)
        try share("beta2", into: &beta2)
        try self.epsilon(into: &epsilon)
    }
}

extension Schedule {
    /// By their names; numbers that have no default are needed there.
    private static let named: [(name: String, schedule: Self)] = [
        ("constant", .constant), ("exponential-decay", .exponentialDecay(decay: 1, steps: 1)),
        ("step", .step(factor: 1, epochs: 1)), ("cosine", .cosine()),
    ]

    mutating func read(_ reader: inout RecipeReader) throws(RecipeError) {
        let expected =
            "constant or {exponential-decay: {decay: 0.99, steps: 10000}} or {step: {factor: 0.1, epochs: 30}} or "
            + "{cosine: {warm-up: 5, floor: 0}}"
        guard let variant = try reader.variant("schedule", expected: expected) else {
            var nothing = try reader.group("schedule")
            return try readNumbers(&nothing)
        }
        guard let named = Self.named.first(where: { $0.name == variant.name }) else {
            throw reader.wrong("schedule", self, expected: expected)
        }
        self = named.schedule
        if self == .constant { return try variant.refuseSettings() }
        var settings = try variant.settings()
        try readNumbers(&settings)
        try settings.finish()
    }

    private mutating func readNumbers(_ s: inout RecipeReader) throws(RecipeError) {
        switch self {
        case .constant: break
        case .exponentialDecay(var decay, var steps, var staircase):
            try s.require("decay")
            try s.number("decay", "more than 0, at most 1", into: &decay) { $0 > 0 && $0 <= 1 }
            try s.require("steps")
            try s.integer("steps", in: 1...1_000_000_000, into: &steps)
            try s.boolean("staircase", into: &staircase)
            self = .exponentialDecay(decay: decay, steps: steps, staircase: staircase)
        case .step(var factor, var epochs):
            try s.require("factor")
            try s.number("factor", "more than 0, at most 1", into: &factor) { $0 > 0 && $0 <= 1 }
            try s.require("epochs")
            try s.integer("epochs", in: 1...1_000_000, into: &epochs)
            self = .step(factor: factor, epochs: epochs)
        case .cosine(var warmUp, var floor):
            try s.number("warm-up", "a number of epochs, 0 or more", into: &warmUp) { $0 >= 0 }
            try s.number("floor", in: 0...1, into: &floor)
            self = .cosine(warmUp: warmUp, floor: floor)
        }
    }
}
