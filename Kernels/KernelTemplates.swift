/// The C templates of the kernels and their header, embedded in the program so that it can compile kernels anywhere.
public enum KernelTemplates {
  /// The interface between engine and kernels: the first text of every kernel library.
  public static var header: String { text(PackageResources.mote_kernel_h) }
  /// Vector types, rounding, spreading and folding of lanes.
  public static var lanes: String { text(PackageResources.lanes_c) }
  /// What `mote_pair` reads and gives; goes before the generated law.
  public static var outcome: String { text(PackageResources.outcome_c) }
  /// The loop over cluster pairs; goes after the generated law.
  public static var pairs: String { text(PackageResources.pairs_c) }
  /// Sorting of particles into columns and clusters.
  public static var order: String { text(PackageResources.order_c) }
  /// The interface of sums over all pairs.
  public static var farHeader: String { text(PackageResources.mote_far_h) }
  /// Sums over all pairs; goes after the generated law.
  public static var everywhere: String { text(PackageResources.everywhere_c) }
  /// The tree of boxes whose points stand for particles; goes after `everywhere`.
  public static var tree: String { text(PackageResources.tree_c) }
  /// Sums over waves, with their interface.
  public static var images: String { text(PackageResources.mote_images_h + PackageResources.images_c) }
  /// The search for clusters within reach.
  public static var search: String { text(PackageResources.search_c) }
  /// Packing of columns into clusters and unpacking of sums.
  public static var pack: String { text(PackageResources.pack_c) }
  /// Histograms over exact pairs; goes after the generated measure.
  public static var measure: String { text(PackageResources.measure_c) }
  /// Counter-based noise.
  public static var noise: String { text(PackageResources.noise_c) }

  /// The interface of passes over single particles.
  public static var memberHeader: String { text(PackageResources.mote_member_h) }
  /// Functions of lanes; goes between `outcome` and the generated law.
  public static var functions: String { text(PackageResources.functions_c) }
  /// Functions of small matrices, of doubles.
  public static var matrixHeader: String { text(PackageResources.mote_matrix_h) }
  /// The same for lanes; goes after them.
  public static var matrices: String { text(PackageResources.matrices_c) }
  /// The interface of passes over meetings, without that of single members, which goes before it.
  public static var meetingHeader: String {
    text(PackageResources.mote_meeting_h).replacing("#include \"mote_member.h\"\n", with: "")
  }
  /// The interface of passes over a lattice, without that of single members, which goes before it.
  public static var latticeHeader: String {
    text(PackageResources.mote_lattice_h).replacing("#include \"mote_member.h\"\n", with: "")
  }
  /// What passes over sites and their neighbours use; goes before them.
  public static var stencil: String { text(PackageResources.stencil_c) }
  /// What passes between particles and sites use; goes before them.
  public static var transfer: String { text(PackageResources.transfer_c) }
  /// Numbers of sites that lie side by side, for passes between particles and sites; goes after `transfer`.
  public static var nodes: String { text(PackageResources.nodes_c) }
  /// What particles give to edges that they cross; goes after `transfer`.
  public static var swept: String { text(PackageResources.swept_c) }
  /// What passes over random pairs in cells use; goes before them.
  public static var cells: String { text(PackageResources.cells_c) }
  /// Fourier transforms of lattices.
  public static var waves: String { text(PackageResources.waves_c) }
  /// What passes over meetings use; goes before them.
  public static var meetings: String { text(PackageResources.meetings_c) }
  /// What passes over single particles use; goes before them.
  public static var members: String { text(PackageResources.members_c) }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
