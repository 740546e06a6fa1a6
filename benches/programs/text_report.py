"""csv-like parsing, grouping and formatting of a report."""
import io
lines = [f"{i},{['north', 'south', 'east', 'west'][i % 4]},{i * 37 % 1000},{i * 0.73:.2f},item-{i % 97}" for i in range(42000)]
out = io.StringIO()
total = 0
for _ in range(8):
    table = {}
    for line in lines:
        ident, region, amount, price, item = line.split(",")
        row = table.setdefault((region, item), [0, 0.0, []])
        row[0] += int(amount); row[1] += float(price)
        if len(row[2]) < 5: row[2].append(ident)
    for (region, item), (a, p, ids) in sorted(table.items(), key=lambda kv: (-kv[1][0], kv[0])):
        out.write(f"{region:<8}{item:>10}{a:>10,}{p:>14.2f} {'/'.join(ids)}\n")
    total += sum(r[0] for r in table.values())
print(total, len(out.getvalue()), out.getvalue().splitlines()[5])
