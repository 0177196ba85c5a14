/// Writes the loops of a transfer over numbers of sites that lie side by side.
///
/// Particles come in batches. First the shares of a batch are found, with particles in lanes; then each particle meets its sites, with
/// the numbers of a site in lanes. Sums over a support go axis by axis, as the share is a product of one factor for each. What is the
/// share times a linear function of the separation needs fewer products (`NodeText+Affine`).
struct NodeText {
  typealias Power = SharePolynomial.Power

  let name: String
  let comment: String
  /// Pointers to what is read of particles, and to what they receive.
  let pointers: [String]
  let reach: Int
  let space: Int
  /// What is computed for each particle.
  let statements: [String]
  let transfer: NodeTransfer

  static let letters = ["a", "b", "c"], unrolled = "#pragma clang loop unroll(full)"
  private static let batch = "for (int l = 0; l < many; l++) {"

  private func keys(_ part: NodeTransfer.Part) -> [[Power]] {
    part.products.map { product in (0..<space).map { product.power(along: $0) } }
  }

  // MARK: Spans

  func span(_ axis: Int, _ place: [Int]) -> String { "\(place.contains(axis) ? "mid" : "at")_\(axis)" }

  private func factor(_ axis: Int, _ power: Power, _ place: [Int]) -> String {
    "\(span(axis, place))_\(String(repeating: "w", count: power.share))\(String(repeating: "s", count: power.slope))"
      + String(repeating: "d", count: power.distance)
  }

  /// Coordinates of a batch, where its supports lie, and the factors of all products.
  private var spans: [String] {
    let fills = (0..<space).map { "x_\($0).of[l] = p_position_\($0)[p];" }
    var names = (0..<space).map { "mote_lanes x_\($0);" }, lines: [String] = [], known: Set<String> = []
    for part in transfer.parts {
      let place = part.group.place
      for axis in 0..<space {
        let name = span(axis, place), shift = place.contains(axis) ? " - 0.5 * call->spacing" : ""
        if known.insert(name).inserted {
          lines += ["mote_spans \(name);", "mote_find_spans(call, \(axis), \(reach), x_\(axis).row[v]\(shift), &\(name));"]
        }
        if let start = affineStart(part, axis), known.insert(start).inserted {
          names.append("mote_lanes \(start);")
          lines.append("\(start).row[v] = \(name).distance[0];")
        }
        for power in powers(part, axis) where known.insert(factor(axis, power, place)).inserted {
          names.append("mote_lanes \(factor(axis, power, place))[\(reach + 1)];")
          lines.append(product(axis, power, place))
        }
      }
      if known.insert(corner(place)).inserted {
        let firsts = (0..<space).map { "\(span($0, place)).first" }.joined(separator: ", ")
        names.append("mote_whole_lanes \(corner(place));")
        lines.append("\(corner(place)).row[v] = mote_corners_\(space)(call, \(reach), \(firsts));")
      }
    }
    return names + ["for (int l = 0; l < MOTE_BATCH; l++) {", "const int64_t p = PLACE;"] + fills
      + ["}", "for (int v = 0; v < MOTE_BATCH / 8; v++) {"] + lines + ["}"]
  }

  private func powers(_ part: NodeTransfer.Part, _ axis: Int) -> [Power] {
    isAffine(part) ? [Power(share: 1)] : keys(part).map { $0[axis] }
  }

  private func corner(_ place: [Int]) -> String { (["corner"] + place.map(String.init)).joined(separator: "_") }

  private func product(_ axis: Int, _ power: Power, _ place: [Int]) -> String {
    let name = span(axis, place)
    let parts =
      [String](repeating: "\(name).share[n]", count: power.share) + [String](repeating: "\(name).slope[n]", count: power.slope)
      + [String](repeating: "\(name).distance[n]", count: power.distance)
    let product = parts.isEmpty ? "(mote_row_8)1" : parts.joined(separator: " * ")
    return "for (int n = 0; n <= \(reach); n++) \(factor(axis, power, place))[n].row[v] = \(product);"
  }

  func offset(_ axes: some Sequence<Int>) -> String {
    axes.map { ["a", "b * line", "c * plane"][$0] }.joined(separator: " + ")
  }

  func share(_ axis: Int, _ power: Power, _ place: [Int]) -> String {
    "\(factor(axis, power, place))[\(Self.letters[axis])].of[l]"
  }

  // MARK: To sites

