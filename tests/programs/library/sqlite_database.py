"""Databases: tables, transactions, converters, functions written in Python, blobs, dumps, errors."""
import datetime
import sqlite3
import threading


def attempt(f, *args):
    try:
        print("->", f(*args))
    except Exception as e:
        code = getattr(e, "sqlite_errorname", None)
        print(type(e).__name__, code, e)


con = sqlite3.connect(":memory:")
cur = con.cursor()
cur.execute("create table person(id integer primary key, name text unique, weight real, photo blob)")
cur.executemany("insert into person(name, weight, photo) values(?, ?, ?)",
                [("Ada", 61.5, b"\0\1"), ("Grace", 58.0, None), ("Björn", None, b"")])
print(cur.rowcount, cur.lastrowid, con.in_transaction, con.total_changes)
con.commit()
print(cur.execute("select * from person order by id").fetchall())
print(cur.description)
for row in con.execute("select name from person where weight > :least", {"least": 60}):
    print(row)

attempt(con.execute, "insert into person(name) values('Ada')")
attempt(con.execute, "select * from nothing")
attempt(con.execute, "selec 1")
attempt(con.execute, "select 1; select 2")
attempt(con.execute, "select ?", (1, 2))
attempt(con.execute, "select :a", {"b": 1})
attempt(con.execute, "select ?", (object(),))
attempt(con.execute, "select ?", (1 << 70,))

con.row_factory = sqlite3.Row
row = con.execute("select id, name as Who from person").fetchone()
print(row.keys(), row["who"], row[0], len(row), tuple(row))
attempt(lambda: row["nobody"])
con.row_factory = None

try:
    with con:
        con.execute("delete from person")
        raise ValueError("back")
except ValueError as e:
    print("rolled back:", e, con.execute("select count(*) from person").fetchone())


class Median:
    def __init__(self):
        self.values = []

    def step(self, value):
        if value is not None:
            self.values.append(value)

    def finalize(self):
        return sorted(self.values)[len(self.values) // 2]


class Window:
    def __init__(self):
        self.sum = 0

    def step(self, v):
        self.sum += v

    def inverse(self, v):
        self.sum -= v

    def value(self):
        return self.sum

    def finalize(self):
        return self.sum


con.create_function("shout", 1, lambda s: s.upper() + "!", deterministic=True)
con.create_function("fails", 0, lambda: 1 / 0)
con.create_aggregate("median", 1, Median)
con.create_window_function("run", 1, Window)
con.create_collation("reverse", lambda a, b: (a < b) - (a > b))
print(con.execute("select shout(name) from person order by name collate reverse").fetchall())
print(con.execute("select median(weight) from person").fetchone())
print(con.execute("select run(id) over (order by id rows between 1 preceding and current row) from person").fetchall())
attempt(con.execute, "select fails()")

traced = []
con.set_trace_callback(traced.append)
con.execute("select name from person where id = ?", (2,)).fetchone()
con.set_trace_callback(None)
print(traced)
seen = []
con.set_authorizer(lambda action, *rest: seen.append((action, rest)) or sqlite3.SQLITE_OK)
con.execute("select weight from person")
con.set_authorizer(lambda *a: sqlite3.SQLITE_DENY)
attempt(con.execute, "select weight, id from person")
con.set_authorizer(None)
print(seen)
con.set_progress_handler(lambda: 1, 10)
attempt(con.execute, "with recursive r(x) as (select 1 union all select x + 1 from r) select sum(x) from r")
con.set_progress_handler(None, 0)

with con.blobopen("person", "photo", 1) as blob:
    blob[0] = 65
    print(len(blob), blob.read(), blob.tell(), blob[-1])

other = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
sqlite3.register_adapter(datetime.date, lambda d: d.isoformat())
sqlite3.register_converter("day", lambda b: datetime.date.fromisoformat(b.decode()))
other.execute("create table d(at day)")
other.execute("insert into d values(?)", (datetime.date(2024, 2, 29),))
print(other.execute('select at, "at" as "x [day]" from d').fetchall())
other.commit()
con.commit()
con.backup(other, progress=lambda status, left, total: print("backup", left))
print(other.execute("select count(*) from person").fetchone())
copy = sqlite3.connect(":memory:")
copy.deserialize(con.serialize())
print(list(copy.iterdump()))
print(sqlite3.complete_statement("create trigger t after insert on p begin select 1;"),
      sqlite3.complete_statement("select 'a;';"))
thread = threading.Thread(target=lambda: print(type(con_in_thread()).__name__))


def con_in_thread():
    try:
        con.execute("select 1")
    except sqlite3.ProgrammingError as e:
        return e


thread.start()
thread.join()
for c in (con, other, copy):
    c.close()
attempt(con.execute, "select 1")
