import Testing

@testable import Laws
