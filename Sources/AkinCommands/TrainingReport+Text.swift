import Akin
import AkinBasics

extension TrainingReport {
    /// For people.
    var text: String {
        var text =
            "\(checkpoint): \(counted(epochs, "epoch"))\(stoppedEarly ? ", stopped early," : "") "
            + "on \(counted(images, "image")) of \(labels.count) classes, loss \(rounded(finalLoss, 4)), \(seconds < 10 ? ProgressLine.exactTime(seconds) : ProgressLine.time(seconds)), \(Int(imagesPerSecond)) images/s"
        if let validation, let bestEpoch {
            text +=
                "\nclasses held back: best \(finished ? "" : "so far ")after epoch \(bestEpoch), one-shot \(rounded(validation.oneShot * 100, 1)) %, "
                + "verification \(rounded(validation.verification * 100, 1)) %"
        }
        return text
    }
}
