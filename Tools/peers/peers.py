"""Mote and the programs that it is measured beside: how each is installed, prepared and timed."""
import json, math, os, random, re, shutil, subprocess, sys, venv

HERE = os.path.dirname(os.path.abspath(__file__))
SCENES = os.path.join(HERE, "..", "..", "Scenes", "bench")
PYTHON = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "mote", "peers")


class Missing(Exception):
    """A peer that cannot be installed."""


def install(program, package):
    if shutil.which(program):
        return
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    print(f"installing {package} ...", file=sys.stderr)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", package]):
        if subprocess.run(prefix + command, stdout=subprocess.DEVNULL, env=environment).returncode != 0:
            raise Missing(f"apt-get cannot install {package}")


def install_python(*packages):
    """Into a folder of their own; a file says that they are there."""
    stamp = os.path.join(PYTHON, "-".join(packages) + ".installed")
    if os.path.exists(stamp):
        return
    print(f"installing {', '.join(packages)} ...", file=sys.stderr)
    if not os.path.exists(os.path.join(PYTHON, "bin", "python")):
        venv.create(PYTHON, with_pip=True)
    if subprocess.run([os.path.join(PYTHON, "bin", "pip"), "install", "-q", *packages]).returncode != 0:
        raise Missing(f"pip cannot install {', '.join(packages)}")
    open(stamp, "w").close()


def pinned(core, command, **options):
    return subprocess.run(["taskset", "-c", str(core)] + command, check=True, text=True, capture_output=True, **options)


class Mote:
    seconds = {"lj-million": 15}              # else 3: in some seconds a million atoms do not tune their lists
    warm_up = {"dem": 3000, "fene": 1000, "dpd": 500}     # steps until the start is forgotten, as the peers do them

    def __init__(self, case):
        self.case = case
        subprocess.run([self.program, "--version"], check=True, stdout=subprocess.DEVNULL)

    program = os.path.join(HERE, "..", "mote")

    def result(self, core):
        output = pinned(core, [self.program, "bench", self.case, "--json", "--seconds", str(self.seconds.get(self.case, 3)),
                               "--warm-up", str(self.warm_up.get(self.case, 1))]).stdout
        result = json.loads(output.strip().splitlines()[-1])
        result["rate"] = result["particles"] * result["steps"] / result["processor_seconds"]
        return result


class LAMMPS:
    """The newest LAMMPS, with the variants of its styles that are optimised for one core."""

    name, environment = "LAMMPS", {}

    def __init__(self, case, steps):
        self.case, self.steps = case, steps

    def install(self):
        install_python("lammps", "mpich")
        self.environment = {"LD_LIBRARY_PATH": os.path.join(PYTHON, "lib")}
        return [os.path.join(PYTHON, "bin", "lmp"), "-sf", "opt"]

    def prepare(self, folder):
        self.command, self.folder = self.install(), folder
        if self.case == "fene":
            write_chains(os.path.join(folder, "chains.data"), (40, 40, 20), 1.0556, 20)

    def rate(self, core):
        output = pinned(
            core, self.command + ["-in", os.path.join(HERE, self.case + ".lmp"), "-log", "none", "-var", "steps", str(self.steps),
                                  "-var", "scenes", SCENES], cwd=self.folder, env=dict(os.environ, **self.environment)).stdout
        atoms = int(re.findall(r"Loop time of .* with (\d+) atoms", output)[-1])
        seconds = float(re.findall(r"Loop time of ([\d.e+-]+)", output)[-1])
        share = float(re.findall(r"([\d.]+)% CPU use", output)[-1]) / 100
        return atoms * self.steps / (seconds * share)


class PackagedLAMMPS(LAMMPS):
    """That of the distribution, compiled for any processor."""

    name = "LAMMPS, packaged"

    def install(self):
        install("lmp", "lammps")
        return ["lmp"]


