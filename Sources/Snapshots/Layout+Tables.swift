import Diagnostics
import Expressions
import World

extension Layout {
  /// The unit of values, in words and in numbers; for readers of H5MD too where they know it.
  func setUnits(
    of path: String, _ dimension: Dimension, in file: borrowing StoredFile, isReaderKind: Bool = true
  ) throws(Failure) {
    let name = units.unitName(of: dimension)
    try file.set("units", of: path, to: .text(name))
    try file.set("unit_si", of: path, to: .number(units.scale(of: dimension)))
    try file.set("unit_dimension", of: path, to: .numbers(dimension.exponents.map(\.value)))
    if isReaderKind, !dimension.isOne, ReaderUnits.know(units) { try file.set("unit", of: path, to: .text(name)) }
  }

  func write(_ provenance: Provenance, in file: borrowing StoredFile) throws(Failure) {
    let group = Path.provenance
    try file.createGroup(group + "/laws")
    for (name, text) in provenance.texts { try file.createText(group + "/" + name, [text], isScalar: true) }
    if let source = provenance.sceneSource { try file.createText(group + "/scene_source", [source], isScalar: true) }
    for law in provenance.laws {
      let name = String(law.name.map { $0 == "/" ? "-" : $0 })
      try file.createText(group + "/laws/" + name, [law.text], isScalar: true)
    }
    try file.set("seed", of: group, to: .seed(provenance.seed))
    try file.set("ranks", of: group, to: .integer32(Int32(clamping: provenance.ranks)))
  }

  /// Tables from which a frame is made again as it was: names of species, kind of box, shapes of fields, base units.
  func createParameters(in file: borrowing StoredFile) throws(Failure) {
    let codes = DatasetPlan(type: .i4, extent: [speciesNames.count], chunk: nil)
    try file.create("/parameters/species/id", codes)
    try file.write((0..<Int32(speciesNames.count)).map { $0 }, to: "/parameters/species/id")
    try file.createText(Path.speciesNames, speciesNames, isScalar: false)
    try file.createText("/parameters/box/sides", sides.map(\.rawValue), isScalar: false)
    try file.createText("/parameters/fields/name", fields.map(\.name), isScalar: false)
    try file.createText("/parameters/fields/shape", fields.map(\.shape.description), isScalar: false)
    try file.createText("/parameters/units/name", [units.name], isScalar: true)
    try file.createText("/parameters/units/symbols", units.symbols, isScalar: false)
    try file.create("/parameters/units/scales", DatasetPlan(type: .f8, extent: [units.scales.count], chunk: nil))
    try file.write(units.scales, to: "/parameters/units/scales")
  }
}
