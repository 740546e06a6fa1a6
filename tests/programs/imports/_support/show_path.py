import sys, os
print(__file__, os.path.basename(sys.path[0]), sys.argv)
