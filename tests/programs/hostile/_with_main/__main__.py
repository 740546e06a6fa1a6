import sys, helper
print(__name__, __package__, sys.argv[1:], helper.value)
raise ValueError("from __main__")
