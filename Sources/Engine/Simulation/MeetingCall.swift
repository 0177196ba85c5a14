import CKernel
import KernelCompiler
import World

/// Everything that a pass over meetings reads, in memory that C can see while the call lasts.
struct MeetingCall {
  /// What a run found out.
  struct Result {
    /// Largest magnitude of each outcome, or what is not finite.
    var largest: [Double]
    /// Sums over all meetings, by outcome.
    var totals: [Int64]
    /// The first meeting for which a requirement does not hold.
    var failed: Int?
  }

  private let columns: [UnsafeMutablePointer<Double>]
  private let needs: BoundNeeds
  private let ids: [UnsafePointer<Int64>?]
  private let ownIds: UnsafePointer<Int64>
  private let species: [UnsafePointer<Int32>?]
  private let places: [Int32]
  private let sides: (Double, Double, Double)
  private let seed: UInt64
  private let step: Int64
  private let targets: [MeetingKernel.Target]
  /// What is read of members, row by row.
  private let rows: UnsafePointer<Double>
  /// Where every thread has a copy of the sums, how many numbers a copy has; nil where threads share them.
  var sumsOfPart: Int?
  /// Whether sums over all meetings are wanted.
  var wantsTotals = true

  /// `places` are those of the ends, meeting by meeting; `own` holds what belongs to the meetings themselves, `rows` what is read
  /// of members.
  init(
    _ needs: BoundNeeds, _ pass: MeetingPass, _ stores: [MemberStore], own: MemberStore, _ world: WorldState, box: Box,
    places: [Int32], rows: AlignedArray<Double>
  ) {
    self.rows = UnsafePointer(rows.base)
    columns =
      pass.isInTurn
      ? pass.kernel.columnsInTurn.map { item in
        (pass.kernel.ends.firstIndex(of: item.end).map { stores[pass.ends[$0]] } ?? own).existing(item.column)
      } : pass.kernel.columns.map { own.existing($0) }
    ids = pass.ends.map { UnsafePointer(stores[$0].idColumn) }
    ownIds = UnsafePointer(own.idColumn)
    species = pass.ends.map { UnsafePointer(stores[$0].speciesColumn) }
    let lengths = (0..<3).map { axis in
      axis < box.space && box.sides[axis] == .periodic ? box.lengths[axis] : 0
    }
    sides = (lengths[0], lengths[1], lengths[2])
    targets = pass.kernel.targets
    self.needs = needs
    self.places = places
    (seed, step) = (world.seed, world.step)
  }

  /// Runs a kernel over all meetings, or over one set of `turns` after another; `sums` receives row by row, `extremes` by outcome,
  /// `fresh` by own column.
  func run(
    _ kernel: (UnsafePointer<mote_meeting_call>, Int64, Int64) -> Void, scales: [Double], _ sums: AlignedArray<Int64>,
    extremes: [AlignedArray<Int64>], _ fresh: [AlignedArray<Double>], _ workers: Workers, count: Int, turns: Turns? = nil
  ) -> Result {
    let parts = workers.count, width = targets.count + 16  // what threads write lies more than a cache line apart
    var largest = [UInt64](repeating: 0, count: width * parts)
    var totals = [Int64](repeating: 0, count: width * parts)
    var failed = [Int64](repeating: .max, count: parts)
    let sets = turns?.sets ?? [0..<count]
    withCall(scales: scales, extremes, fresh, order: turns?.order ?? []) { call in
      largest.withUnsafeMutableBufferPointer { largest in
        totals.withUnsafeMutableBufferPointer { totals in
          failed.withUnsafeMutableBufferPointer { failed in
            for set in sets {
              let ranges = workers.ranges(of: set.count, atLeast: turns == nil ? 64 : Turns.leastOfThread)
              workers.forEach(ranges.count) { part in
                var own = call
                own.largest = largest.baseAddress.map { $0 + part * width }
                own.totals = totals.baseAddress.map { $0 + part * width }
                own.failed = failed.baseAddress.map { $0 + part }
                own.is_shared = parts > 1 && sumsOfPart == nil ? 1 : 0
                own.sums = sums.base + part * (sumsOfPart ?? 0)
                let first = Int64(set.lowerBound)
                kernel(&own, first + ranges[part].lowerBound, first + ranges[part].upperBound)
              }
            }
          }
        }
      }
    }
    return Result(
      largest: targets.indices.map { outcome in
        Double(bitPattern: (0..<parts).map { largest[$0 * width + outcome] }.max() ?? 0)
      },
      totals: targets.indices.map { outcome in (0..<parts).reduce(Int64(0)) { $0 &+ totals[$1 * width + outcome] } },
      failed: failed.min().flatMap { $0 == .max ? nil : Int($0) })
  }

  private func withCall(
    scales: [Double], _ extremes: [AlignedArray<Int64>], _ fresh: [AlignedArray<Double>], order: [Int64],
    _ body: (mote_meeting_call) -> Void
  ) {
    var call = mote_meeting_call()
    (call.side.0, call.side.1, call.side.2) = sides
    (call.seed, call.step) = (seed, step)
    call.wants_totals = wantsTotals ? 1 : 0
    call.rows = rows
    call.own_ids = ownIds
    let freshPlaces: [UnsafeMutablePointer<Double>?] = fresh.map(\.base) + [nil]
    let extremePlaces: [UnsafeMutablePointer<Int64>?] = extremes.map(\.base) + [nil]
    withColumns(columns) { columns in
      freshPlaces.withUnsafeBufferPointer { fresh in
        (ids + [nil]).withUnsafeBufferPointer { ids in
          (species + [nil]).withUnsafeBufferPointer { species in
            places.withUnsafeBufferPointer { places in
              scales.withUnsafeBufferPointer { scales in
                extremePlaces.withUnsafeBufferPointer { extremes in
                  needs.withTables { constants, tables, functions in
                    call.columns = columns
                    (call.next, call.ends, call.extremes) = (fresh.baseAddress, places.baseAddress, extremes.baseAddress)
                    (call.ids, call.species, call.scales) = (ids.baseAddress, species.baseAddress, scales.baseAddress)
                    (call.k, call.table, call.function) = (constants, tables, functions)
                    call.species_count = Int64(needs.speciesCount)
                    order.withUnsafeBufferPointer { order in
                      call.order = order.baseAddress
                      body(call)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
