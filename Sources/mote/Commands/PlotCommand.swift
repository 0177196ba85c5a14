import ArgumentParser
import Diagnostics
import Rendering
import Snapshots

extension LinePlot.Series.Style: ExpressibleByArgument {}

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw curves: totals of the log, fields of a frame, histograms, beside formulas and points.",
    discussion: """
      -x and -y are expressions, as in laws, of what --of names: the totals of the
      log with time and step (log), the last totals of each run (runs), the fields
      of a species in a frame, or the bins of a histogram with their number, bin.
      With --of runs, -x may be a value of the scene, such as laws.langevin.kT. A
      word and a colon before -y, --curve and --points name a curve in the legend.

      Examples:
        mote plot argon.h5 -x time -y temperature -o temperature.png
        mote plot flow.h5 --of water -x position.y -y velocity.x -o profile.png \\
          --curve 'exact: 12.5*(1 - 4*x^2)' --frames 0:100:20
        mote plot argon.h5 --of g -x '(bin + 0.5)*0.01' -y g -o structure.png
        mote plot noise-*.h5 --of runs -x laws.vicsek.eta -y order -o order.png
      """)

  @Argument(help: "Snapshots.", completion: .file(extensions: ["h5"]))
  var files: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("Where the picture goes.", valueName: "picture.png"))
  var output: String

  @OptionGroup var data: PlotData

  @OptionGroup(title: "Looks") var looks: PlotLooks

  @Flag(help: "Replace an existing picture.")
  var force = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    if files.isEmpty { throw ValidationError("no snapshot to draw from: mote plot run.h5 …") }
    if !output.hasSuffix(".png") { throw ValidationError("--output \(output): a name that ends with .png") }
  }

  func run() throws {
    try Console.refuseOverwriting(output, force: force)
    let plot = try looks.plot(of: try data.curves(in: files))
    let size = try looks.pixels()
    try plot.picture(width: size.width, height: size.height).writePNG(to: output)
    if !quiet { Console.say("written: \(output)") }
  }
}
