import Testing

@testable import Engine

@Suite("Totals")
struct TotalsTests {
  static let text = """
    units: reduced
    box: {size: [20, 20, 20]}
    species: {atom: {fields: {velocity: "[1, 2, 3]"}, fill: {points: [[1, 1, 1], [12, 12, 12]]}}}
    laws: {velocity-verlet: {}, velocity-damping: {damping: 0.5}}
    dt: 0.1
    steps: 1
    measure:
      kinetic: sum(mass*dot(velocity, velocity)/2)
      doubled: 2*kinetic
      later: average(kinetic, 0.15)
    """

  @Test("A total that uses another reads its value of the same moment")
  func sameMoment() throws {
    for row in try simulation(Self.text).run(steps: 5, sampling: 1) {
      #expect(row["doubled"] == row["kinetic"].map { [2 * $0[0]] })
    }
  }

  @Test("An average is over the rows from its time on")
  func average() throws {
    let rows = try simulation(Self.text).run(steps: 4, sampling: 1)
    let kinetic = rows.map { $0["kinetic", default: [.nan]][0] }
    let mean = (kinetic[1] + kinetic[2] + kinetic[3]) / 3
    #expect(abs(rows[3]["later", default: [.nan]][0] - mean) < 1e-12)
  }

  @Test("With reduced units a number in a total may have any dimension; with others it may not")
  func bareNumbers() throws {
    let reduced = Self.text.replacing("doubled: 2*kinetic", with: "doubled: 2*kinetic + 0.85")
    #expect(try simulation(reduced).run(steps: 1, sampling: 1).first?["doubled"] != nil)
    let molecular = reduced.replacing("units: reduced", with: "units: molecular").replacing(
      "[20, 20, 20]", with: "[20, 20, 20] nm")
    #expect(throws: (any Error).self) { try simulation(molecular) }
  }

  @Test("The virial's components and their trace are those of the forces")
  func virial() throws {
    let simulation = try simulation(
      """
      units: reduced
      precision: double
      box: {size: [20, 20, 20], origin: [-10, -10, -10], sides: open}
      species: {atom: {fill: {points: [[0, 0, 0], [1, 0.5, 0.2], [0.3, -0.9, 0.8]]}}}
      laws: {velocity-verlet: {}, lennard-jones: {epsilon: 1, sigma: 1, cutoff: 5}}
      dt: 0.001
      steps: 1
      measure:
        xy: (virial*[0, 1, 0]).x
        zz: (virial*[0, 0, 1]).z
        all: trace(virial)
        xyOfForces: sum(position.x*force.y)
        zzOfForces: sum(position.z*force.z)
        allOfForces: sum(dot(position, force))
      """)
    let row = try #require(try simulation.run(steps: 1, sampling: 1).first)
    for name in ["xy", "zz", "all"] {
      let value = try #require(row[name]?.first), other = try #require(row[name + "OfForces"]?.first)
      #expect(abs(value) > 1e-3)
      #expect(abs(value - other) < 1e-10 * abs(value))
    }
  }
}
