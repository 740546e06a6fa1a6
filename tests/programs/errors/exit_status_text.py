# sys.exit with a text goes to standard error with status 1.
import sys
try:
    sys.exit("fatal: no configuration")
finally:
    print("finally runs")
