/// The known names nearest to a misspelt one, best first; empty if none is near.
public func nearestNames(to name: String, among known: some Sequence<String>, limit: Int = 3) -> [String] {
  let allowed = max(1, min(3, name.count / 2))
  return Array(
    known.map { (name: $0, distance: editDistance(name.lowercased(), $0.lowercased())) }
      .filter { $0.distance <= allowed }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(limit).map(\.name))
}

/// A hint such as `did you mean epsilon?`; else the list of what is known, if it is short; else empty.
public func suggestion(for name: String, among known: some Collection<String>) -> String {
  let near = nearestNames(to: name, among: known)
  if !near.isEmpty { return "did you mean \(near.joined(separator: " or "))?" }
  return known.isEmpty || known.count > 24 ? "" : "known here: \(known.sorted().joined(separator: ", "))"
}

/// Damerau–Levenshtein distance with adjacent transpositions (optimal string alignment).
func editDistance(_ first: String, _ second: String) -> Int {
  let a = Array(first.utf8.prefix(64)), b = Array(second.utf8.prefix(64))
  var beforeLast = [Int](), last = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
      row.append(best)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
