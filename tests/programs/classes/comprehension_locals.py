# The locals of a comprehension that is part of a class or module.
import sys
class C:
    y=2
    print([sorted(locals()) for a in [0]])
    print([[sorted(locals()), b] for a in [0] for b in [1]], [sorted(sys._getframe().f_locals) for b in [1]])
    print([eval("a") for a in [0]])
    print([dir() for a in [0]])
    print([vars() for a in [0]])
    try: print([eval("y") for a in [0]])
    except Exception as e: print(e)
    try: print([exec("z=1") for a in [0]], z)
    except Exception as e: print(e)
print([len(locals()) for a in [0]], [len(dir()) for a in [0]])
print([eval("a") for a in [0]])
