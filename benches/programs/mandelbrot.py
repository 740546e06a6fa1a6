"""Complex and float iteration."""
def rows(size, limit):
    for y in range(size):
        ci = 2.0 * y / size - 1.0
        inside = 0
        for x in range(size):
            cr = 2.0 * x / size - 1.5
            zr = zi = 0.0
            for _ in range(limit):
                zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
                if zr * zr + zi * zi > 4.0:
                    break
            else:
                inside += 1
        yield inside
total = sum(rows(300, 100))
z = 0j
for k in range(600000):
    z = z * z + (0.1 + 0.2j)
print(total, f"{z:.6f}")
