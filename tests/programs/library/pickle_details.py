"""Attributes of the C pickler, notes of errors in sets, and names that cannot be resolved."""

import _pickle
import io
import pickle
import sys


class Refuses:
    def __reduce__(self):
        raise KeyError("refused")


for value in ({Refuses()}, frozenset({frozenset({Refuses()})}), [{"a": {Refuses()}}]):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        try:
            _pickle.dumps(value, protocol)
        except KeyError as e:
            print(protocol, e.__notes__)

pickler = _pickle.Pickler(io.BytesIO())
for name in ("bin", "fast"):
    for value in (0, 1, True, 7, "x", 1.5, None, sys.maxsize + 1, -(2**1000)):
        try:
            setattr(pickler, name, value)
        except (TypeError, OverflowError) as e:
            print(name, type(e).__name__, getattr(pickler, name))
        else:
            print(name, value, getattr(pickler, name))
    try:
        delattr(pickler, name)
    except TypeError as e:
        print(e)


class Own(_pickle.Pickler):
    def __init__(self, file):
        self.dispatch_table = {}
        super().__init__(file)


print(Own(io.BytesIO()).dispatch_table)

new = _pickle.Unpickler(io.BytesIO(b"\x80\x04N."))
new.load()
for module, name in (("math", "log.spam"), ("math", "log.<locals>.x"), ("math", "spam"), ("", "log")):
    for unpickler in (_pickle.Unpickler(io.BytesIO()), new):
        try:
            unpickler.find_class(module, name)
        except (AttributeError, ValueError) as e:
            print(type(e).__name__, e, "|", e.__context__)
