/// What each sample of the picture sees: the depth of the nearest surface, and whose it is.
///
/// Samples are stored in blocks of 8 x 8, each of which knows its farthest depth, so that what is hidden costs one comparison
/// per block; blocks are grouped into tiles of 16 x 16, each of which one thread fills.
///
/// `@unchecked Sendable`: the memory is written while tiles are filled, each block by the one thread that has its tile,
/// and only read afterwards.
final class SampleBuffer: @unchecked Sendable {
  static let blockSide = 8
  static let tileSide = 128
  /// Owner of samples that see the background.
  static let nobody: Int32 = -1

  /// Samples across and down.
  let width: Int
  let height: Int
  let blocksAcross: Int
  let blocksDown: Int
  /// Eight depths, or owners, side by side: row `y & 7` of a block.
  let depths: UnsafeMutablePointer<SIMD8<Float>>
  let owners: UnsafeMutablePointer<SIMD8<Int32>>
  let farthest: UnsafeMutablePointer<Float>

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    blocksAcross = (width + Self.blockSide - 1) / Self.blockSide
    blocksDown = (height + Self.blockSide - 1) / Self.blockSide
    let blocks = blocksAcross * blocksDown
    depths = .allocate(capacity: blocks * Self.blockSide)
    owners = .allocate(capacity: blocks * Self.blockSide)
    farthest = .allocate(capacity: blocks)
    depths.initialize(repeating: SIMD8(repeating: .infinity), count: blocks * Self.blockSide)
    owners.initialize(repeating: SIMD8(repeating: Self.nobody), count: blocks * Self.blockSide)
    farthest.initialize(repeating: .infinity, count: blocks)
  }

  deinit {
    depths.deallocate()
    owners.deallocate()
    farthest.deallocate()
  }

  var tilesAcross: Int { (width + Self.tileSide - 1) / Self.tileSide }
  var tilesDown: Int { (height + Self.tileSide - 1) / Self.tileSide }

  /// The samples of a tile, those outside the picture left out.
  func samples(ofTile tile: Int) -> SampleRange {
    let x = tile % tilesAcross * Self.tileSide, y = tile / tilesAcross * Self.tileSide
    return SampleRange(
      left: x, right: min(x + Self.tileSide, width) - 1, top: y, bottom: min(y + Self.tileSide, height) - 1)
  }

  @inline(__always) private func place(_ x: Int, _ y: Int) -> (row: Int, lane: Int) {
    (((y >> 3) &* blocksAcross &+ (x >> 3)) &* 8 &+ (y & 7), x & 7)
  }
  @inline(__always) func depth(_ x: Int, _ y: Int) -> Float {
    let (row, lane) = place(x, y)
    return UnsafeRawPointer(depths + row).load(fromByteOffset: lane &* 4, as: Float.self)
  }
  @inline(__always) func owner(_ x: Int, _ y: Int) -> Int32 {
    let (row, lane) = place(x, y)
    return UnsafeRawPointer(owners + row).load(fromByteOffset: lane &* 4, as: Int32.self)
  }
  /// Gives a sample to an owner that is nearer than what it saw.
  @inline(__always) func put(depth: Float, owner: Int32, x: Int, y: Int) {
    let (row, lane) = place(x, y)
    depths[row][lane] = depth
    owners[row][lane] = owner
  }
}

/// Samples from `left` to `right` and from `top` to `bottom`, ends included; none if the ends are crossed.
struct SampleRange: Sendable {
  var left: Int
  var right: Int
  var top: Int
  var bottom: Int

  @inline(__always) var isEmpty: Bool { left > right || top > bottom }
  @inline(__always) func clipped(to other: SampleRange) -> SampleRange {
    SampleRange(
      left: max(left, other.left), right: min(right, other.right), top: max(top, other.top), bottom: min(bottom, other.bottom))
  }
}
