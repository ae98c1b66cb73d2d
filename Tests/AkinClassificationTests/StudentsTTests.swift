import AkinClassification
import Testing

@Suite struct StudentsTTests {
    /// As SciPy 1.17 has them (`scipy.stats.t.ppf`).
    @Test func quantiles() {
        let expected: [(probability: Double, freedom: Double, value: Double)] = [
            (0.6, 0.5, 0.3979754267847907),
            (0.95, 0.5, 41.13600009287819),
            (0.999, 0.5, 102849.11563017538),
            (0.6, 1.0, 0.32491969623290634),
            (0.95, 1.0, 6.313751514675037),
            (0.999, 1.0, 318.30883898555015),
            (0.6, 4.5, 0.2687518355421751),
            (0.95, 4.5, 2.065575888878524),
            (0.999, 4.5, 6.421242884295791),
            (0.6, 8.0, 0.26192109674883235),
            (0.95, 8.0, 1.8595480375308973),
            (0.999, 8.0, 4.5007909337237235),
            (0.6, 30.0, 0.2556053649519128),
            (0.95, 30.0, 1.697260886593957),
            (0.999, 30.0, 3.3851848668293045),
            (0.6, 500.0, 0.2534819498516658),
            (0.95, 500.0, 1.6479068539295105),
            (0.999, 500.0, 3.1066116243216286),
        ]
        for (probability, freedom, value) in expected {
            let found = StudentsT.quantile(probability, freedom: freedom)
            #expect(abs(found - value) < 1e-9 * max(1, value), "\(probability), \(freedom)")
        }
    }

    @Test func theNormalOne() {
        #expect(abs(StudentsT.normalQuantile(0.025) + 1.959963984540054) < 1e-12)
        for value in [-5, -1.5, 0, 0.3, 4] {
            #expect(abs(StudentsT.normalQuantile(StudentsT.normalShare(value)) - value) < 1e-9)
        }
        // With many degrees of freedom they are the same.
        #expect(abs(StudentsT.quantile(0.975, freedom: 1e7) - 1.959963984540054) < 1e-5)
    }
}
