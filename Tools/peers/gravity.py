"""A star cluster in REBOUND, as Scenes/bench/gravity.yaml (direct) or gravity-tree.yaml (tree): gravity.py direct|tree STEPS."""
import json, math, random, sys, time
import rebound

kind, steps = sys.argv[1], int(sys.argv[2])
count = 100_000 if kind == "tree" else 10_000
simulation, generator = rebound.Simulation(), random.Random(1)
simulation.G, simulation.softening, simulation.dt, simulation.integrator = 1, 0.02, 0.01, "leapfrog"
if kind == "tree":
    simulation.root_size = 400.0
    simulation.gravity, simulation.boundary = "tree", "open"
    simulation.opening_angle2 = 0.25
else:
    simulation.gravity = "basic"


def direction():
    z, angle = generator.uniform(-1, 1), generator.uniform(0, 2 * math.pi)
    return [math.sqrt(1 - z * z) * math.cos(angle), math.sqrt(1 - z * z) * math.sin(angle), z]


for _ in range(count):                        # Plummer's sphere, S. J. Aarseth, M. Henon, R. Wielen, Astron. Astrophys. 37 (1974) 183
    radius = 1e9
    while radius > 50:
        radius = 1 / math.sqrt(generator.uniform(1e-12, 1) ** (-2 / 3) - 1)
    share, height = 0, 1
    while height > share * share * (1 - share * share) ** 3.5:
        share, height = generator.uniform(0, 1), generator.uniform(0, 0.1)
    speed = share * math.sqrt(2) * (1 + radius * radius) ** -0.25
    (x, y, z), (u, v, w) = [radius * a for a in direction()], [speed * a for a in direction()]
    simulation.add(m=1 / count, x=x, y=y, z=z, vx=u, vy=v, vz=w)
simulation.steps(1)
start = time.process_time()
simulation.steps(steps)
print(json.dumps({"rate": count * steps / (time.process_time() - start)}))
