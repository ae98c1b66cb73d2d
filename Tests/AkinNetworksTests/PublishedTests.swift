import AkinBasics
import AkinNetworks
import AkinTensors
import TestSupport
import Testing

/// Networks that others have published (`Tools/peers/published_fixtures.py` wrote the package).
@Suite struct PublishedTests {
    private func weights() throws -> [UInt8] {
        try ZipArchive(Fixtures.bytes("networks/published.zip")).file("published/weights.pth", limit: 1 << 20)
    }

    @Test func embedsAsPyTorch() throws {
        let fixture = try Safetensors(bytes: Fixtures.bytes("networks/published.safetensors"))
        let input = try #require(fixture["input"])
        let published = PublishedNetwork.efficientNetLite(width: 0.1, depth: 0.1)
        let network = try Network(
            published.layers, input: Shape(height: input.shape[1], width: input.shape[2], channels: 3))
        try published.fill(network, from: TorchFile(weights()))
        let expected = try #require(fixture["embeddings"])
        let pass = EmbeddingPass(network, capacity: 2)
        let embeddings = input.values.withUnsafeBufferPointer { pass.run($0.baseAddress!, count: 2) }
        for (i, value) in expected.values.enumerated() { #expect(abs(embeddings[i] - value) < 1e-4, "\(i)") }
        withExtendedLifetime(pass) {}
    }

    @Test func theKnownOnesMakeNetworks() throws {
        for (published, parameters) in [
            // As many as their authors say, without the classifiers of 1000 classes.
            (PublishedNetwork.mobileNetV2(), 3_504_872 - 1_281_000),
            (.efficientNetLite(width: 1, depth: 1), 4_652_008 - 1_281_000),
            (.efficientNetLite(width: 1.1, depth: 1.2), 6_092_072 - 1_281_000),
        ] {
            let network = try Network(published.layers, input: Shape(height: 64, width: 64, channels: 3))
            #expect(network.dimension == 1280)
            // Theirs have no biases in convolutions.
            let biases = network.parameters.filter {
                $0.name.contains("conv2d") && $0.name.hasSuffix(".bias")
            }
            let extra = biases.reduce(0) { $0 + $1.parameter.count }
            #expect(network.parameters.reduce(0) { $0 + $1.parameter.count } - extra == parameters)
        }
    }

    @Test func namesWhatIsMissing() throws {
        let published = PublishedNetwork.efficientNetLite(width: 0.1, depth: 0.3)
        let network = try Network(published.layers, input: Shape(height: 32, width: 32, channels: 3))
        let file = try TorchFile(weights())
        #expect(throws: PublishedBackboneError.self) { try published.fill(network, from: file) }
        #expect(try file.tensor("_fc.weight")?.sizes == [2, 3])
        #expect(try file.tensor("_bn0.num_batches_tracked") == nil && file.tensor("nothing") == nil)
    }

    @Test func refusesAnotherPackage() throws {
        let package = try Fixtures.bytes("networks/published.zip")
        for backbone in PublishedBackbone.all {
            #expect(
                throws: PublishedBackboneError.otherFile(
                    expected: backbone.sum, found: SHA256(of: package).description)
            ) {
                try backbone.checkpoint(from: package)
            }
            #expect(SHA256(backbone.sum) != nil && backbone.size > 1_000_000)
            #expect(PublishedBackbone.named(backbone.name)?.sum == backbone.sum)
        }
    }

