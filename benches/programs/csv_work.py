"""csv: rows written, read and read into dicts, with quotes and other dialects."""
import csv, io
rows = [[i, f"name {i}", f"a, quoted \"{i % 7}\" one", i * 0.25, "", "line\nbreak" if i % 50 == 0 else "plain", i % 3 == 0] for i in range(12000)]
total = 0
for _ in range(12):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    text = out.getvalue()
    back = list(csv.reader(io.StringIO(text)))
    total += len(text) + len(back) + sum(len(row[2]) for row in back)
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "name", "note"], delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writeheader()
    for row in rows[::2]: writer.writerow({"id": row[0], "name": row[1], "note": row[2]})
    for record in csv.DictReader(io.StringIO(out.getvalue()), delimiter=";"): total += int(record["id"]) + len(record["note"])
    for row in csv.reader((f"{i}\t{i * 3}\t'x\t{i}'" for i in range(9000)), delimiter="\t", quotechar="'"): total += int(row[1]) + len(row[2])
print(total, back[50])
