import CHDF5

/// SHA-256 of a stream of numbers.
struct Digest {
  private var hash = mote_sha256()

  init() { mote_sha256_start(&hash) }

  mutating func add<Number: StoredNumber>(_ values: some RandomAccessCollection<Number>) {
    let added: Void? = values.withContiguousStorageIfAvailable {
      mote_sha256_add(&hash, $0.baseAddress, $0.count * MemoryLayout<Number>.stride)
    }
    if added == nil { add(Array(values)) }
  }

  /// 32 bytes; ends the stream.
  consuming func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    mote_sha256_finish(&hash, &digest)
    return digest
  }
}