    @Test func damagedFilesAreErrors() throws {
        let bytes = try weights()
        // Of the pickled part, which is the beginning.
        var generator = SeededGenerator(seed: 61)
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                damaged[Int.random(in: 0..<12_000, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            do throws(TorchFileError) {
                let file = try TorchFile(damaged)
                for name in file.names { _ = try file.tensor(name) }
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
        for end in [0, 1, 14, 15, 16, 30, 200, 5000, bytes.count - 1] {
            #expect(throws: TorchFileError.self) { try TorchFile(Array(bytes[..<end])) }
        }
    }

    /// What stands in front of the dictionary.
    private static let beginning: [UInt8] =
        [0x80, 2, 0x8a, 10] + TorchFile.magic + [0x2e, 0x80, 2, 0x4d, 0xe9, 3, 0x2e, 0x80, 2, 0x7d, 0x2e]

    @Test func callsNothing() throws {
        let call =
            Self.beginning + [0x80, 2]
            + Array("cos\nsystem\nX".utf8) + [4, 0, 0, 0] + Array("true".utf8) + [0x85] + Array("R.".utf8)
        #expect(throws: TorchFileError.foreignContent("os system")) { try TorchFile(call) }
    }

    @Test func nestingBreaksNothing() throws {
        let deep = [UInt8](repeating: 0x85, count: 1_000_000)
        let tuples = Self.beginning + [0x80, 2] + Array(")".utf8) + deep + Array(".".utf8)
        #expect(throws: TorchFileError.foreignContent("no dictionary")) { try TorchFile(tuples) }
        // Lists in lists, and one in itself.
        let lists =
            (0..<300_000).flatMap { _ in Array("]".utf8) } + (0..<299_999).flatMap { _ in Array("a".utf8) }
        #expect(throws: TorchFileError.foreignContent("no dictionary")) {
            try TorchFile(Self.beginning + [0x80, 2] + lists + Array(".".utf8))
        }
        let own = Array("]q".utf8) + [0] + Array("h".utf8) + [0] + Array("a.".utf8)
        #expect(throws: TorchFileError.foreignContent("no dictionary")) {
            try TorchFile(Self.beginning + [0x80, 2] + own)
        }
    }
}

@Suite struct ArchiveTests {
    @Test func takesFilesOut() throws {
        let archive = try ZipArchive(Fixtures.bytes("networks/published.zip"))
        #expect(try archive.file("published/__init__.py", limit: 100) == Array("# nothing\n".utf8))
        #expect(throws: ZipError.noFile("other")) { try archive.file("other", limit: 100) }
        #expect(throws: ZipError.tooLarge("published/__init__.py", bytes: 10, limit: 9)) {
            try archive.file("published/__init__.py", limit: 9)
        }
    }

    @Test func damagedArchivesAreErrors() throws {
        let bytes = try Fixtures.bytes("networks/published.zip")
        var generator = SeededGenerator(seed: 62)
        func look(_ damaged: [UInt8]) {
            guard let archive = try? ZipArchive(damaged) else { return }
            for name in ["published/__init__.py", "published/weights.pth"] {
                _ = try? archive.file(name, limit: 1 << 20)
            }
        }
        for _ in 0..<400 {
            var damaged = bytes
            // The directory, and the beginning.
            for _ in 0..<3 {
                let near = Int.random(in: 0..<250, using: &generator)
                let place = Bool.random(using: &generator) ? bytes.count - 1 - near : near
                damaged[place] = UInt8.random(in: 0...255, using: &generator)
            }
            look(damaged)
        }
        for end in [0, 21, 22, 40, bytes.count / 2, bytes.count - 23, bytes.count - 1] {
            look(Array(bytes[..<end]))
        }
        #expect(throws: ZipError.notAnArchive) { try ZipArchive(Array(bytes.dropLast())) }
        var wrong = bytes
        wrong[60] ^= 1
        #expect(throws: ZipError.damaged("published/__init__.py", reason: "a wrong sum")) {
            try ZipArchive(wrong).file("published/__init__.py", limit: 100)
        }
    }

    /// The examples of FIPS 180-4's companion, and a length beside each edge of a block.
    @Test func sums() {
        func sum(_ text: String) -> String { SHA256(of: Array(text.utf8)).description }
        #expect(sum("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(sum("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            sum("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            sum(String(repeating: "a", count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        #expect(
            sum(String(repeating: "a", count: 55))
                == "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318")
        #expect(
            sum(String(repeating: "a", count: 64))
                == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb")
        #expect(SHA256("12") == nil && SHA256(sum(""))?.description == sum(""))
    }
}
