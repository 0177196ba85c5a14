"""Elastic material points in Taichi, as Scenes/bench/mpm-2d.yaml or mpm-3d.yaml: mpm.py 2|3 STEPS."""
import json, sys, time
import numpy, taichi as ti

space, steps = int(sys.argv[1]), int(sys.argv[2])
ti.init(arch=ti.cpu, cpu_max_num_threads=1, default_fp=ti.f32, log_level=ti.ERROR)
nodes, side, per_side, apart = (128, 1.28, 95, 0.005) if space == 2 else (32, 1.28, 20, 0.02)
count, dx, dt = per_side**space, side / nodes, 5e-4
modulus, poisson = 1000.0, 0.3
mu, lam = modulus / (2 * (1 + poisson)), modulus * poisson / ((1 + poisson) * (1 - 2 * poisson))
mass, volume = 1000 * apart**space, apart**space
x, v = ti.Vector.field(space, ti.f32, count), ti.Vector.field(space, ti.f32, count)
C, F = ti.Matrix.field(space, space, ti.f32, count), ti.Matrix.field(space, space, ti.f32, count)
grid_v, grid_m = ti.Vector.field(space, ti.f32, (nodes,) * space), ti.field(ti.f32, (nodes,) * space)
stencil = tuple((3,) * space)


@ti.kernel
def step():
    for I in ti.grouped(grid_m):
        grid_v[I], grid_m[I] = ti.zero(grid_v[I]), 0
    for p in x:
        base = ti.cast(x[p] / dx - 0.5, ti.i32)
        fx = x[p] / dx - ti.cast(base, ti.f32)
        w = [0.5 * (1.5 - fx) ** 2, 0.75 - (fx - 1) ** 2, 0.5 * (fx - 0.5) ** 2]
        F[p] = (ti.Matrix.identity(ti.f32, space) + dt * C[p]) @ F[p]
        J = F[p].determinant()
        stress = mu * (F[p] @ F[p].transpose() - ti.Matrix.identity(ti.f32, space)) + lam * ti.log(J) * ti.Matrix.identity(ti.f32, space)
        affine = -dt * volume * 4 / dx**2 * stress + mass * C[p]
        for offset in ti.static(ti.grouped(ti.ndrange(*stencil))):
            weight = 1.0
            for k in ti.static(range(space)):
                weight *= w[offset[k]][k]
            dpos = (offset.cast(ti.f32) - fx) * dx
            grid_v[(base + offset) % nodes] += weight * (mass * v[p] + affine @ dpos)
            grid_m[(base + offset) % nodes] += weight * mass
    for I in ti.grouped(grid_m):
        if grid_m[I] > 0:
            grid_v[I] /= grid_m[I]
            grid_v[I][space - 1] -= dt
    for p in x:
        base = ti.cast(x[p] / dx - 0.5, ti.i32)
        fx = x[p] / dx - ti.cast(base, ti.f32)
        w = [0.5 * (1.5 - fx) ** 2, 0.75 - (fx - 1) ** 2, 0.5 * (fx - 0.5) ** 2]
        new_v, new_C = ti.zero(v[p]), ti.zero(C[p])
        for offset in ti.static(ti.grouped(ti.ndrange(*stencil))):
            weight = 1.0
            for k in ti.static(range(space)):
                weight *= w[offset[k]][k]
            dpos = (offset.cast(ti.f32) - fx) * dx
            node_v = grid_v[(base + offset) % nodes]
            new_v += weight * node_v
            new_C += 4 / dx**2 * weight * node_v.outer_product(dpos)
        v[p], C[p] = new_v, new_C
        x[p] = (x[p] + dt * v[p]) % side


places = 0.4 + apart * (numpy.indices((per_side,) * space).reshape(space, -1).T + 0.5)
x.from_numpy(places.astype(numpy.float32))
F.from_numpy(numpy.tile(numpy.eye(space, dtype=numpy.float32), (count, 1, 1)))
for _ in range(20):
    step()
ti.sync()
start = time.process_time()
for _ in range(steps):
    step()
ti.sync()
print(json.dumps({"rate": count * steps / (time.process_time() - start)}))
