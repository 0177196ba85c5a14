import Diagnostics
import Foundation

/// A loaded library of kernels; stays loaded while it is referred to.
public final class KernelLibrary: Sendable {
  private nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  /// Compiles the text, unless that was done before, and loads it.
  public init(_ text: String, with toolchain: Toolchain) throws(Failure) {
    let file = try toolchain.library(of: text)
    guard let handle = dlopen(file.path, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
      throw Failure(
        .failed, "cannot load the kernel \(file.lastPathComponent): \(reason)",
        hint: "delete \(file.deletingLastPathComponent().path) and run again")
    }
    self.handle = handle
  }

  deinit { dlclose(handle) }

  /// The function of this name, as the C type that it has.
  public func function<Type>(_ name: String, as type: Type.Type) throws(Failure) -> Type {
    guard let symbol = dlsym(handle, name) else { throw Failure(.failed, "the kernel has no function \(name)") }
    return unsafeBitCast(symbol, to: type)
  }
}
