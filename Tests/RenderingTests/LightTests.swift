import Testing

@testable import Rendering

@Suite("Light falls as it should")
struct LightTests {
  private func occlusion(_ spheres: [SIMD4<Float>]) -> Occlusion {
    Occlusion(of: spheres, visible: spheres.map { _ in true }, typicalRadius: 1, threads: 1)
  }

  @Test("A sphere alone sees the whole sky")
  func alone() {
    let occlusion = occlusion([SIMD4(0, 0, 5, 1)])
    #expect(occlusion.openness(of: 0, at: SIMD3(0, 0, -1), normal: SIMD3(0, 0, -1)) == 1)
  }

  @Test("A sphere overhead hides the share (R/D)² of the sky")
  func formFactor() {
    let occlusion = occlusion([SIMD4(0, 0, 0, 1), SIMD4(0, 3, 0, 1)])
    let openness = occlusion.openness(of: 0, at: SIMD3(0, 1, 0), normal: SIMD3(0, 1, 0))
    #expect(abs(openness - 0.75) < 1e-5)
    #expect(occlusion.openness(of: 0, at: SIMD3(0, -1, 0), normal: SIMD3(0, -1, 0)) == 1, "and nothing below the horizon")
  }

  @Test("Mirrored surroundings give mirrored shade")
  func symmetricOcclusion() {
    let half = crowd(3, side: 6).map { SIMD4(Float($0.x), Float($0.y) - 3, Float($0.z) - 3, 1) }
    let mirrored = half.map { SIMD4(-$0.x, $0.y, $0.z, $0.w) }
    let (left, right) = (occlusion(half), occlusion(mirrored))
    let normal = SIMD3<Float>(0.6, 0.64, 0.48)
    for index in 0..<Int32(half.count) {
      let one = left.openness(of: index, at: normal, normal: normal)
      let other = right.openness(
        of: index, at: normal * SIMD3(-1, 1, 1), normal: normal * SIMD3(-1, 1, 1))
      #expect(abs(one - other) < 1e-5)
    }
  }

  @Test("A sphere between the light and another takes its key light, one beside the ray does not")
  func shadow() {
    let toLight = Lighting.toKey
    let blocker = toLight * 4
    func light(_ blocker: SIMD3<Float>) -> Float {
      let spheres = [SIMD4<Float>(0, 0, 0, 1), SIMD4(blocker.x, blocker.y, blocker.z, 1)]
      return ShadowMap(of: spheres, toLight: toLight, typicalRadius: 1, threads: 1).light(at: toLight, owner: 0)
    }
    #expect(light(blocker) == 0)
    #expect(light(blocker + toLight.cross(SIMD3(1, 0, 0)).normalized * 2.5) == 1)
    #expect(light(-blocker) == 1, "nor one behind")
  }

  @Test("More openness and more key light never make a surface darker")
  func monotonic() {
    for color in Palette.okabeIto {
      var last = SIMD3<Float>(repeating: -1)
      for step in 0...20 {
        let share = Float(step) / 20
        let light = Lighting.shade(
          .init(color: color.linear, normal: Lighting.toKey, toEye: SIMD3(0, 0, -1), openness: share, key: share))
        #expect(light.x >= last.x && light.y >= last.y && light.z >= last.z)
        last = light
      }
    }
  }
}
