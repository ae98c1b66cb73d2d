import AkinItems
import AkinTensors
import AkinVectorSearch

/// A linear function of the embedding for each class, of which the largest wins. The distance of a class is 1 less its value.
struct FittedLinearFunctions: FittedRule {
    let names: [String]
    let counts: [Int]
    /// One for each class, of embeddings as `metric` takes them.
    let functions: LinearFunctions
    let temperature: Double
    let scope: ItemScope
    let metric: Metric

    var record: [UInt8]? {
        FitRecord(
            names: names, counts: counts, columns: functions.slopes.columns, offsets: functions.offsets,
            temperature: temperature
        ).written(functions.slopes.values)
    }

    func predictions(
        for queries: Matrix, in reader: any GalleryReader, listing listed: Int, method: SearchMethod
    ) throws -> [Prediction] {
        let values = functions.values(of: SpannedSpace.doubles(of: queries, byDirection: metric == .cosine))
        return try reader.predictions(
            for: queries, in: scope, listing: listed, method: method, names: names, counts: counts,
            temperature: temperature
        ) { row in values[row].map { 1 - $0 } }
    }
}

extension FittedLinearFunctions {
    /// What `record` has kept of one that was fitted to all items; nil where it is anything else.
    init?(_ record: [UInt8], by metric: Metric, dimension: Int) {
        guard let (record, numbers) = FitRecord.read(record, columns: dimension), !record.offsets.isEmpty
        else { return nil }
        self.init(
            names: record.names, counts: record.counts,
            functions: LinearFunctions(
                slopes: DoubleMatrix(rows: record.names.count, columns: record.columns, values: numbers),
                offsets: record.offsets),
            temperature: record.temperature, scope: ItemScope(), metric: metric)
    }
}
