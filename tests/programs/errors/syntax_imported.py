# A syntax error in an imported module, uncaught.
import sys
sys.path.insert(0, "imports/_support")
import broken_syntax
