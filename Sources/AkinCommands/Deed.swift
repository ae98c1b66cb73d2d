import Akin

/// A job that makes or changes something, and whose result says what: that all went well is what `--quiet` leaves unsaid.
protocol Deed {
    /// It only says what it would do; that is an answer, and never left unsaid.
    var isTrial: Bool { get }
}

extension Deed {
    var isTrial: Bool { false }
}

extension LearnFolder: Deed {}
extension TrainBackbone: Deed {}
extension CreateIndex: Deed {}
extension AddPictures: Deed {}
extension AddClusters: Deed {}
extension SyncFolder: Deed {}
extension ImportItems: Deed {}
extension ExportItems: Deed {}
extension RemoveItems: Deed {}
extension RelabelItems: Deed {}
extension RelabelFromTable: Deed {}
extension RebuildIndex: Deed {}
extension CompactIndex: Deed {}
extension SnapshotIndex: Deed {}
extension BuildGraph: Deed {}
extension DropGraph: Deed {}
extension CalibrateIndex: Deed {}
extension UndoChange: Deed {}
extension RedoChange: Deed {}
extension EmbedPictures: Deed {}
extension FetchBackbone: Deed {}
extension ImportBackbone: Deed {}
extension ExportBackbone: Deed {}
extension MapIndex: Deed {}
extension ReportIndex: Deed {}
