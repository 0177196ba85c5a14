import Foundation

/// Numbers in memory that belongs to one owner: aligned to a cache line, zero at first, readable a cluster beyond the end.
///
/// Pages are taken from the system when they are first touched, so that room kept in reserve costs nothing.
public final class AlignedArray<Element: BitwiseCopyable> {
  private static var alignment: Int { 64 }
  private var block: UnsafeMutableRawPointer
  /// The first element; changes when the capacity does.
  public private(set) var base: UnsafeMutablePointer<Element>
  /// Elements that there is room for.
  public private(set) var capacity: Int

  /// Room for this many elements, all zero.
  public init(capacity: Int = 0) {
    (block, base) = Self.allocate(capacity)
    self.capacity = capacity
  }

  deinit { free(block) }

  /// Makes room for `needed` elements and keeps the first `kept`; grows by half at least, so that appending stays linear.
  public func reserve(_ needed: Int, keeping kept: Int = 0) {
    guard needed > capacity else { return }
    let larger = max(needed, capacity + capacity / 2)
    let (fresh, start) = Self.allocate(larger)
    start.update(from: base, count: kept)
    free(block)
    (block, base, capacity) = (fresh, start, larger)
  }

  private static func allocate(_ capacity: Int) -> (UnsafeMutableRawPointer, UnsafeMutablePointer<Element>) {
    let needed = capacity * MemoryLayout<Element>.stride + 16 * MemoryLayout<Element>.stride + alignment
    let bytes = needed + (needed >= large ? page : 0)
    guard let block = calloc(bytes, 1) else { fatalError("out of memory: \(bytes) bytes for particles") }
    let start = block.alignedUp(toMultipleOf: alignment) + (needed >= large ? stagger(block) : 0)
    preferHugePages(block, bytes)
    return (block, start.bindMemory(to: Element.self, capacity: capacity + 16))
  }

  /// Bytes of a page, and from which size on a block is one of the system's, which begin at the same place within a page.
  private static var page: Int { 4096 }
  private static var large: Int { 1 << 18 }

  /// A multiple of the alignment below a page that differs between blocks: a loop over many columns would else need the same few
  /// places of the cache for all of them.
  private static func stagger(_ block: UnsafeMutableRawPointer) -> Int {
    Int(bitPattern: block) / page * 5 % (page / alignment) * alignment
  }

  /// Asks for pages of 2 MiB where they fit in whole: particles of large worlds lie far apart in memory, and translating
  /// their addresses page by page takes time.
  private static func preferHugePages(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
      let page = 2 << 20, first = block.alignedUp(toMultipleOf: page)
      let whole = (bytes - (first - block)) / page * page
      if whole > page { madvise(first, whole, MADV_HUGEPAGE) }
    #endif
  }
}
