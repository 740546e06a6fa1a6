"""Writes cases for `cargo xtask fuzz`: `cases.py programs|calls|sources SEED COUNT OUT FOLDER`.

Sources are made from the programs below FOLDER and the modules of the running interpreter's library. Case N of a seed
is the same wherever those files are the same, whatever the count.
"""

import glob
import json
import os
import sys


def main():
    kind, seed, count, out, folder = sys.argv[1:]
    if kind == "programs":
        from programs import program

        made = [program(f"{seed}/{n}") for n in range(int(count))]
    elif kind == "calls":
        from calls import call_program

        made = [call_program(f"{seed}/{n}") for n in range(int(count))]
    else:
        from sources import source

        library = os.path.dirname(os.__file__)
        files = sorted(glob.glob(f"{folder}/*/*.py")) + sorted(glob.glob(f"{library}/*.py"))
        made = [source(f"{seed}/{n}", files) for n in range(int(count))]
    with open(out, "w", encoding="utf-8") as file:
        json.dump(made, file)


main()
