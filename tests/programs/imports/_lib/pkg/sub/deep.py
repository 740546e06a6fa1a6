from . import sibling
from .. import mod, VALUE
from ..mod import counter
def where(): return __name__, __package__, sibling.name, VALUE, counter
def up(): return mod.__name__
