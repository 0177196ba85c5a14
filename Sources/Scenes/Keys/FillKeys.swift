extension SceneKeys {
  static let lattices = ["fcc", "bcc", "sc", "diamond", "hexagonal", "square", "line"]

  static let fill = KeyTable(
    name: "fill",
    about:
      "One of: lattice, random, walk, points, file, replace. A lattice wants `spacing`, `density`, or `count` in a known box.",
    keys: [
      Key(
        "lattice", .word(lattices), about: "In 3 dimensions fcc, bcc, sc, diamond; in 2 hexagonal, square; in 1 line.",
        example: "fcc"),
      Key("count", .integer(positive), about: "Particles; sites beyond are left vacant, evenly.", example: "864"),
      Key("cells", .list(.integer(1...100_000), count: 1...3), about: "Unit cells along each axis.", example: "[6, 6, 6]"),
      Key("spacing", .quantity([.length], .positive), about: "Side of the lattice's unit cell.", example: "5.26 Å"),
      Key(
        "density", .quantity([.density, .numberDensity], .positive),
        about: "Of mass (then `fields` gives the mass) or of particles.", example: "1.374 g/cm^3"),
      Key(
        "offset", .list(.quantity([.one], .any), count: 1...3), .derived("0 along every axis"),
        about: "Shifts the lattice, in parts of its cell.", example: "[0.5, 0, 0]"),
      Key("random", .integer(positive), about: "So many particles at random places.", example: "1000"),
      Key(
        "distance", .quantity([.length], .notNegative), about: "The least distance of a random place to all particles so far.",
        example: "0.9 Å"),
      Key("walk", .integer(positive), about: "So many chains of particles, each a random walk of normal steps.", example: "100"),
      Key("length", .integer(positive), about: "Particles of a chain of `walk`; their ids follow one another.", example: "20"),
      Key(
        "step", .quantity([.length], .positive), about: "Root of the mean square of a step of `walk`.", example: "3.8 Å"),
      Key(
        "points", .list(.list(.quantity([.length], .any), count: 1...3), count: 1...50_000), about: "The positions themselves.",
        example: "[[0, 0, 0] nm, [1, 0, 0] nm]"),
      Key(
        "velocities", .list(.list(.quantity([.velocity], .any), count: 1...3), count: 1...50_000),
        about: "One for each of `points`.", example: "[[1, 0, 0] m/s, [-1, 0, 0] m/s]"),
      Key(
        "file", .file, about: "A frame of another program or run: extended XYZ, LAMMPS data, a snapshot.", example: "start.xyz"),
      Key(
        "frame", .either([.word(["first", "last"]), .integer(counts)]), .derived("last, for a file"),
        about: "Which frame of the file.",
        example: "last"),
      Key(
        "format", .text, .derived("by the file's ending"),
        about: "How the file is written: h5, xyz or data; for files that do not say their units also those of LAMMPS: data real, "
          + "xyz metal (lj, real, metal, si).", example: "data real"),
      Key("from", .text, .derived("the species' own name"), about: "Which species of the file.", example: "Ar"),
      Key("replace", .text, about: "Takes `count` particles at random from another species, at their places.", example: "argon"),
      Key(
        "region", .map(region), .derived("the box"), about: "Where a lattice or random places may be.",
        example: "{from: [0, 0, 2] nm, to: [5, 5, 4] nm}"),
    ])

  static let region = KeyTable(
    name: "region",
    about: "A rectangular block (`from`, `to`), a ball (`centre`, `radius`), a solid, where a formula holds, or several at once.",
    keys: [
      Key(
        "from", .list(.quantity([.length], .any), count: 1...3), .derived("the box's lower corner"), about: "Lower corner.",
        example: "[0, 0, 2] nm"),
      Key(
        "to", .list(.quantity([.length], .any), count: 1...3), .derived("the box's upper corner"), about: "Upper corner.",
        example: "[5, 5, 4] nm"),
      Key("centre", .list(.quantity([.length], .any), count: 1...3), about: "Middle of the ball.", example: "[2, 2, 2] nm"),
      Key("radius", .quantity([.length], .positive), about: "Radius of the ball.", example: "1.5 nm"),
      Key(
        "where", .law("field"), about: "A condition on `position`, or a map of a formula and the quantities that it names.",
        example: "{formula: position.y < h, h: 2 nm}"),
      Key("solid", .map(solid), about: "What a closed surface encloses, in three dimensions.", example: "{file: gear.stl}"),
    ])

  static let solid = KeyTable(
    name: "solid", about: "The inside of a closed surface of triangles.",
    keys: [
      Key("file", .file, .required, about: "An STL file.", example: "gear.stl"),
      Key(
        "unit", .quantity([.length], .positive), .derived("one unit of the run"), about: "What one unit of the file is.",
        example: "1 mm"),
      Key(
        "at", .list(.quantity([.length], .any), count: 3...3), .derived("the origin"), about: "Where the file's origin is put.",
        example: "[1, 1, 1] mm"),
    ])

  static let velocities = KeyTable(
    name: "velocities", about: "Random velocities of a temperature (Maxwell's distribution), or none.",
    keys: [
      Key(
        "temperature", .quantity([.temperature, .energy], .notNegative), .value("0"),
        about: "As a temperature, or as the energy kT.", example: "94.4 K"),
      Key(
        "momentum", .word(["zero", "free"]), .value("zero"),
        about: "zero: no total momentum, and exactly that temperature; free: as drawn.", example: "free"),
      Key(
        "drift", .list(.quantity([.velocity], .any), count: 1...3), .derived("none"), about: "A velocity added to all.",
        example: "[10, 0, 0] m/s"),
    ])
}
