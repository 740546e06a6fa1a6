# from ... import of a missing name, uncaught.
from collections import namedtupel
