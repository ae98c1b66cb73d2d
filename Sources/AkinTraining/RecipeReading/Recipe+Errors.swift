extension Recipe {
    /// Reads the recipe at `path` as `init(contentsOf:setting:)` does, and says of more than one thing what is wrong: keys and
    /// settings that there are not mean nothing, and are left out.
    ///
    /// - Returns: The errors, and the recipe without what they say; nil where there is another error, which is the last.
    public static func reading(
        contentsOf path: String, setting settings: [String] = []
    ) -> (recipe: Recipe?, errors: [RecipeError]) {
        var (settings, ignored) = (settings, Set<String>())
        var errors: [RecipeError] = []
        while true {
            do throws(RecipeError) {
                return (try Recipe(contentsOf: path, setting: settings, ignoring: ignored), errors)
            } catch {
                switch error {
                case .unknownKey(at: .line, let key, _, _) where ignored.insert(key).inserted: break
                case .unknownKey(at: .setting(let setting), _, _, _) where settings.contains(setting),
                    .malformedSetting(let setting) where settings.contains(setting):
                    settings.removeAll { $0 == setting }
                // One that is needed is missing because it was misspelt.
                case .missingKey where !errors.isEmpty: return (nil, errors)
                default: return (nil, errors + [error])
                }
                errors.append(error)
            }
        }
    }
}
