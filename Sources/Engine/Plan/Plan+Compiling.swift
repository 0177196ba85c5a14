import Diagnostics
import KernelCompiler
import Laws
import Scenes

extension Plan {
  /// The plan of a scene; throws every mistake that shows when its laws meet.
  public init(_ scene: Scene, library: LawLibrary) throws(Diagnostics) { self = try PlanBuilder.plan(scene, library: library) }

  /// All C texts that a run of the scene needs, the lists of pairs included, with what each is for.
  public func kernelTexts(for scene: Scene) -> [(name: String, text: String)] {
    let precision: Precision = scene.precision == .double ? .double : .mixed
    return texts + [("lists of pairs", ListKernels.text(space: scene.space, precision: precision))]
  }

  /// Compiles all kernels of a scene into the cache, those that are there already excepted, and says what each is for and where
  /// it lies; throws a `Failure` if there is no compiler.
  @discardableResult
  public func compile(for scene: Scene, with toolchain: Toolchain = Toolchain()) throws(Failure) -> [(name: String, file: String)]
  {
    let texts = kernelTexts(for: scene), files = try toolchain.libraries(of: texts.map(\.text))
    return zip(texts, files).map { ($0.name, $1.path) }
  }
}
