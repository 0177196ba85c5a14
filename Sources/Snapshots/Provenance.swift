/// Where a run came from: enough to run it again.
public struct Provenance: Sendable, Equatable, Codable {
  /// A law as the run used it.
  public struct Law: Sendable, Equatable, Codable {
    /// Name of the law.
    public var name: String
    /// The law file (YAML).
    public var text: String

    /// A law by name and text.
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// The resolved scene, all defaults filled in (YAML).
  public var scene: String
  /// The scene as the user gave it.
  public var sceneSource: String?
  /// Laws of the run, each as it was used.
  public var laws: [Law]
  /// Program name and arguments, files by base name.
  public var command: String
  /// Version of Mote.
  public var version: String
  /// 40 hex digits, `+dirty` if the sources had changes.
  public var git: String
  /// UTC, ISO 8601.
  public var created: String
  /// What computed: `cpu`, …
  public var backend: String
  /// Precision of the run: `mixed`, `double`.
  public var precision: String
  /// Seed of all noise.
  public var seed: UInt64
  /// Processes that computed.
  public var ranks: Int

  /// The origin of a run.
  public init(
    scene: String, sceneSource: String? = nil, laws: [Law] = [], command: String, version: String, git: String, created: String,
    backend: String = "cpu", precision: String = "mixed", seed: UInt64, ranks: Int = 1
  ) {
    self.scene = scene
    self.sceneSource = sceneSource
    self.laws = laws
    self.command = command
    self.version = version
    self.git = git
    self.created = created
    self.backend = backend
    self.precision = precision
    self.seed = seed
    self.ranks = ranks
  }
}

extension Provenance {
  /// The texts that every file holds, by the names of their datasets.
  var texts: [(name: String, text: String)] {
    [
      ("scene", scene), ("command", command), ("version", version), ("git", git), ("created", created), ("backend", backend),
      ("precision", precision),
    ]
  }
}
