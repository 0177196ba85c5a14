// What is w*(A + B*d): from site to site along an axis A + B*d grows by the same step, which takes sums where others take products.
extension NodeText {
  /// Whether all that particles give or receive is the share times a linear function of the separation.
  func isAffine(_ part: NodeTransfer.Part) -> Bool {
    part.products.allSatisfy { product in
      product.share == 1 && product.slope.allSatisfy { $0 == 0 } && product.distance.reduce(0, +) <= 1
    }
  }

  /// The product with the separation along an axis, or with none.
  private func product(_ part: NodeTransfer.Part, along axis: Int?) -> Int? {
    part.products.firstIndex { product in
      (0..<3).allSatisfy { product.distance[$0] == ($0 == axis ? 1 : 0) }
    }
  }

  private func sloped(_ part: NodeTransfer.Part) -> [Int] { (0..<space).filter { product(part, along: $0) != nil } }

  private func start(_ axis: Int, _ place: [Int]) -> String { "\(span(axis, place))_start" }

  /// The name of the separations of the first sites along an axis; nil where they are not needed.
  func affineStart(_ part: NodeTransfer.Part, _ axis: Int) -> String? {
    isAffine(part) && product(part, along: axis) != nil ? start(axis, part.group.place) : nil
  }

  private func share(_ axis: Int, _ part: NodeTransfer.Part) -> String { share(axis, Power(share: 1), part.group.place) }

  // MARK: To sites

  /// Adds to the sites around a particle. `v` is what the site gets, but for the shares along the axes that follow; `step_` by what it
  /// grows along an axis.
  func affineScatter(_ index: Int) -> [String] {
    let part = transfer.parts[index], type = "mote_row_\(part.group.width)", sloped = sloped(part)
    let given = { (axis: Int?) in product(part, along: axis).map { "give_\(index)_\($0)[l]" } }
    let first =
      [given(nil)].compactMap { $0 }
      + sloped.compactMap { axis in given(axis).map { "\($0) * \(start(axis, part.group.place)).of[l]" } }
    let last = space - 1
    var lines = ["\(type) v\(last) = \(first.joined(separator: " + "));"]
    for axis in sloped { lines.append("const \(type) step_\(axis)_\(last) = \(given(axis) ?? "0") * call->spacing;") }
    for axis in (0..<space).reversed() {
      let letter = Self.letters[axis], inner = axis - 1, share = share(axis, part)
      lines += [Self.unrolled, "for (int \(letter) = 0; \(letter) <= \(reach); \(letter)++) {"]
      if axis > 0 {
        lines.append("\(type) v\(inner) = v\(axis) * \(share);")
        lines += sloped.filter { $0 < axis }.map { "const \(type) step_\($0)_\(inner) = step_\($0)_\(axis) * \(share);" }
      } else {
        lines.append(target(index))
        lines.append("*to += v0 * \(share);")
      }
    }
    for axis in 0..<space {
      if sloped.contains(axis) { lines.append("v\(axis) += step_\(axis)_\(axis);") }
      lines.append("}")
    }
    return lines
  }

  // MARK: To particles

  /// Sums over the sites around a particle. From the last site to the first, `s` is the sum of what has come so far, and the sum of these
  /// sums is that of each site times its number.
  func affineGather(_ index: Int, into moments: [String]) -> [String] {
    let part = transfer.parts[index]
    var lines = affineSums(part, space - 1)
    for axis in 0..<space {
      guard let number = product(part, along: axis) else { continue }
      lines.append(
        "\(moments[number]) = s\(space - 1) * \(start(axis, part.group.place)).of[l] + k\(space - 1)_\(axis) * call->spacing;")
    }
    if let number = product(part, along: nil) { lines.append("\(moments[number]) = s\(space - 1);") }
    return lines
  }

  private func affineSums(_ part: NodeTransfer.Part, _ axis: Int) -> [String] {
    let width = part.group.width, type = "mote_row_\(width)", sloped = sloped(part).filter { $0 <= axis },
      letter = Self.letters[axis]
    let names = ["s\(axis)"] + sloped.map { "k\(axis)_\($0)" }
    var lines = ["\(type) \(names.map { "\($0) = (\(type))0" }.joined(separator: ", "));"]
    lines += [Self.unrolled, "for (int \(letter) = \(reach); \(letter) >= 0; \(letter)--) {"]
    if axis == 0 {
      lines.append("s0 += *(const \(type) *)(own + (\(offset((0..<space).reversed()))) * \(width)) * \(share(0, part));")
    } else {
      lines += affineSums(part, axis - 1)
      lines.append("s\(axis) += s\(axis - 1) * \(share(axis, part));")
      lines += sloped.filter { $0 < axis }.map { "k\(axis)_\($0) += k\(axis - 1)_\($0) * \(share(axis, part));" }
    }
    if sloped.contains(axis) { lines.append("if (\(letter) > 0) k\(axis)_\(axis) += s\(axis);") }
    return lines + ["}"]
  }
}
