import ArgumentParser
import Diagnostics

/// Frames of a file, as in `first`, `last`, `7`, `-1` (from the end) or `10:100:5` (from, below, step).
struct FrameSelection: ExpressibleByArgument {
  private enum Choice { case one(Int), range(Int?, Int?, Int) }
  private let choice: Choice

  static let all = FrameSelection(choice: .range(nil, nil, 1))
  static let last = FrameSelection(choice: .one(-1))

  private init(choice: Choice) { self.choice = choice }

  init?(argument: String) {
    switch argument {
    case "first": choice = .one(0)
    case "last": choice = .one(-1)
    case "all": choice = .range(nil, nil, 1)
    default:
      let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
      let numbers = parts.map { Int($0) }
      guard zip(parts, numbers).allSatisfy({ $0.isEmpty || $1 != nil }) else { return nil }
      switch numbers.count {
      case 1:
        guard let number = numbers[0] else { return nil }
        choice = .one(number)
      case 2...3:
        let step = numbers.count == 3 ? numbers[2] ?? 1 : 1
        guard step > 0 else { return nil }
        choice = .range(numbers[0], numbers[1], step)
      default: return nil
      }
    }
  }

  static var defaultValueDescription: String { "first, last, number or from:below:step" }

  /// The numbers of the frames in a file of so many.
  func indices(of count: Int, in file: String) throws(Failure) -> [Int] {
    func place(_ number: Int) -> Int { number < 0 ? count + number : number }
    switch choice {
    case .one(let number):
      guard (0..<count).contains(place(number)) else {
        throw Failure(.usage, "\(file) has no frame \(number)", hint: count == 0 ? "it holds none" : "0 to \(count - 1), or last")
      }
      return [place(number)]
    case .range(let from, let below, let step):
      let first = max(0, place(from ?? 0)), end = min(count, place(below ?? count))
      guard first < end else {
        throw Failure(.usage, "\(file) has no frames in that range", hint: count == 0 ? "it holds none" : "0:\(count):1 is all")
      }
      return Array(stride(from: first, to: end, by: step))
    }
  }
}