  /// What particles of a batch give with each product.
  private var given: (names: [String], lines: [String]) {
    var names: [String] = [], lines: [String] = []
    for (index, part) in transfer.parts.enumerated() {
      for (number, coefficients) in part.coefficients.enumerated() {
        let width = part.group.width, padded = coefficients + [String](repeating: "0", count: width - coefficients.count)
        names.append("mote_row_\(width) give_\(index)_\(number)[MOTE_BATCH];")
        lines.append("give_\(index)_\(number)[l] = (mote_row_\(width)){\(padded.joined(separator: ", "))};")
      }
    }
    return (names, lines)
  }

  /// Adds to the sites around a particle: what belongs to each site of an axis is found before the loop over the next one.
  private func scatter(_ index: Int) -> [String] {
    let part = transfer.parts[index], width = part.group.width, type = "mote_row_\(width)"
    // The cell was found by other roundings: at its very edge no site may be left.
    var lines = ["if (corner.of[l] < 0) continue;"] + arrival(index)
    if isAffine(part) { return lines + affineScatter(index) }
    var known = part.products.indices.map { (key: Array(keys(part)[$0].reversed()), name: "give_\(index)_\($0)[l]") }
    var serial = 0
    for axis in (0..<space).reversed() {
      let letter = Self.letters[axis]
      lines += [Self.unrolled, "for (int \(letter) = 0; \(letter) <= \(reach); \(letter)++) {"]
      var next: [(key: [Power], name: String)] = [], sums: [[String]] = []
      for (key, name) in known {
        let term = "\(name) * \(share(axis, key[0], part.group.place))", rest = Array(key.dropFirst())
        if let place = next.firstIndex(where: { $0.key == rest }) {
          sums[place].append(term)
        } else {
          next.append((rest, "v\(serial)"))
          sums.append([term])
          serial += 1
        }
      }
      if axis == 0 {
        lines += [target(index), "*to = \((["*to"] + sums.joined()).joined(separator: " + "));"]
      } else {
        lines += zip(next, sums).map { "const \(type) \($0.name) = \($1.joined(separator: " + "));" }
      }
      known = next
    }
    return lines + [String](repeating: "}", count: space)
  }

  /// Whether the sums of a cell are kept at hand until its last particle, which would else wait for what the one before wrote: where
  /// there is room for them.
  private var keepsSums: Bool { space < 3 }

  private var sitesOfSupport: Int { (0..<space).reduce(1) { many, _ in many * (reach + 1) } }

  /// What is done when a particle comes to its sites.
  private func arrival(_ index: Int) -> [String] {
    let width = transfer.parts[index].group.width
    guard keepsSums else { return ["double *const own = call->nodes[\(index)].numbers + corner.of[l] * \(width);"] }
    return ["if (corner.of[l] != held_\(index)) {"] + release(index) + ["held_\(index) = corner.of[l];", "}"]
  }

  /// Gives what is kept to its sites.
  private func release(_ index: Int) -> [String] {
    let width = transfer.parts[index].group.width, type = "mote_row_\(width)", axes = (0..<space).reversed()
    let loops = axes.flatMap { axis in
      let letter = Self.letters[axis]
      return [Self.unrolled, "for (int \(letter) = 0; \(letter) <= \(reach); \(letter)++) {"]
    }
    let site = "(\(type) *)(call->nodes[\(index)].numbers + (held_\(index) + \(offset(axes))) * \(width))"
    return loops + ["if (held_\(index) >= 0) *\(site) += \(kept(index));", "\(kept(index)) = (\(type))0;"]
      + [String](repeating: "}", count: space)
  }

  /// The sum of a site that is kept.
  private func kept(_ index: Int) -> String { "sum_\(index)[\(space == 1 ? "a" : "b * \(reach + 1) + a")]" }

  /// Where the innermost loop adds.
  func target(_ index: Int) -> String {
    let width = transfer.parts[index].group.width, type = "mote_row_\(width)"
    return keepsSums
      ? "\(type) *const to = &\(kept(index));"
      : "\(type) *const to = (\(type) *)(own + (\(offset((0..<space).reversed()))) * \(width));"
  }

