# A schema whose names are no UTF-8: an exception, and nothing is written to the standard error.
import sqlite3

for text in (b"create table t (a\xff int, b text)", b"create table t (a \xff, b)"):
    database = sqlite3.connect(":memory:")
    database.execute("create table t (a int, b text)")
    database.execute("insert into t values (1, 'x')")
    database.execute("pragma writable_schema=on")
    database.execute("update sqlite_schema set sql = cast(? as text)", (text,))
    database.execute("pragma writable_schema=reset")
    for _ in range(2):
        try:
            rows = database.execute("select * from t").fetchall()
            print("read", len(rows))
        except (UnicodeDecodeError, sqlite3.OperationalError):
            print("refused")
