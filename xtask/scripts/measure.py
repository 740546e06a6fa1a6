"""Runs programs alternately under several interpreters and measures each run as its parent sees it.

Started by `cargo xtask bench` under the first reference interpreter, so that all interpreters, that one included, are
started in the same way. The plan arrives as JSON in argv[1]; one JSON object per run is printed:

    {"task": index, "interpreter": index, "round": n, "seconds": s, "status": code, "digest": text}

Round 0 is the warm-up.
"""

import hashlib
import json
import os
import sys
import tempfile
import time


def measure(arguments, folder):
    with tempfile.TemporaryFile() as out:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, out.fileno(), 1),
        ]
        os.chdir(folder)
        start = time.perf_counter()
        try:
            pid = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=actions)
        except OSError as error:
            return {"seconds": 0, "status": f"cannot start: {error}", "digest": ""}
        _, status = os.waitpid(pid, 0)
        seconds = time.perf_counter() - start
        out.seek(0)
        text = out.read()
    code = os.waitstatus_to_exitcode(status)
    return {"seconds": seconds, "status": str(code), "digest": hashlib.sha256(text).hexdigest()[:16]}


def main():
    plan = json.loads(sys.argv[1])
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["PYTHONHASHSEED"] = "0"
    for number, task in enumerate(plan["tasks"]):
        failed = set()
        for turn in range(task["rounds"] + 1):
            for index, interpreter in enumerate(plan["interpreters"]):
                if index in failed:
                    continue
                row = measure([interpreter, *task["arguments"]], plan["folder"])
                if row["status"] != "0":
                    failed.add(index)
                row.update(task=number, interpreter=index, round=turn)
                print(json.dumps(row), flush=True)


main()
