import CHDF5
import Diagnostics

/// Files whose inner tables are damaged so that HDF5 itself crashes on them, which its checks do not always prevent.
public enum DamagedFiles {
  /// Makes such a crash end the program with a message that names the file, and the exit code of files that cannot be read.
  public static func guardProcess() { mote_h5_guard(ExitStatus.unreadableFile.rawValue) }
}
