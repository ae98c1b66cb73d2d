import Testing

@Suite struct FunctionTests {
    func functions(_ source: String) -> [String] {
        [Token](source: source).functions.map { "\($0.name) \($0.line)+\($0.lines)" }
    }

    @Test func aFunctionGoesFromItsDeclarationToItsBrace() {
        #expect(functions("func f() {}") == ["f 1+1"])
        #expect(
            functions(
                """
                struct S {
                    @discardableResult
                    static func longer<T: P>(
                        a: Int = { 3 }(), b: [String: (Int) -> Int]
                    ) async throws(E) -> [(Int, T)] where T: Sendable {
                        if a > 0 { b() } else { c() }
                    }
                    init?(x: Int) { return nil }
                    deinit {
                        f()
                    }
                    subscript(i: Int) -> Int {
                        get { 0 }
                        set {}
                    }
                    static func == (a: S, b: S) -> Bool { true }
                }
                """) == ["longer 3+5", "init 8+1", "deinit 9+3", "subscript 12+4", "= 16+1"])
    }

    @Test func functionsWithinFunctionsCountInBoth() {
        #expect(functions("func a() {\n    func b() {\n    }\n}") == ["a 1+4", "b 2+2"])
    }

    @Test func aRequirementHasNoBody() {
        #expect(
            functions(
                """
                protocol P {
                    func a() -> Int
                    init(x: Int)
                    var v: Int { get }
                    subscript(i: Int) -> Int { get }
                    func b()
                }
                extension P { func b() {} }
                """) == ["subscript 5+1", "b 8+1"])
    }

    @Test func aCallDeclaresNothing() {
        #expect(functions("x.init(a) { 1 }\nself.init(b)\nf(init: 3) { 2 }\nx.map(Int.init) { 4 }") == [])
    }

    @Test(arguments: [
        "\"}\"", "\"\\\"}\"", "\"\\\\\"", "#\"}\"\\\"#", "\"\\(f(\"}\", \"\\(1)\"))\"", "\"a\" // }",
        "1 /* } /* } */ } */",
        "\"\"\"\n}\n\\\"\"\" } \\(\"}\")\n\"\"\"", "##\"\"\"\n}\n\"\"\"# }\n\"\"\"##", "/[}\"]/", "#/ }\" /#",
        "\"//\" + \"/*\"",
        "a / b + c /\n    d", "\"\\(a ? \"}\" : \"\"\"\n  }\n  \"\"\")\"",
    ])
    func bracesOfLiteralsAndCommentsDoNotCount(expression: String) {
        let lines = expression.utf8.count { $0 == UInt8(ascii: "\n") }
        #expect(
            functions("func f() {\n    x = \(expression)\n}\nfunc g() {}") == [
                "f 1+\(3 + lines)", "g \(4 + lines)+1",
            ])
    }

    @Test func linesAreCountedThroughAll() {
        let body = String(repeating: "    a = \"\"\"\n        {\n        \"\"\"\n", count: 20)
        #expect(functions("func f() {\n\(body)}") == ["f 1+62"])
    }

    @Test func whatIsNotClosedGoesToTheEnd() { #expect(functions("func f() {\n{\n}\n\nx") == ["f 1+5"]) }
}
