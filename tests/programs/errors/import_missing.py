# An import that fails, uncaught.
import os
def load():
    import no_such_module.sub
load()
