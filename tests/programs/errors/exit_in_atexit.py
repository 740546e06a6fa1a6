# atexit order, errors in handlers, output at exit.
import atexit, sys
@atexit.register
def last(): print("registered first, runs last")
atexit.register(print, "second", end="!\n")
def broken(): raise ValueError("in atexit")
atexit.register(broken)
def gone(): print("unregistered")
atexit.register(gone)
atexit.unregister(gone)
print(atexit._ncallbacks())
sys.exit(3)
