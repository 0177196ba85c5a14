import CKernel

extension BoundNeeds {
  /// Constants, tables and functions in memory that C can see while the call lasts.
  func withTables(
    _ body: (
      UnsafePointer<Double>?, UnsafePointer<UnsafePointer<Double>?>?, UnsafePointer<UnsafePointer<mote_table>?>?
    ) -> Void
  ) {
    constants.withUnsafeBufferPointer { constants in
      let joined = tables.flatMap { $0 }
      joined.withUnsafeBufferPointer { buffer in
        var starts: [UnsafePointer<Double>?] = [], place = 0
        for table in tables {
          starts.append(buffer.baseAddress.map { $0 + place })
          place += table.count
        }
        (starts + [nil]).withUnsafeBufferPointer { tables in
          SplineTable.withTables(splines) { functions in body(constants.baseAddress, tables.baseAddress, functions) }
        }
      }
    }
  }
}

extension SplineTable {
  /// Hands splines to a kernel: one list for each function, one table for each species in it.
  fileprivate static func withTables(_ splines: [[SplineTable]], _ body: (UnsafePointer<UnsafePointer<mote_table>?>?) -> Void) {
    let pieces = splines.flatMap { $0.flatMap(\.pieces) }
    pieces.withUnsafeBufferPointer { numbers in
      var tables: [mote_table] = [], place = 0
      for spline in splines.flatMap({ $0 }) {
        tables.append(
          mote_table(
            first: spline.first, inverse_width: 1 / spline.width, intervals: Int64(spline.intervals),
            pieces: numbers.baseAddress.map { $0 + place }, beyond: spline.endsAtZero ? 0 : .nan))
        place += spline.pieces.count
      }
      tables.withUnsafeBufferPointer { tables in
        var starts: [UnsafePointer<mote_table>?] = [], first = 0
        for list in splines {
          starts.append(tables.baseAddress.map { $0 + first })
          first += list.count
        }
        (starts + [nil]).withUnsafeBufferPointer { body($0.baseAddress) }
      }
    }
  }
}