def write_chains(path, cells, spacing, length):
    """Beads on a simple cubic lattice, joined along x: a data file of LAMMPS."""
    count = math.prod(cells)
    bonds = [(bead, bead + 1) for bead in range(1, count) if bead % length]
    with open(path, "w") as file:
        file.write(f"chains\n\n{count} atoms\n{len(bonds)} bonds\n1 atom types\n1 bond types\n")
        for axis, number in zip("xyz", cells):
            file.write(f"0 {number * spacing} {axis}lo {axis}hi\n")
        file.write("\nMasses\n\n1 1.0\n\nAtoms\n\n")
        for bead in range(count):
            place = [bead % cells[0], bead // cells[0] % cells[1], bead // (cells[0] * cells[1])]
            file.write(f"{bead + 1} {bead // length + 1} 1 {' '.join(str(a * spacing) for a in place)}\n")
        file.write("\nBonds\n\n")
        file.writelines(f"{number + 1} 1 {a} {b}\n" for number, (a, b) in enumerate(bonds))


class Script:
    """A program in Python that prints its rate."""

    def __init__(self, name, package, file, *arguments):
        self.name, self.package, self.file, self.arguments = name, package, file, arguments

    def prepare(self, folder):
        install_python(self.package, *(["numpy"] if self.package == "taichi" else []))

    def rate(self, core):
        output = pinned(core, [os.path.join(PYTHON, "bin", "python"), os.path.join(HERE, self.file), *self.arguments]).stdout
        return json.loads(output.strip().splitlines()[-1])["rate"]


class GROMACS:
    """The melt of Scenes/bench/lj.yaml in argon's units: sigma 0.3405 nm, epsilon 0.996 kJ/mol, 39.948 u; 0.005 tau is 0.01078 ps."""

    name = "GROMACS, packaged"
    cells = 20                                # 4 * 20^3 = 32,000 atoms

    def __init__(self, steps):
        self.steps = steps

    def prepare(self, folder):
        install("gmx", "gromacs")
        self.folder = folder
        self.write_atoms()
        self.write_topology()
        subprocess.run(["gmx", "grompp", "-f", "md.mdp", "-c", "conf.gro", "-p", "topol.top", "-o", "melt.tpr", "-maxwarn", "5"],
                       cwd=folder, check=True, capture_output=True)

    sigma, epsilon, mass = 0.3405, 0.9960, 39.948

    def write_atoms(self):
        side, generator = (4 / 0.8442) ** (1 / 3) * self.sigma, random.Random(1)
        width = math.sqrt(1.44 * self.epsilon / self.mass)
        shifts = ((0, 0, 0), (.5, .5, 0), (.5, 0, .5), (0, .5, .5))
        corners = [(i, j, k) for i in range(self.cells) for j in range(self.cells) for k in range(self.cells)]
        with open(os.path.join(self.folder, "conf.gro"), "w") as file:
            file.write(f"melt\n{4 * len(corners)}\n")
            for number, (corner, shift) in enumerate(((c, s) for c in corners for s in shifts), 1):
                place = [(a + b) * side for a, b in zip(corner, shift)]
                velocity = [generator.gauss(0, width) for _ in range(3)]
                file.write("%5d%-5s%5s%5d%8.3f%8.3f%8.3f%8.4f%8.4f%8.4f\n" % (
                    number % 100000, "AR", "AR", number % 100000, *place, *velocity))
            file.write("%10.5f%10.5f%10.5f\n" % ((self.cells * side,) * 3))

    def write_topology(self):
        with open(os.path.join(self.folder, "topol.top"), "w") as file:
            file.write(f"[ defaults ]\n1 2 no 1.0 1.0\n[ atomtypes ]\nAR {self.mass} 0.0 A {self.sigma} {self.epsilon}\n"
                       f"[ moleculetype ]\nAR 1\n[ atoms ]\n1 AR 1 AR AR 1 0.0\n[ system ]\nmelt\n[ molecules ]\nAR {4 * self.cells**3}\n")
        with open(os.path.join(self.folder, "md.mdp"), "w") as file:
            file.write(f"integrator = md\ndt = 0.01078\nnsteps = {self.steps + 100}\nnstlist = 20\ncutoff-scheme = Verlet\n"
                       f"verlet-buffer-tolerance = -1\nrlist = {2.8 * self.sigma}\nvdwtype = cut-off\nvdw-modifier = none\n"
                       f"rvdw = {2.5 * self.sigma}\ncoulombtype = cut-off\nrcoulomb = {2.5 * self.sigma}\nnstenergy = 10000\n"
                       "nstcalcenergy = 10000\nnstlog = 10000\n")

    def rate(self, core):
        for name in os.listdir(self.folder):
            if name.startswith("run."):
                os.remove(os.path.join(self.folder, name))
        pinned(core, ["gmx", "mdrun", "-s", "melt.tpr", "-deffnm", "run", "-ntmpi", "1", "-ntomp", "1", "-pin", "off",
                      "-resetstep", "100", "-noconfout"], cwd=self.folder)
        with open(os.path.join(self.folder, "run.log")) as file:
            core_seconds = float(re.findall(r"Time:\s+([\d.]+)", file.read())[-1])
        return 4 * self.cells**3 * (self.steps + 1) / core_seconds
