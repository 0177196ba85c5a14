import CKernel
import Diagnostics
import KernelCompiler
import KernelTemplates

/// The arithmetic of pairs: `mixed` is float on an exact grid with fixed-point sums, `double` is double throughout.
public enum Precision: String, Sendable, CaseIterable { case mixed, double }

/// The compiled functions that sort, search and pack: the same for all laws of a space and a precision.
public struct ListKernels: Sendable {
  /// Number of dimensions.
  public let space: Int
  /// Kind of the packed numbers.
  public let precision: Precision
  private let library: KernelLibrary
  let wrap: Wrap
  let sort: Sort
  let permuteWide: PermuteWide
  let permuteNarrow: PermuteNarrow
  let countNear: CountNear
  let bound: Bound
  let search: Search
  let survey: Survey
  let listPairs: ListPairs
  let packPositions: PackPositions
  let packExtras: PackExtras
  let packCodes: PackCodes
  let packIds: PackIds
  let unpack: Unpack
  let reduce: Reduce
  let clear: Clear
  let clearExtremes: ClearExtremes
  let reduceExtremes: ReduceExtremes
  let unpackExtremes: UnpackExtremes

  typealias Wrap = @convention(c) (Columns, Images, UnsafePointer<mote_region>, Int64, Numbers, Numbers) -> Void
  typealias Sort = @convention(c) (UnsafeMutablePointer<mote_order>, Columns) -> Void
  typealias PermuteWide = @convention(c) (UnsafePointer<mote_order>, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
  typealias PermuteNarrow = @convention(c) (UnsafePointer<mote_order>, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
  typealias CountNear = @convention(c) (Columns, UnsafePointer<mote_region>, Int64, Int64, Double) -> Int64
  typealias Bound = @convention(c) (UnsafePointer<mote_search>, Int64, Int64) -> Void
  typealias Search = @convention(c) (UnsafePointer<mote_search>, Int64, Int64, UnsafeMutablePointer<mote_list>) -> Void
  typealias Survey =
    @convention(c) (UnsafePointer<mote_list>, Int32, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int32>) -> Void
  typealias ListPairs =
    @convention(c) (
      UnsafePointer<mote_search>, UnsafePointer<mote_list>, UnsafePointer<mote_roles>, UnsafeMutablePointer<Int32>, Int64
    ) -> Int64
  typealias PackPositions =
    @convention(c) (
      Columns, UnsafePointer<mote_grid>, UnsafePointer<Int32>, UnsafeRawPointer?, UnsafeMutableRawPointer, Int64, Int64,
      UnsafeMutablePointer<mote_packed>
    ) -> Void
  typealias PackExtras = @convention(c) (Columns, Int64, UnsafePointer<Int32>, UnsafeMutableRawPointer, Int64, Int64) -> Void
  typealias PackCodes =
    @convention(c) (UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafeMutablePointer<Int32>, Int64, Int64) -> Void
  typealias PackIds =
    @convention(c) (UnsafePointer<Int64>, UnsafePointer<Int32>, UnsafeMutablePointer<UInt32>, Int64, Int64) -> Void
  typealias Unpack =
    @convention(c) (
      UnsafePointer<Int64>, Int64, UnsafePointer<Double>, Int32, UnsafePointer<Int32>, Columns, Int64, Int64
    ) -> Void
  typealias Reduce = @convention(c) (UnsafeMutablePointer<Int64>, UnsafePointer<Int64>, Int64, Int64, Int64) -> Void
  typealias Clear = @convention(c) (UnsafeMutablePointer<Int64>, Int64, Int64, Int64) -> Void

  typealias ClearExtremes = @convention(c) (UnsafeMutablePointer<Int64>, Int64) -> Void
  typealias ReduceExtremes = @convention(c) (UnsafeMutablePointer<Int64>, UnsafePointer<Int64>, Int64) -> Void
  typealias UnpackExtremes =
    @convention(c) (UnsafePointer<Int64>, Int64, UnsafePointer<Double>, UnsafePointer<Int32>, Columns, Int64, Int64) -> Void

  typealias Columns = UnsafePointer<UnsafeMutablePointer<Double>?>
  typealias Images = UnsafePointer<UnsafeMutablePointer<Int32>?>
  typealias Numbers = UnsafeMutablePointer<Double>

  /// The C text of the library.
  public static func text(space: Int, precision: Precision) -> String {
    """
    // Sorting, searching and packing of particles in \(space) dimensions.
    #define MOTE_SPACE \(space)
    #define MOTE_DOUBLE \(precision == .double ? 1 : 0)
    \([KernelTemplates.header, KernelTemplates.lanes, KernelTemplates.order, KernelTemplates.search, KernelTemplates.pack]
      .joined(separator: "\n"))
    """
  }

  /// Compiles the library unless it is kept, and loads it.
  public init(space: Int, precision: Precision, toolchain: Toolchain = Toolchain()) throws(Failure) {
    self.space = space
    self.precision = precision
    library = try KernelLibrary(Self.text(space: space, precision: precision), with: toolchain)
    wrap = try library.function("mote_wrap", as: Wrap.self)
    sort = try library.function("mote_sort", as: Sort.self)
    permuteWide = try library.function("mote_permute_wide", as: PermuteWide.self)
    permuteNarrow = try library.function("mote_permute_narrow", as: PermuteNarrow.self)
    countNear = try library.function("mote_count_near", as: CountNear.self)
    bound = try library.function("mote_bound_clusters", as: Bound.self)
    search = try library.function("mote_search_clusters", as: Search.self)
    survey = try library.function("mote_survey", as: Survey.self)
    listPairs = try library.function("mote_list_pairs", as: ListPairs.self)
    packPositions = try library.function("mote_pack_positions", as: PackPositions.self)
    packExtras = try library.function("mote_pack_extras", as: PackExtras.self)
    packCodes = try library.function("mote_pack_codes", as: PackCodes.self)
    packIds = try library.function("mote_pack_ids", as: PackIds.self)
    unpack = try library.function("mote_unpack", as: Unpack.self)
    reduce = try library.function("mote_reduce", as: Reduce.self)
    clear = try library.function("mote_clear", as: Clear.self)
    clearExtremes = try library.function("mote_clear_extremes", as: ClearExtremes.self)
    reduceExtremes = try library.function("mote_reduce_extremes", as: ReduceExtremes.self)
    unpackExtremes = try library.function("mote_unpack_extremes", as: UnpackExtremes.self)
  }
}
