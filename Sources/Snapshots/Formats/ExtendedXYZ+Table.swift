import Diagnostics
import Expressions
import World

extension ExtendedXYZ {
  /// The rows of a frame, column by column.
  struct Table {
    private let columns: [(name: String, kind: String, width: Int)]
    private let space: Int
    var names: [String]
    private var codes: [String: Int32]
    var species: [Int32] = []
    var ids: [Int64] = []
    var fields: [FrameField] = []
    /// For each column of the file the field that takes it; nil for species and ids.
    private var targets: [Int?] = []

    init(_ header: Header) {
      columns = header.columns
      space = header.box.space
      names = (header.keys["names"] ?? "").split(separator: " ").map(String.init)
      codes = Dictionary(names.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
      let statics = Set((header.keys["static"] ?? "").split(separator: " ").map(String.init))
      for column in columns {
        guard column.kind != "S", column.name != "id" else {
          targets.append(nil)
          continue
        }
        targets.append(fields.count)
        fields.append(Self.field(column, space, statics))
      }
    }

    private static func field(_ column: (name: String, kind: String, width: Int), _ space: Int, _ statics: Set<String>)
      -> FrameField
    {
      let known = ["pos": "position", "velo": "velocity", "vel": "velocity", "forces": "force", "masses": "mass"]
      let name = known[column.name] ?? column.name
      let shape: Shape =
        switch (column.width, column.kind) {
        case (1, "R"): .scalar
        case (1, "L"): .boolean
        case (1, _): .integer
        case (3, _): .vector
        case (space * space, _): .matrix
        default: .array(column.width, of: .scalar)
        }
      return FrameField(
        name: name, shape: shape, components: shape.components(space: space), dimension: Dimension.ofField(name), values: [],
        isStatic: statics.contains(name))
    }

    /// Reads one particle.
    mutating func read(_ lines: inout TextLines) throws(Diagnostic) {
      let words = try lines.words("a particle", atLeast: columns.reduce(0) { $0 + $1.width })
      var start = 0, code: Int32?
      for (column, target) in zip(columns, targets) {
        let own = words[start..<start + column.width]
        start += column.width
        if let target {
          let kept = fields[target].shape == .vector ? own.prefix(space) : own
          for word in kept { fields[target].values.append(try value(word, column.kind, column.name, lines)) }
        } else if column.name == "id" {
          ids.append(try lines.integer(own[own.startIndex], "an id"))
        } else if column.name == "species" {
          code = self.code(of: String(own[own.startIndex]))
        }
      }
      species.append(code ?? self.code(of: "particle"))
    }

    private func value(_ word: Substring, _ kind: String, _ name: String, _ lines: TextLines) throws(Diagnostic) -> Double {
      if kind == "L" { return ["T", "True", "1"].contains(word) ? 1 : 0 }
      return try lines.number(word, name)
    }

    private mutating func code(of name: String) -> Int32 {
      if let code = codes[name] { return code }
      codes[name] = Int32(names.count)
      names.append(name)
      return Int32(names.count - 1)
    }
  }
}

extension Dimension {
  /// What fields are measured in that everybody knows; `one` for others.
  static func ofField(_ name: String) -> Dimension {
    switch name {
    case "position", "radius": Dimension(length: 1)
    case "image": .one
    default: Dimension.named(space: 3)[name] ?? .one
    }
  }
}