  var toSites: String {
    let given = given, place = "const int64_t p = call->order[n + l];"
    let kept = keepsSums ? Array(transfer.parts.indices) : []
    let sums = kept.flatMap {
      ["mote_row_\(transfer.parts[$0].group.width) sum_\($0)[\(sitesOfSupport)] = {0};", "int64_t held_\($0) = -1;"]
    }
    let body =
      ["const int many = stop - n < MOTE_BATCH ? (int)(stop - n) : MOTE_BATCH;"]
      + spans.map { $0.replacing("PLACE", with: "call->order[n + (l < many ? l : 0)]") } + given.names + [Self.batch, place]
      + statements + given.lines + ["}"] + transfer.parts.indices.flatMap { [Self.batch] + scatter($0) + ["}"] }
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
      #pragma clang fp reassociate(off)
      \(indented(pointers + sums, 1))
        const int64_t layer = mote_cells_in_layer(call, \(space), \(reach)), stop = call->starts[end * layer];
        MOTE_NODE_STRIDES
        for (int64_t n = call->starts[begin * layer]; n < stop; n += MOTE_BATCH) {
      \(indented(body, 2))
        }
      \(indented(kept.flatMap(release), 1))
      }

      """
  }

  // MARK: To particles

  /// Sums over the sites around each particle of a batch, all products at once.
  private func gather(_ index: Int) -> [String] {
    let part = transfer.parts[index], width = part.group.width, place = part.group.place
    let moments = part.products.indices.map { NodeTransfer.name(part: index, product: $0) }
    var lines = moments.map { "mote_row_\(width) \($0)[MOTE_BATCH];" } + [Self.batch]
    lines.append("const double *const own = call->nodes[\(index)].numbers + \(corner(place)).of[l] * \(width);")
    let axes = Array((0..<space).reversed()), names = (0..<moments.count).map { "\(moments[$0])[l]" }
    let none = ["if (\(corner(place)).of[l] < 0) {"] + names.map { "\($0) = (mote_row_\(width))0;" } + ["continue;", "}"]
    lines += none
    if isAffine(part) { return lines + affineGather(index, into: names) + ["}"] }
    lines += sums(part, axes, depth: 0)
    for (key, name) in zip(keys(part), names) {
      lines.append("\(name) = s0_\(number(of: axes.map { key[$0] }, among: axes, part));")
    }
    return lines + ["}"]
  }

  private func distinctKeys(_ part: NodeTransfer.Part, _ axes: [Int]) -> [[Power]] {
    keys(part).map { key in axes.map { key[$0] } }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func number(of key: [Power], among axes: [Int], _ part: NodeTransfer.Part) -> Int {
    distinctKeys(part, axes).firstIndex(of: key) ?? 0
  }

  /// Loops over the sites along `axes`, the innermost last, that leave the sum for each product of factors in `s<depth>_<product>`.
  private func sums(_ part: NodeTransfer.Part, _ axes: [Int], depth: Int) -> [String] {
    let width = part.group.width, type = "mote_row_\(width)", here = distinctKeys(part, axes)
    guard let axis = axes.first else {
      return ["const \(type) s\(depth)_0 = *(const \(type) *)(own + (\(offset((0..<space).reversed()))) * \(width));"]
    }
    let letter = Self.letters[axis], rest = Array(axes.dropFirst())
    var lines = ["\(type) \(here.indices.map { "s\(depth)_\($0) = (\(type))0" }.joined(separator: ", "));"]
    lines += [Self.unrolled, "for (int \(letter) = 0; \(letter) <= \(reach); \(letter)++) {"]
    lines += sums(part, rest, depth: depth + 1)
    for (place, key) in here.enumerated() {
      let inner = number(of: Array(key.dropFirst()), among: rest, part)
      lines.append("s\(depth)_\(place) += s\(depth + 1)_\(inner) * \(share(axis, key[0], part.group.place));")
    }
    return lines + ["}"]
  }

  /// `stores` put the values, in the order of the outcomes, where they belong.
  func toParticles(mask: UInt64, stores: [String]) -> String {
    let body =
      ["const int many = end - m < MOTE_BATCH ? (int)(end - m) : MOTE_BATCH;"]
      + spans.map { $0.replacing("PLACE", with: "m + (l < many ? l : 0)") } + transfer.parts.indices.flatMap(gather)
      + [Self.batch, "const int64_t p = m + l;", "if (!((0x\(String(mask, radix: 16))ull >> species[p]) & 1)) continue;"]
      + statements + stores + ["}"]
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
      #pragma clang fp reassociate(off)
      \(indented(pointers, 1))
        MOTE_NODE_STRIDES
        for (int64_t m = begin; m < end; m += MOTE_BATCH) {
      \(indented(body, 2))
        }
      }

      """
  }

  private func indented(_ lines: [String], _ depth: Int) -> String {
    var depth = depth
    return lines.map { line in
      if line == "}" { depth -= 1 }
      defer { if line.hasSuffix("{") { depth += 1 } }
      return line.hasPrefix("#") ? line : String(repeating: "  ", count: depth) + line
    }.joined(separator: "\n")
  }
}
