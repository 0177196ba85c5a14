import Diagnostics
import Engine
import Foundation
import Scenes
import Snapshots
import World

/// The file beside a snapshot from which a run goes on.
struct CheckpointFile {
  let path: String

  /// `run.h5` has its checkpoint in `run.restart.h5`.
  init(snapshot: String) {
    let stem = snapshot.hasSuffix(".h5") ? String(snapshot.dropLast(3)) : snapshot
    path = stem + ".restart.h5"
  }

  /// Writes the state under a temporary name and renames it.
  func write(_ state: SimulationState, _ scene: Scene, _ provenance: Provenance) throws(Failure) {
    let integrator = scene.laws.map(\.law.name).joined(separator: ", ")
    try Restart(
      frame: state.frame.renamingFields(StoredNames.stored), integrator: integrator, randomKey: [scene.seed, 0],
      randomCounter: [UInt64(state.frame.step), 0, 0, 0],
      memories: [Restart.Memory(owner: "world", arrays: state.memory)], provenance: provenance
    ).write(path)
  }

  /// The checkpoint if it is newer than the last frame, else the last frame.
  func newest(orLastFrameOf snapshot: String) throws(Failure) -> SimulationState {
    let reader = try SnapshotReader(snapshot)
    let lastStep = reader.steps.last ?? 0
    if FileManager.default.fileExists(atPath: path) {
      let restart = try Restart(reading: path)
      if restart.frame.step >= lastStep || reader.frameCount == 0 || restart.memories.first.map({ !$0.arrays.isEmpty }) == true {
        return SimulationState(
          frame: restart.frame.renamingFields(StoredNames.original), memory: restart.memories.first?.arrays ?? [:])
      }
    }
    guard reader.frameCount > 0 else {
      throw Failure(.unreadableFile, "\(snapshot) holds no frame to continue from", hint: "start again with --force")
    }
    let frame = try reader.frame(at: reader.frameCount - 1)
    guard frame[field: "velocity"] != nil else {
      throw Failure(
        .failed, "there is no checkpoint \(path), and \(snapshot) holds no velocities to go on from",
        hint: "write checkpoints (checkpoint: {every: N}), or velocities (output: {fields: [velocity]})")
    }
    return SimulationState(frame: frame)
  }
}
