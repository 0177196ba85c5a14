import Testing

@testable import KernelCompiler
