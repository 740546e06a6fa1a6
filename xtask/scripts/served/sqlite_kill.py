"""SQLite keeps what was committed when its process is killed: `sqlite_kill.py ROUNDS FOLDER`.

A child moves amounts between accounts, each transaction in many steps, and tells of each commit. It is killed at a random
moment, and in each third round surely inside a transaction. Afterwards the file must be sound, hold all that was
committed, and nothing of what was not.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import common

ACCOUNTS, MONEY = 50, 1000


def child(path, seed, linger):
    choose = random.Random(seed)
    db = sqlite3.connect(path, autocommit=False)
    while True:
        number = db.execute("SELECT count(*) FROM log").fetchone()[0] + 1
        for step in range(40):
            a, b = choose.sample(range(ACCOUNTS), 2)
            amount = choose.randrange(10)
            db.execute("UPDATE account SET money = money - ? WHERE id = ?", (amount, a))
            if linger and step == 20 and number % 5 == 0:
                # Half of a move is written; it is time to die.
                print("inside", number, flush=True)
                time.sleep(60)
            db.execute("UPDATE account SET money = money + ? WHERE id = ?", (amount, b))
        db.execute("INSERT INTO log VALUES (?, ?)", (number, "x" * 2000))
        db.commit()
        print("done", number, flush=True)


def main(rounds, folder):
    path = os.path.join(folder, "kept.db")
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, money INTEGER)")
    db.execute("CREATE TABLE log (number INTEGER PRIMARY KEY, text TEXT)")
    db.executemany("INSERT INTO account VALUES (?, ?)", [(n, MONEY) for n in range(ACCOUNTS)])
    db.commit()
    db.close()
    inside = 0
    for round in range(rounds):
        linger = round % 3 == 0
        words = common.python(os.path.abspath(__file__), "child", path, str(round), "1" if linger else "")
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        told, stop = [], random.Random(round).randrange(3, 30)
        for line in process.stdout:
            told.append(line.split())
            if told[-1][0] == "inside":
                break
            if not linger and len(told) == stop:
                time.sleep(random.Random(round).random() / 100)
                break
        process.send_signal(signal.SIGKILL)
        told += [line.split() for line in process.stdout if line.endswith("\n")]
        assert process.wait() == -signal.SIGKILL, process.returncode
        committed = [int(number) for word, number in told if word == "done"]
        db = sqlite3.connect(path)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT sum(money) FROM account").fetchone() == (ACCOUNTS * MONEY,), "half a transaction"
        kept = [number for (number,) in db.execute("SELECT number FROM log ORDER BY number")]
        assert kept == list(range(1, len(kept) + 1)), kept
        assert not committed or committed[-1] <= len(kept), f"{committed[-1]} was committed, {len(kept)} are kept"
        if told[-1][0] == "inside":
            inside += 1
            assert len(kept) == int(told[-1][1]) - 1, "what was not committed is there"
        db.close()
    print(f"{rounds} kills, {inside} surely inside a transaction, {len(kept)} commits kept")
    return inside > 0


if __name__ == "__main__":
    if sys.argv[1] == "child":
        child(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    sys.exit(not main(int(sys.argv[1]), sys.argv[2]))
