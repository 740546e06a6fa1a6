# SystemExit with odd codes.
import subprocess, sys
for code in ("None", "0", "256", "-1", "True", "3.7", "[1, 2]", "''", "()", "(1,)", "2**40", "'text'", "None, 1"):
    p = subprocess.run([sys.executable, "-c", f"raise SystemExit({code})"], capture_output=True, text=True)
    print(code, p.returncode, repr(p.stderr))
