import Expressions

/// How the C text of a meeting names what it reads; all that differs between texts is where the numbers of an end stand.
struct MeetingNames: Sendable {
  /// C text of the place of an end's numbers, or of the meeting's own (the end is empty).
  let place: @Sendable (_ end: String) -> String
  /// Whether meetings are links, which have ids; else they are known by those of their ends.
  let areLinks: Bool

  /// An input of a meeting.
  func text(of input: Input) -> String {
    switch input.kind {
    case .separation: "d_\(Self.name(of: input))_\(input.component)"
    case .distanceSquared: "r2_\(Self.name(of: input))"
    case .field where input.name == "id": "(double)\(own("id", of: input.end))"
    case .field: "\(Column(input.name, input.component).meetingName(of: input.end))[\(place(input.end))]"
    case .species: "(double)\(own("species", of: input.end))"
    case .local: input.component == 0 && input.end.isEmpty ? input.name : "\(input.name)[\(input.component)]"
    default: "NAN"
    }
  }

  /// A random number of the meeting.
  func noise(_ draw: Draw) -> String {
    let (i, j) = (own("id", of: "i"), own("id", of: "j"))
    return areLinks ? draw.ofLink(own("id", of: ""), between: i, j) : draw.ofPair(i, j)
  }

  /// Where the value of a species, or of a pair of species, stands in its table.
  func speciesPlace(of ends: [String]) -> String {
    let i = own("species", of: "i")
    return ends.count < 2 ? i : "\(i) * call->species_count + \(own("species", of: "j"))"
  }

  private func own(_ what: String, of end: String) -> String { "\(end.isEmpty ? "own" : end)_\(what)[\(place(end))]" }

  // MARK: Separations

  /// The two ends of each separation that is read, `i` and `j` where none are named.
  static func pairs(of inputs: [Input]) -> [(String, String)] {
    let names = Set(inputs.filter { $0.kind == .separation || $0.kind == .distanceSquared }.map { $0.end })
    return names.sorted().map { name in
      let letters = name.isEmpty ? ["i", "j"] : name.map(String.init)
      return (letters[0], letters[letters.count - 1])
    }
  }

  private static func name(of input: Input) -> String { input.end.isEmpty ? "ij" : input.end }

  /// The statements that compute separations and their squares.
  func separations(of inputs: [Input], space: Int) -> [String] {
    Self.pairs(of: inputs).flatMap { a, b -> [String] in
      let differences = (0..<space).map { axis in
        let (x, y) = ("\(a)_position_\(axis)[\(place(a))]", "\(b)_position_\(axis)[\(place(b))]")
        return "const double d_\(a)\(b)_\(axis) = mote_nearest(\(x) - \(y), side[\(axis)]);"
      }
      let squares = (0..<space).map { "d_\(a)\(b)_\($0) * d_\(a)\(b)_\($0)" }
      return differences + ["const double r2_\(a)\(b) = \(squares.joined(separator: " + "));"]
    }
  }
}

extension Column {
  /// Its name in C, as a column of an end, or of the meeting itself.
  func meetingName(of end: String) -> String { "\(end.isEmpty ? "own" : end)_\(cName)" }
}
