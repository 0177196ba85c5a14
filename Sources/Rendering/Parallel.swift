import Dispatch

/// Does independent pieces of work, dealt like cards to so many threads; the result must not depend on their order.
func inParallel(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  let workers = max(1, min(threads, count))
  guard workers > 1 else {
    for index in 0..<count { body(index) }
    return
  }
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    for index in stride(from: worker, to: count, by: workers) { body(index) }
  }
}
