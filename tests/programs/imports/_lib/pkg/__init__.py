print("import pkg")
__all__ = ["public", "sub"]
VALUE = 1
public = "pub"
hidden = "hid"
_private = "priv"
from . import mod
