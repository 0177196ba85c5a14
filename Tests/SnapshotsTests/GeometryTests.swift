import Diagnostics
import Foundation
import SampleFrames
import Testing
import World

@testable import Snapshots

@Suite("Surfaces and sidecars")
struct GeometryTests {
  static let corners: [[Double]] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 2]]
  /// A tetrahedron of volume 1/3, faces seen from outside.
  static let faces = [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]

  @Test("An STL file gives its triangles, text or binary", arguments: [true, false])
  func stl(isText: Bool) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/solid.stl"
      try (isText ? Self.text : Self.binary).write(to: URL(fileURLWithPath: path))
      let triangles = try Surface(stl: path)
      #expect(triangles.corners == Self.faces.flatMap { $0.flatMap { Self.corners[$0] } })
      #expect(abs(volume(triangles) - 1.0 / 3) < 1e-12)
    }
  }

  @Test("What is no STL file is refused")
  func noSTL() throws {
    try withTemporaryFolder { folder in
      try Data("solid\nendsolid\n".utf8).write(to: URL(fileURLWithPath: folder + "/empty.stl"))
      for name in ["empty", "missing"] {
        let failure = #expect(throws: Failure.self) { try Surface(stl: "\(folder)/\(name).stl") }
        #expect(failure?.status == .unreadableFile)
      }
    }
  }

  @Test("The sidecar shows each frame at its place in the file")
  func xdmf() throws {
    try withTemporaryFolder { folder in
      var frames = SampleFrames()
      (frames.hasManyFields, frames.hasStaticFields, frames.count) = (true, false, { 40 - 5 * $0 })
      try write(frames, to: folder + "/run.h5")
      let text = XDMF(try SnapshotReader(folder + "/run.h5")).encode()
      #expect(text.components(separatedBy: "<Grid><Time").count == 4)
      #expect(text.contains("2 0 0 1 1 1 1 30 3</DataItem>") && text.contains("run.h5:/particles/trajectory/position/value"))
      #expect(XMLDocumentCheck(text).isWellFormed)
    }
  }

  /// A sixth of the sum of the triple products of the corners.
  private func volume(_ triangles: Surface) -> Double {
    (0..<triangles.count).reduce(0) { sum, triangle in
      let p = triangles.corners[9 * triangle..<9 * triangle + 9].map { $0 }
      let cross = [p[4] * p[8] - p[5] * p[7], p[5] * p[6] - p[3] * p[8], p[3] * p[7] - p[4] * p[6]]
      return sum + (p[0] * cross[0] + p[1] * cross[1] + p[2] * cross[2]) / 6
    }
  }

  private static var text: Data {
    let facets = faces.map { face in
      "facet normal 0 0 0\nouter loop\n" + face.map { "vertex \(corners[$0][0]) \(corners[$0][1]) \(corners[$0][2])\n" }.joined()
        + "endloop\nendfacet\n"
    }
    return Data(("solid body\n" + facets.joined() + "endsolid body\n").utf8)
  }

  private static var binary: Data {
    var data = Data(count: 80)
    withUnsafeBytes(of: UInt32(faces.count).littleEndian) { data.append(contentsOf: $0) }
    for face in faces {
      let numbers: [Double] = [0, 0, 0] + face.flatMap { corners[$0] }
      for number in numbers {
        withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
      data.append(contentsOf: [0, 0])
    }
    return data
  }
}

/// Whether tags are closed in the order in which they were opened.
struct XMLDocumentCheck {
  let isWellFormed: Bool

  init(_ text: String) {
    var open: [Substring] = [], isBalanced = true
    for tag in text.split(separator: "<").dropFirst() where !tag.hasPrefix("?") {
      let name = tag.prefix { $0 != " " && $0 != ">" }
      if name.hasPrefix("/") {
        isBalanced = isBalanced && open.popLast() == name.dropFirst()
      } else if !tag.prefix(while: { $0 != ">" }).hasSuffix("/") {
        open.append(name)
      }
    }
    isWellFormed = isBalanced && open.isEmpty
  }
}
