import Testing

/// CONTRIBUTING.md's table is the plan of the house; these tests see that the house keeps to it.
@Suite struct ModulesTests {
    @Test func aModuleImportsOnlyThoseAboveItInTheTable() throws {
        let house = try House()
        // An empty house has no faults.
        #expect(house.table.rows.count > 10 && house.modules.count > 10 && house.folders.count > 10)
        for fault in house.faults { Issue.record("\(fault)") }
    }
}
