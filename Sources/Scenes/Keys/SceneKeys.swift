/// The tables of all keys that a scene may have.
enum SceneKeys {
  static let positive = 1...Int(Int32.max)
  static let counts = 0...Int(Int32.max)

  static let scene = KeyTable(
    name: "scene",
    about: "A scene says what there is, by which laws it moves, for how long, and what is written down.",
    keys: [
      Key("title", .text, .value(#""""#), about: "What the scene shows, in a few words.", example: "Liquid argon"),
      Key(
        "include", .either([.file, .list(.file, count: 0...64)]),
        about: "Scenes that this one is laid over: maps are merged, lists and values replaced.", example: "[base.yaml]"),
      Key(
        "units", .either([.word(unitSystems), .map(units)]), .derived("molecular if the box is smaller than 1 µm, else SI"),
        about: "The units in which the run computes and writes.", example: "{system: reduced}"),
      Key(
        "seed", .integer(0...Int.max), .value("1"), about: "Where all random numbers start: same seed, same run.", example: "7"),
      Key(
        "precision", .word(["mixed", "double"]), .value("mixed"),
        about: "Pair arithmetic in float with exact sums (mixed), or all in double.", example: "double"),
      Key("box", .map(box), .required, about: "The region that is simulated.", example: "{size: [10, 10, 10] nm}"),
      Key(
        "species", .named(.map(species), of: "species"), .required, about: "Sets of particles, by name.",
        example: "{argon: {fields: {mass: 39.948 u}, fill: {lattice: fcc, count: 864, density: 1.374 g/cm^3}}}"),
      Key(
        "laws", .named(.map(law), of: "law"), .required,
        about: "The laws that hold, in the order in which they run; the name is free, `law` says which one if it is another.",
        example: "{velocity-verlet: {}, lj: {law: lennard-jones, epsilon: 119.8 kB K, sigma: 3.405 Å}}"),
      Key("dt", .quantity([.time], .positive), .required, about: "The time step.", example: "2 fs"),
      Key("steps", .integer(counts), .required, about: "Steps from the start to the end of the run.", example: "20000"),
      Key(
        "measure", .law("measure"), about: "Further totals for the log: a map, or a list of maps, as in a law.",
        example: #"{speed: "mean(norm(velocity))"}"#),
      Key("log", .map(log), .value("{}"), about: "The table of totals.", example: "{every: 50}"),
      Key("output", .map(output), .value("{}"), about: "The snapshot file.", example: "{file: argon.h5, every: 100}"),
      Key("checkpoint", .map(checkpoint), about: "States from which a run can continue.", example: "{every: 10000}"),
      Key("stop when", .expression, about: "The run ends well when this first holds.", example: "potential > 0"),
      Key(
        "on limit", .word(["warn", "stop"]), .value("warn"),
        about: "What happens when a `repeat … until` reaches its limit.", example: "stop"),
      Key(
        "expect", .named(.map(expectation), of: "total"), about: "What the run must give; checked at its end and by tests.",
        example: "{temperature: {value: 94.4 kB K, within: 3 %}}"),
    ])

  static let unitSystems = ["reduced", "molecular", "SI", "cgs"]

  static let units = KeyTable(
    name: "units", about: "The units of the run.",
    keys: [
      Key(
        "system", .word(unitSystems), .required,
        about: "reduced: pure numbers; molecular: nm, u, ps, e (energy in kJ/mol); SI; cgs.", example: "molecular")
    ])

  static let box = KeyTable(
    name: "box", about: "A rectangular region of 1, 2 or 3 dimensions.",
    keys: [
      Key(
        "size", .either([.word(["fit"]), .list(.quantity([.length], .positive), count: 1...3)]), .value("fit"),
        about: "The lengths of the sides; `fit` makes the box that a lattice with count and density, or with cells, fills.",
        example: "[10, 10, 20] nm"),
      Key(
        "origin", .list(.quantity([.length], .any), count: 1...3), .derived("0 along every axis"), about: "The lower corner.",
        example: "[-5, -5, -10] nm"),
      Key(
        "sides", .either([.word(sides), .list(.word(sides), count: 1...3)]), .value("periodic"),
        about: "periodic; open (what leaves is removed); wall (a law keeps particles inside). One word for all axes, or a list.",
        example: "[periodic, periodic, open]"),
    ])
  static let sides = ["periodic", "open", "wall"]

  static let species = KeyTable(
    name: "species", about: "A set of particles, lattice sites or links of one sort.",
    keys: [
      Key(
        "kind", .word(["particles", "lattice", "links"]), .value("particles"),
        about: "What it consists of: free particles, the sites of a grid that fills the box, or links between particles.",
        example: "lattice"),
      Key(
        "spacing", .quantity([.length], .positive), about: "Side of the cells of a lattice; the box is a multiple of it.",
        example: "0.5 mm"),
      Key(
        "ends", .list(.list(.integer(1...Int(Int32.max)), count: 2...4), count: 0...10_000_000),
        about: "Ids of the particles that links join at the start; ids count from 1 in the order of the species.",
        example: "[[1, 2], [2, 3]]"),
      Key(
        "chain", .map(chain), about: "Links that join particles of consecutive ids into chains at the start.",
        example: "{of: bead, length: 20}"),
      Key(
        "fields", .named(.law("field"), of: "field"),
        about:
          "First values: a quantity, a list for a vector, an expression of `position` and `id`, or a formula.",
        example: "{mass: 39.948 u, charge: -1 e}"),
      Key(
        "fill", .map(fill), about: "Where its particles are at the start; none without it.",
        example: "{random: 1000, distance: 0.9 Å}"),
      Key(
        "velocities", .map(velocities), about: "How fast they are at the start; at rest without it.",
        example: "{temperature: 94.4 K}"),
    ])

  static let law = KeyTable(
    name: "law", about: "One use of a law; its parameters stand beside these keys.",
    keys: [
      Key(
        "law", .text, .derived("the name of the entry"), about: "Which law: its name, or a path to its file.",
        example: "lennard-jones"),
      Key(
        "for", .law("roles"), .derived("species of the roles' names; all for a nameless role"),
        about:
          "Which species play the law's roles: a species or a list for a nameless role, else a map; `none` leaves a role empty.",
        example: "[argon, krypton]"),
      Key(
        "every", .integer(positive), .value("1"), about: "Runs in steps that this number divides; dt is then so much longer.",
        example: "10"),
      Key("group", .text, about: "The group of forces that it belongs to, for laws with several time steps.", example: "fast"),
      Key("slot", .text, about: "The place in the step where it runs, if not the law's own.", example: "moved"),
      Key(
        "shift", .word(["none", "energy", "force"]), about: "How its pair energy is brought to zero at the range.",
        example: "energy"),
      Key("smooth", .law("radius"), about: "The radius from which its pair energy is switched off smoothly.", example: "8 Å"),
      Key("tail", .flag, about: "Adds the mean-field correction for what the range cuts off.", example: "true"),
    ], isOpen: true)

  static let log = KeyTable(
    name: "log", about: "The table of totals.",
    keys: [Key("every", .integer(positive), .value("100"), about: "Steps between two rows.", example: "50")])

  static let output = KeyTable(
    name: "output", about: "The snapshot file; its path starts at the working directory.",
    keys: [
      Key("file", .text, .derived("the scene's name with .h5"), about: "Where frames are written.", example: "argon.h5"),
      Key("every", .integer(positive), .derived("a hundredth of all steps"), about: "Steps between two frames.", example: "100"),
      Key(
        "fields", .list(.text, count: 0...64), .value("[velocity]"),
        about: "What a frame holds besides positions.", example: "[velocity, force]"),
      Key(
        "precision", .word(["single", "double"]), .value("single"), about: "Of all fields but positions, which are double.",
        example: "double"),
      Key("compression", .integer(0...9), .value("1"), about: "0 none, 1 fast, 9 small.", example: "4"),
    ])

  static let checkpoint = KeyTable(
    name: "checkpoint", about: "States from which `mote run --continue` goes on.",
    keys: [Key("every", .integer(positive), .required, about: "Steps between two checkpoints.", example: "10000")])

  static let expectation = KeyTable(
    name: "expect", about: "A bound on a total at the end of the run.",
    keys: [
      Key("value", .quantity([.any], .any), about: "What it must be.", example: "94.4 kB K"),
      Key(
        "within", .quantity([.any], .notNegative), about: "How far off it may be: a quantity, or a part of the value.",
        example: "3 %"),
      Key(
        "between", .list(.quantity([.any], .any), count: 2...2), about: "Its least and greatest value.", example: "[0.98, 1.02]"),
    ])

  static let chain = KeyTable(
    name: "chain", about: "Chains of particles with consecutive ids, and which of them links join.",
    keys: [
      Key("of", .text, .required, about: "The species of the particles.", example: "bead"),
      Key("length", .integer(2...Int(Int32.max)), .required, about: "Particles of a chain.", example: "20"),
      Key(
        "apart", .integer(positive), .value("1"), about: "From end to end of a link, so many particles along the chain.",
        example: "19"),
    ])
}
