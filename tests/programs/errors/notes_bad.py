# __notes__ that is no list of strings.
class E(Exception):
    pass
import traceback
for notes in (5, ["ok", 7], "text", [None], ()):
    e = E("x")
    e.__notes__ = notes
    traceback.print_exception(e)
e = E("last")
e.__notes__ = [object.__repr__, ["nested"]][1:]
raise e
