import AkinBasics
import AkinClassification
import AkinDatasets
import AkinEvaluation
import AkinItems
import AkinReporting

extension LearnFolder {
    /// What came of it; encoded, one object.
    public struct Result: Encodable, Sendable {
        /// What was tried, the best first.
        public let tried: [Trial]
        /// Backbones that were not tried to the end, and why.
        public let stopped: [StoppedBackbone]
        /// What was taken.
        public let chosen: Choice
        /// What to expect: nil where nothing can be said.
        public let expectation: ExpectedAccuracy?
        /// Why nothing can be expected.
        public let silence: String?
        /// What the pictures look like.
        public let look: PictureLook
        /// On how many pictures it was tried.
        public let pictures: Int
        /// Of how many classes these are.
        public let classes: Int
        /// The folder of the index.
        public let index: String
        /// What was added to it.
        public let added: AddReport
        /// How far its answers can be believed; nil where finding that out was interrupted.
        public let calibration: Calibration?
        /// How long all of it took.
        public let seconds: Double
        /// What was said of each picture that was asked about, by what was chosen; not encoded.
        public let answers: [Answer]
        /// What its page tells, and the pictures of which it may show some.
        let page: LearnedFolder
        let samples: [Sample]

        /// What was said of a picture by what was chosen, when it had been left out.
        public struct Answer: Sendable, Hashable {
            /// Where it comes from.
            public let source: Source
            /// Its class.
            public let label: String
            /// How often that was the answer, 0...1: the pictures were divided several times.
            public let right: Double
            /// The class that it was given most often; nil where that is not known, but whether it was right.
            public let given: String?
        }

        /// Backbones side by side, and what classifies by their embeddings.
        public struct Choice: Encodable, Sendable, Hashable {
            /// As `BackboneName` reads it: `hog+shapes`.
            public let backbone: String
            /// How it is trained on the pictures; nil where it is taken as it is.
            public var training: Training?
            /// How the class is found.
            public let classifier: Classifier
        }

        /// How a backbone is trained on the pictures.
        public struct Training: Encodable, Sendable, Hashable {
            /// How often it sees each of them.
            public let epochs: Int
            /// How many of them at a time.
            public let batch: Int
            /// Of so many classes as many of each, where they are photographs; nil where they are taken as they come.
            public let classes: Int?

            /// Fewer pictures are seen oftener; of many classes more at a time, so that there are several of most.
            init(pictures: Int, classes: Int) {
                epochs = min(100, max(20, 6_000 / max(1, pictures)))
                batch = min(256, max(64, 2 * classes))
                self.classes = nil
            }

            /// Of a network that has seen a million photographs: few steps are enough, and each takes long. A third of the classes can be
            /// left out.
            init(photographs pictures: Int, classes: Int) {
                epochs = min(12, max(5, 1_000 / max(1, pictures)))
                let together = min(8, max(2, classes * 2 / 3))
                (self.classes, batch) = (together, 4 * together)
            }
        }

        /// What was tried.
        public struct Trial: Encodable, Sendable {
            /// What.
            public let choice: Choice
            /// How many pictures were asked about, each by those that were not left out with it.
            public let pictures: Int
            /// What share of the answers was right, 0...1.
            public let accuracy: Double
            /// Its 95 % interval, by Wilson's score.
            public var interval: Interval {
                Interval(Int((accuracy * Double(pictures)).rounded()), trusted: pictures)
            }
            /// How long it took, without embedding.
            public let seconds: Double

            /// One flat object.
            public func encode(to encoder: any Encoder) throws {
                try choice.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(pictures, forKey: .pictures)
                try container.encode(accuracy, forKey: .accuracy)
                try container.encode(interval, forKey: .interval)
                try container.encode(seconds, forKey: .seconds)
            }

            private enum CodingKeys: CodingKey { case pictures, accuracy, interval, seconds }
        }

        /// Why a backbone was not gone on with.
        public enum Stop: Sendable, Hashable {
            /// Others were clearly better on the first pictures, so many.
            case worse(pictures: Int)
            /// To embed all pictures it would need so many seconds.
            case tooSlow(seconds: Double)
        }

        /// A backbone that was not tried to the end.
        public struct StoppedBackbone: Encodable, Sendable, Hashable {
            /// As it is called.
            public let backbone: String
            /// Why.
            public let reason: Stop

            /// The reason in words.
            public func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(backbone, forKey: .backbone)
                try container.encode("\(reason)", forKey: .reason)
            }

            private enum CodingKeys: CodingKey { case backbone, reason }
        }

        /// One flat object.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(tried, forKey: .tried)
            try container.encode(stopped, forKey: .stopped)
            try container.encode(chosen, forKey: .chosen)
            try container.encode(expectation?.accuracy, forKey: .expected)
            try container.encode(expectation?.interval, forKey: .interval)
            try container.encode(expectation?.newClass, forKey: .expectedNewClass)
            try container.encode(expectation?.newClassInterval, forKey: .newClassInterval)
            try container.encodeIfPresent(silence, forKey: .silence)
            try container.encode(look, forKey: .look)
            try container.encode(pictures, forKey: .pictures)
            try container.encode(classes, forKey: .classes)
            try container.encode(index, forKey: .index)
            try container.encode(added, forKey: .added)
            try container.encode(calibration?.summary, forKey: .calibration)
            try container.encode(seconds, forKey: .seconds)
        }

        private enum CodingKeys: String, CodingKey {
            case tried, stopped, chosen, expected, interval, look, pictures, classes, index, added,
                calibration, seconds
            case expectedNewClass = "expected_new_class"
            case newClassInterval = "interval_new_class"
            case silence = "nothing_expected"
        }
    }
}

extension LearnFolder.Result.Stop: CustomStringConvertible {
    /// In words.
    public var description: String {
        switch self {
        case .worse(let pictures): "others were clearly better on \(counted(pictures, "picture"))"
        case .tooSlow(let seconds):
            "it would take \(seconds < 100 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min")"
        }
    }
}

extension LearnFolder.Result.Choice: CustomStringConvertible {
    /// `ridge on hog+shapes`
    public var description: String { "\(classifier) on \(backboneName)" }

    /// The backbone, and whether it is trained on the pictures.
    public var backboneName: String { training == nil ? backbone : "\(backbone), trained on" }
}
