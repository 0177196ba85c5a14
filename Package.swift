// swift-tools-version: 6.2
import PackageDescription

/// Settings shared by every Swift target: Swift 6 language mode has strict concurrency on.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
]

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// One layer per line of the design; imports point down only.
let layers: [(name: String, uses: [Target.Dependency])] = [
  ("Diagnostics", []),
  ("Expressions", ["Diagnostics", "CKernel"]),
  ("Laws", ["Diagnostics", "Expressions", yams]),
  ("World", ["Diagnostics", "Expressions"]),
  ("KernelCompiler", ["Diagnostics", "Expressions", "Laws", "KernelTemplates", "CKernel"]),
  ("Scenes", ["Diagnostics", "Expressions", "Laws", "World", yams]),
  ("Snapshots", ["Diagnostics", "Expressions", "World", "CHDF5", "CVTK"]),
  ("Engine", ["Diagnostics", "Expressions", "Laws", "World", "Scenes", "KernelCompiler", "CKernel"]),
  ("Running", ["Diagnostics", "Expressions", "World", "Laws", "KernelCompiler", "Engine", "Scenes", "Snapshots"]),
  ("Rendering", ["Diagnostics", "Expressions", "World", "Scenes", "Snapshots", "CPicture"]),
  (
    "Fitting",
    ["Diagnostics", "Expressions", "Laws", "World", "Scenes", "Engine", "Snapshots", "Rendering", "CLinearAlgebra", yams]
  ),
]

/// What the tests of a layer need besides it.
let testSupport: [String: [Target.Dependency]] = ["Snapshots": ["SampleFrames", "WriteSamples"]]

let shims: [Target] = [
  .target(name: "CKernel", path: "Sources/CKernel", linkerSettings: [.linkedLibrary("dl"), .linkedLibrary("pthread")]),
  .systemLibrary(name: "HDF5", path: "Sources/HDF5", pkgConfig: "hdf5-openmpi", providers: [.apt(["libhdf5-openmpi-dev"])]),
  .target(name: "CHDF5", dependencies: ["HDF5"], path: "Sources/CHDF5", linkerSettings: [.linkedLibrary("hdf5_hl")]),
  .target(
    name: "CVTK", path: "Sources/CVTK", cxxSettings: [.headerSearchPath("forwarded")],
    linkerSettings: [
      "vtkIOGeometry-9.1", "vtkIOXML-9.1", "vtkCommonDataModel-9.1", "vtkCommonCore-9.1", "vtkCommonExecutionModel-9.1",
    ]
    .map { .linkedLibrary($0) }),
  .target(
    name: "CPicture", path: "Sources/CPicture",
    cSettings: [], linkerSettings: [.linkedLibrary("png")]),
  .target(
    name: "CLinearAlgebra", path: "Sources/CLinearAlgebra",
    linkerSettings: [.linkedLibrary("lapacke"), .linkedLibrary("openblas")]),
  .target(
    name: "KernelTemplates", path: "Kernels", exclude: [],
    sources: ["KernelTemplates.swift"],
    resources: [.embedInCode("templates"), .embedInCode("include")], swiftSettings: settings),
]

/// Folders of texts beside the tests of a layer, which the tests find by their path in the source tree.
let testTexts = ["Laws": ["Laws", "Mistakes"], "Scenes": ["Mistakes"]]

let package = Package(
  name: "Mote",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "mote", targets: ["mote"])],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: shims
    + layers.map { .target(name: $0.name, dependencies: $0.uses, swiftSettings: settings) }
    + layers.map {
      .testTarget(
        name: $0.name + "Tests", dependencies: [.init(stringLiteral: $0.name)] + (testSupport[$0.name] ?? []),
        exclude: testTexts[$0.name] ?? [],
        swiftSettings: settings)
    }
    + [
      .target(name: "SampleFrames", dependencies: ["World", "Snapshots"], path: "Tests/SampleFrames", swiftSettings: settings),
      .executableTarget(
        name: "WriteSamples", dependencies: ["SampleFrames", "Snapshots"], path: "Tests/WriteSamples", swiftSettings: settings),
      .executableTarget(
        name: "mote",
        dependencies: layers.map { .init(stringLiteral: $0.name) } + [arguments], swiftSettings: settings),
      // They run the program itself, as users do.
      .testTarget(name: "moteTests", dependencies: ["mote", "SampleFrames"], exclude: ["Help"], swiftSettings: settings),
    ],
  cxxLanguageStandard: .cxx17
)
