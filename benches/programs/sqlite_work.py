"""sqlite3: a database in memory filled, queried, joined and changed, with functions of Python."""
import sqlite3
db = sqlite3.connect(":memory:")
db.executescript("create table person(id integer primary key, name text, age int, score real); create table visit(person int, day int, note text); create index visits on visit(person, day);")
with db:
    db.executemany("insert into person values(?, ?, ?, ?)", ((i, f"name {i}", i % 90, i * 0.5) for i in range(20000)))
    db.executemany("insert into visit values(:person, :day, :note)", ({"person": i * 7 % 20000, "day": i % 365, "note": f"note {i}"} for i in range(60000)))
total = 0
for i in range(0, 20000, 2):
    name, age = db.execute("select name, age from person where id = ?", (i,)).fetchone()
    total += len(name) + age
for row in db.execute("select p.name, v.day, v.note, p.score from person p join visit v on v.person = p.id where v.day < 150"): total += row[1] + int(row[3])
db.create_function("mix", 2, lambda a, b: a * 31 + b & 0xFFFF)
total += db.execute("select sum(mix(id, age)) from person").fetchone()[0]
class Longest:
    def __init__(self): self.best = ""
    def step(self, text): self.best = max(self.best, text, key=len)
    def finalize(self): return self.best
db.create_aggregate("longest", 1, Longest)
print(db.execute("select longest(note) from visit").fetchone())
db.row_factory = sqlite3.Row
for row in db.execute("select age, count(*) as n, avg(score) as mean from person group by age"): total += row["n"] + int(row["mean"])
for row in db.execute("select * from visit order by day, note"): total += row["day"] + len(row["note"])
with db:
    for i in range(15000): db.execute("update person set score = score + ? where id = ?", (i % 5, i))
print(total, len(list(db.iterdump())), db.total_changes)
