import Diagnostics
import Foundation

/// What started the program: the user, or a launcher of many processes such as mpirun or srun.
enum Launcher {
  /// Variables in which Open MPI, MPICH and Slurm tell each process how many there are.
  private static let counts = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]

  /// Refuses to be one of several processes, which would all run the same scene into the same file.
  static func refuseCopies(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws(Failure) {
    for name in counts {
      guard let count = environment[name].flatMap({ Int($0) }), count > 1 else { continue }
      throw Failure(
        .usage, "\(count) copies of mote were started, and each would run the whole scene (\(name)=\(count))",
        hint: "this version runs in one process: start it without mpirun or srun, or with -n 1; --threads uses all cores")
    }
  }
}
