/// The order in which meetings act where each sees what earlier ones wrote: that of a hash of their ids, so that it depends neither on
/// where members lie in memory nor on the number of threads.
///
/// Meetings that share no end act at once: each belongs to the set that comes right after the last set in which an earlier one shares
/// an end with it. What comes of it is what a single thread gives that goes through them in the order of the hash.
struct Turns {
  /// Meetings by set, in each in the order of their keys.
  private(set) var order: [Int64] = []
  /// Where each set lies in `order`.
  private(set) var sets: [Range<Int>] = []

  /// As many meetings of a set keep a thread busy for longer than it takes to wake it.
  static let leastOfThread = 512

  /// The order of meetings with these keys; `ends` are places among `members`, meeting by meeting. `tie` says which of two meetings
  /// with one key is first.
  init(keys: [UInt64], ends: [Int32], of members: Int, tie: (Int, Int) -> Bool) {
    let arity = keys.isEmpty ? 0 : ends.count / keys.count
    func own(_ meeting: Int) -> ArraySlice<Int32> { ends[meeting * arity..<(meeting + 1) * arity] }
    let byKey = keys.indices.sorted { keys[$0] == keys[$1] ? tie($0, $1) : keys[$0] < keys[$1] }
    // The set that comes next for a member, and the set of each meeting.
    var next = [Int32](repeating: 0, count: members), found = [Int32](repeating: 0, count: keys.count), counts: [Int] = []
    for meeting in byKey {
      let set = own(meeting).reduce(Int32(0)) { max($0, next[Int($1)]) }
      for end in own(meeting) { next[Int(end)] = set + 1 }
      found[meeting] = set
      if counts.count <= set { counts.append(0) }
      counts[Int(set)] += 1
    }
    var start = 0
    for count in counts {
      sets.append(start..<start + count)
      start += count
    }
    var place = sets.map(\.lowerBound)
    order = [Int64](repeating: 0, count: keys.count)
    for meeting in byKey {
      let set = Int(found[meeting])
      order[place[set]] = Int64(meeting)
      place[set] += 1
    }
  }

  /// A hash that gives different numbers different keys (the finalizer of SplitMix64, S. Vigna 2015).
  static func key(of number: UInt64) -> UInt64 {
    var key = number &+ 0x9e37_79b9_7f4a_7c15
    key = (key ^ (key >> 30)) &* 0xbf58_476d_1ce4_e5b9
    key = (key ^ (key >> 27)) &* 0x94d0_49bb_1331_11eb
    return key ^ (key >> 31)
  }
}
