"""The types of ctypes.

Everything lies in memory of `_ctypes_core`, which also calls foreign functions; what is here are the types, how they lie,
and how their values become Python's.
"""

import struct as _struct
import sys as _sys
import types as _types

import _ctypes_core as _core
from _ctypes_core import get_errno, set_errno

__version__ = "1.1.0"

RTLD_LOCAL = 0
RTLD_GLOBAL = 0x100
SIZEOF_TIME_T = 8
FUNCFLAG_CDECL = 1
FUNCFLAG_PYTHONAPI = 4
FUNCFLAG_USE_ERRNO = 8
FUNCFLAG_USE_LASTERROR = 16

_POINTER = _struct.Struct("P")
# Codes of simple types: bytes, what lies there to struct, code to the foreign side.
_CODES = {
    **{code: (_struct.calcsize(code), code, code) for code in "bBhHiIlLqQfd?"},
    "c": (1, "c", "b"),
    "u": (4, "I", "u"),
    "g": (16, None, "g"),
    "z": (8, "P", "P"),
    "Z": (8, "P", "P"),
    "P": (8, "P", "P"),
    "O": (8, "P", "P"),
}
_INTEGERS = "bBhHiIlLqQ"
# What the formats of buffers call them where that differs.
_FORMATS = {"z": "P", "Z": "P", "u": "w"}


class ArgumentError(Exception):
    """A foreign function was given what it cannot take."""


ArgumentError.__module__ = "ctypes"


class _Info:
    """How a type lies in memory."""

    __slots__ = ("size", "align", "code", "format", "shape", "pointers", "final", "fields", "swapped")

    def __init__(self, size, align, code, format, shape=(), pointers=False):
        self.size, self.align, self.code, self.format, self.shape = size, align, code, format, shape
        self.pointers, self.final, self.fields, self.swapped = pointers, False, (), False


def _info(cls):
    """The layout of a type; types that have none are abstract."""
    info = getattr(cls, "_ct_info_", None) if isinstance(cls, _DataType) else None
    if info is None:
        raise TypeError("abstract class")
    return info


class _DataType(type):
    """What the types of ctypes have in common."""

    _ct_info_ = None

    def from_address(cls, address, /):
        """Create an instance that lies at an address."""
        if not isinstance(address, int):
            raise TypeError("integer expected")
        _info(cls)
        return cls._at(_core.memory_at(address, cls._ct_info_.size))

    def from_buffer(cls, object, offset=0, /):
        """Create an instance in the memory of a writable object."""
        info = _info(cls)
        view = memoryview(object)
        if view.readonly:
            raise TypeError("underlying buffer is not writable")
        if not view.c_contiguous:
            raise TypeError("underlying buffer is not C contiguous")
        _check_room(offset, info.size, view.nbytes)
        address = _core.address_of(view)[0] if view.nbytes else 0
        made = cls._at(_core.memory_at(address + offset, info.size, view))
        made._objects = {"ffffffff": view}
        return made

    def from_buffer_copy(cls, buffer, offset=0, /):
        """Create an instance from a copy of the bytes of an object."""
        info = _info(cls)
        data = memoryview(buffer).tobytes()
        _check_room(offset, info.size, len(data))
        made = cls._at(_core.memory(info.size))
        made._view[:] = data[offset:offset + info.size]
        return made

    def in_dll(cls, dll, name, /):
        """Create an instance that is a variable of a library."""
        _info(cls)
        try:
            address = _core.find_symbol(dll._handle, name.encode())
        except OSError as error:
            raise ValueError(str(error)) from None
        return cls.from_address(address)

    def from_param(cls, value, /):
        """Convert an argument of a foreign function."""
        if isinstance(value, cls):
            return value
        if isinstance(value, _Param) and isinstance(value._obj, cls):
            return value
        given = getattr(value, "_as_parameter_", None)
        if given is not None:
            return cls.from_param(given)
        raise TypeError(f"expected {cls.__name__} instance instead of {type(value).__name__}")

    def _at(cls, memory):
        """An instance in this memory, which is not initialised."""
        made = cls.__new__(cls, _memory=memory) if cls.__new__ is _CData.__new__ else _CData.__new__(cls, _memory=memory)
        return made

    def __mul__(cls, length):
        if not isinstance(length, int):
            return NotImplemented
        if length < 0:
            raise ValueError(f"Array length must be >= 0, not {length}")
        _info(cls)
        key = cls, length
        try:
            return _arrays[key]
        except KeyError:
            pass
        name = f"{cls.__name__}_Array_{length}"
        made = _ArrayType(name, (Array,), {"_type_": cls, "_length_": length, "__module__": cls.__module__})
        _arrays[key] = made
        return made

    __rmul__ = __mul__

    def __setattr__(cls, name, value):
        if name == "_fields_":
            cls._set_fields(value)
        type.__setattr__(cls, name, value)


_arrays = {}


def _check_room(offset, size, length):
    if offset < 0:
        raise ValueError("offset cannot be negative")
    if size > length - offset:
        raise ValueError(
            f"Buffer size too small ({length} instead of at least {size + offset} bytes)")


class _CData(metaclass=_DataType):
    """An instance of a C type."""

    def __new__(cls, *args, _memory=None, **keywords):
        info = _info(cls)
        info.final = True
        self = object.__new__(cls)
        self._memory = _core.memory(info.size) if _memory is None else _memory
        self._view = memoryview(self._memory)
        self._b_base_ = None
        self._index = None
        self._objects = None
        return self

    @property
    def _b_needsfree_(self):
        return int(self._b_base_ is None and self._memory.keep is None)

    def _part(self, cls, offset, index):
        """An instance of cls within this one."""
        size = cls._ct_info_.size
        part = cls._at(_core.memory_at(self._memory.address + offset, size, self._memory) if size else _core.memory(0))
        part._b_base_, part._index = self, index
        return part

    def _keep(self, index, object):
        """Holds what a pointer at this place points to."""
        owner, key = self, f"{index:x}"
        while owner._b_base_ is not None:
            key = f"{key}:{owner._index:x}"
            owner = owner._b_base_
        if object is None:
            return
        if owner._objects is None or not isinstance(owner._objects, dict):
            owner._objects = {}
        owner._objects[key] = object

    def _kept(self, index):
        owner, key = self, f"{index:x}"
        while owner._b_base_ is not None:
            key = f"{key}:{owner._index:x}"
            owner = owner._b_base_
        return owner._objects.get(key) if isinstance(owner._objects, dict) else None

    def __buffer__(self, flags):
        info = self._ct_info_
        view = memoryview(self._memory)
        format = info.format.lstrip("<>")
        if len(format) != 1 or format not in "bBhHiIlLqQfd?cP" or 0 in info.shape or info.format[0] == ">":
            return view
        return view.cast(format, info.shape) if info.shape else view.cast(format)

    def __hash__(self):
        raise TypeError("unhashable type")

    def __ctypes_from_outparam__(self):
        return self

    def __reduce__(self):
        if self._ct_info_.pointers:
            raise ValueError("ctypes objects containing pointers cannot be pickled")
        extra = {k: v for k, v in self.__dict__.items() if k not in _INTERNAL}
        return _unpickle, (type(self), (extra, self._view.tobytes()))

    def __setstate__(self, state):
        extra, data = state
        self._view[:len(data)] = data
        self.__dict__.update(extra)

    def _parameter(self):
        """Code and bytes of the instance as an argument."""
        return self._ct_info_.code, self._view.tobytes()


_INTERNAL = {"_memory", "_view", "_b_base_", "_index", "_objects"}


def _unpickle(cls, state):
    made = cls.__new__(cls)
    made.__setstate__(state)
    return made


class _Param:
    """What is passed for an argument: code, bytes, and what has to live as long."""

    def __init__(self, code, data, obj, address=0):
        self._code, self._data, self._obj, self._address = code, data, obj, address

    def _parameter(self):
        return self._code, self._data

    def __repr__(self):
        return f"<cparam '{self._code}' ({self._address:#x})>"


_Param.__name__ = _Param.__qualname__ = "CArgObject"


def _pointer_to(address, obj):
    return _Param("P", _POINTER.pack(address & 0xFFFF_FFFF_FFFF_FFFF), obj, address)


def _terminated(text):
    """Memory with a terminated copy of bytes, or of a string as wide characters."""
    data = text + b"\0" if isinstance(text, bytes) else (text + "\0").encode("utf-32-le", "surrogatepass")
    memory = _core.memory(len(data))
    memoryview(memory)[:] = data
    return memory


def _bytes_at(address, size=-1):
    if not address:
        raise ValueError("NULL pointer access")
    if size < 0:
        size = _core.text_length(address, 1)
    return memoryview(_core.memory_at(address, size)).tobytes() if size else b""


def _wide_at(address, size=-1):
    if not address:
        raise ValueError("NULL pointer access")
    if size < 0:
        size = _core.text_length(address, 4)
    if not size:
        return ""
    return memoryview(_core.memory_at(address, size * 4)).tobytes().decode("utf-32-le", "surrogatepass")


# ---- simple types

def _long_double(value):
    """The 80 bits of a float as a processor of the x86 family keeps them."""
    import math
    sign = 0x8000 if math.copysign(1, value) < 0 else 0
    if value == 0:
        exponent = fraction = 0
    elif math.isinf(value) or math.isnan(value):
        exponent, fraction = 0x7FFF, (1 << 63) | (math.isnan(value) << 62)
    else:
        mantissa, exponent = math.frexp(abs(value))
        exponent, fraction = exponent + 16382, int(mantissa * (1 << 53)) << 11
    return _struct.pack("<QHxxxxxx", fraction, sign | exponent)


def _from_long_double(data):
    import math
    fraction, exponent = _struct.unpack("<QHxxxxxx", data)
    sign, exponent = (-1.0 if exponent & 0x8000 else 1.0), exponent & 0x7FFF
    if exponent == 0x7FFF:
        return math.nan if fraction & ((1 << 63) - 1) else sign * math.inf
    try:
        return sign * math.ldexp(fraction, exponent - 16383 - 63)
    except OverflowError:
        return sign * math.inf


class _SimpleType(_DataType):
    def __new__(meta, name, bases, namespace, **keywords):
        cls = type.__new__(meta, name, bases, namespace, **keywords)
        code = getattr(cls, "_type_", None)
        if code is None:
            if any(isinstance(base, _SimpleType) for base in bases):
                raise AttributeError("class must define a '_type_' attribute")
            return cls
        if not isinstance(code, str):
            raise TypeError("class must define a '_type_' string attribute")
        if len(code) != 1:
            raise ValueError("class must define a '_type_' attribute which must be a string of length 1")
        if code not in _CODES:
            raise AttributeError(
                "class must define a '_type_' attribute which must be\n"
                "a single character string containing one of "
                f"'{''.join(_CODES)}'.")
        size, packed, foreign = _CODES[code]
        format = _FORMATS.get(code, code)
        info = _Info(size, size, foreign, "<" + format, (), code in "zZPO")
        type.__setattr__(cls, "_ct_info_", info)
        type.__setattr__(cls, "_ct_struct_", packed and _struct.Struct("@" + packed))
        type.__setattr__(cls, "_ct_plain_", bases[0] is _SimpleCData)
        if bases[0] is _SimpleCData and code in "hHiIlLqQfd" and "_ct_other_" not in namespace:
            # The same with its bytes in the other order.
            other = type.__new__(meta, name, bases, dict(namespace, _ct_other_=True))
            swapped = _Info(size, size, foreign, ">" + format)
            swapped.swapped = True
            type.__setattr__(other, "_ct_info_", swapped)
            type.__setattr__(other, "_ct_struct_", _struct.Struct(">" + _wide_code(code, size)))
            type.__setattr__(other, "_ct_plain_", True)
            for one in cls, other:
                type.__setattr__(one, "__ctype_le__", cls)
                type.__setattr__(one, "__ctype_be__", other)
        elif bases[0] is _SimpleCData and code in "?cuzZPOg":
            pass
        return cls

    def from_param(cls, value, /):
        """Convert an argument of a foreign function."""
        if isinstance(value, cls):
            return value
        code = cls._type_
        if code in "zZP":
            found = _text_parameter(code, value)
            if found is not None:
                return found
        elif code == "O":
            return _Param("P", _POINTER.pack(id(value) & 0xFFFF_FFFF_FFFF_FFFF), value)
        else:
            try:
                made = _CData.__new__(cls)
                cls._store(made._view, 0, value)
            except (TypeError, ValueError) as e:
                error = e
            else:
                return _Param(cls._ct_info_.code, made._view.tobytes(), value)
            given = getattr(value, "_as_parameter_", None)
            if given is not None:
                return cls.from_param(given)
            raise error
        given = getattr(value, "_as_parameter_", None)
        if given is not None:
            return cls.from_param(given)
        expected = {"z": "bytes or integer address", "Z": "unicode string or integer address"}.get(code)
        if expected is None:
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as ctypes.{cls.__name__}")
        raise TypeError(f"{expected} expected instead of {type(value).__name__} instance")

    def _store(cls, view, offset, value):
        """Writes a Python value, and gives what has to be kept for it."""
        code = cls._type_
        kept = None
        if code in _INTEGERS:
            if isinstance(value, float) or not hasattr(value, "__index__"):
                raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
            size = cls._ct_info_.size * 8
            value = value.__index__() & ((1 << size) - 1)
            if code.islower() and value >> (size - 1):
                value -= 1 << size
        elif code in "fd":
            if not hasattr(value, "__float__") and not hasattr(value, "__index__"):
                raise TypeError(f"must be real number, not {type(value).__name__}")
            value = float(value)
        elif code == "g":
            view[offset:offset + 16] = _long_double(float(value))
            return None
        elif code == "?":
            value = bool(value)
        elif code == "c":
            if isinstance(value, int) and not isinstance(value, bool):
                if not 0 <= value < 256:
                    raise TypeError("integer not in range(256)")
                value = bytes([value])
            elif not isinstance(value, (bytes, bytearray)):
                raise TypeError(
                    f"one character bytes, bytearray, or an integer in range(256) expected, not {type(value).__name__}")
            elif len(value) != 1:
                raise TypeError(
                    "one character bytes, bytearray, or an integer in range(256) expected, "
                    f"not a {type(value).__name__} object of length {len(value)}")
            value = bytes(value)
        elif code == "u":
            if not isinstance(value, str):
                raise TypeError(f"a unicode character expected, not instance of {type(value).__name__}")
            if len(value) != 1:
                raise TypeError(f"a unicode character expected, not a string of length {len(value)}")
            value = ord(value)
        elif code == "O":
            kept, value = value, id(value) & 0xFFFF_FFFF_FFFF_FFFF
        elif value is None:
            value = 0
        elif code == "z" and isinstance(value, bytes) or code == "Z" and isinstance(value, str):
            kept = _terminated(value)
            value = kept.address
        elif isinstance(value, int):
            value &= 0xFFFF_FFFF_FFFF_FFFF
        else:
            expected = {"z": "bytes or integer address", "Z": "unicode string or integer address"}
            if code in expected:
                raise TypeError(f"{expected[code]} expected instead of {type(value).__name__} instance")
            raise TypeError("cannot be converted to pointer")
        cls._ct_struct_.pack_into(view, offset, value)
        return kept

    def _load(cls, view, offset):
        """The Python value that lies there."""
        code = cls._type_
        if code == "g":
            return _from_long_double(view[offset:offset + 16].tobytes())
        (value,) = cls._ct_struct_.unpack_from(view, offset)
        if code == "u":
            return chr(value)
        if code == "z":
            return _bytes_at(value) if value else None
        if code == "Z":
            return _wide_at(value) if value else None
        if code == "P":
            return value or None
        if code == "O":
            return _core.object_at(value)
        return value


def _wide_code(code, size):
    """A code whose standard size is the native one."""
    return {"l": "q", "L": "Q"}.get(code, code) if size == 8 else code


def _text_parameter(code, value):
    """An argument for a pointer to text or to anything."""
    if value is None:
        return _pointer_to(0, None)
    if isinstance(value, bytes) and code in "zP" or isinstance(value, str) and code in "ZP":
        memory = _terminated(value)
        return _pointer_to(memory.address, memory)
    if isinstance(value, int) and code == "P":
        return _pointer_to(value, None)
    wanted = {"z": "c", "Z": "u"}.get(code)
    if isinstance(value, Array):
        if code == "P" or getattr(value._type_, "_type_", None) == wanted:
            return _pointer_to(value._memory.address, value)
    elif isinstance(value, _Pointer):
        if code == "P" or getattr(value._type_, "_type_", None) == wanted:
            return value
    elif isinstance(value, _Param):
        kind = type(value._obj)
        if code == "P" and value._code == "P" or wanted and getattr(kind, "_type_", None) == wanted:
            return value
    elif code == "P" and isinstance(value, (CFuncPtr, _SimpleCData)):
        if isinstance(value, CFuncPtr) or value._type_ in "zZP":
            return _Param("P", value._view.tobytes(), value)
    elif isinstance(value, _SimpleCData) and value._type_ == code:
        return value
    return None


class _SimpleCData(_CData, metaclass=_SimpleType):
    def __init__(self, value=None, /):
        if value is not None:
            self.value = value
        elif self._type_ == "O":
            self._objects = None

    @property
    def value(self):
        return type(self)._load(self._view, 0)

    @value.setter
    def value(self, value):
        kept = type(self)._store(self._view, 0, value)
        if self._b_base_ is None:
            self._objects = kept
        else:
            self._keep(0, kept)

    def __bool__(self):
        return any(self._view.tobytes())

    def __repr__(self):
        if not self._ct_plain_:
            return object.__repr__(self)
        return f"{type(self).__name__}({self.value!r})"

    def __ctypes_from_outparam__(self):
        return self.value if self._ct_plain_ else self

    def _parameter(self):
        data = self._view.tobytes()
        return self._ct_info_.code, data[::-1] if self._ct_info_.swapped else data


_SimpleCData.__module__ = "_ctypes"


def _get(owner, cls, offset, index):
    """What a field or an item is to Python."""
    if isinstance(cls, _SimpleType) and cls._ct_plain_:
        return cls._load(owner._view, offset)
    if isinstance(cls, _ArrayType):
        code = getattr(cls._type_, "_type_", None)
        if code in ("c", "u") and isinstance(owner, (Structure, Union)):
            return owner._part(cls, offset, index).value
    return owner._part(cls, offset, index)


def _set(owner, cls, offset, index, value):
    """Stores what Python gives into a field or an item."""
    size = cls._ct_info_.size
    if isinstance(value, cls):
        owner._view[offset:offset + size] = value._view[:size]
        if cls._ct_info_.pointers:
            owner._keep(index, value._objects if value._objects is not None else value)
    elif isinstance(cls, _SimpleType):
        owner._keep(index, cls._store(owner._view, offset, value))
    elif isinstance(cls, _ArrayType) and getattr(cls._type_, "_type_", None) in ("c", "u"):
        owner._part(cls, offset, index).value = value
    elif isinstance(value, tuple):
        made = cls(*value)
        owner._view[offset:offset + size] = made._view
        owner._keep(index, made._objects)
    elif isinstance(cls, _PointerType) and value is None:
        owner._view[offset:offset + size] = bytes(size)
    elif isinstance(cls, _PointerType) and isinstance(value, Array) and issubclass(value._type_, cls._type_):
        owner._view[offset:offset + size] = _POINTER.pack(value._memory.address)
        owner._keep(index, value)
    else:
        raise TypeError(
            f"incompatible types, {type(value).__name__} instance instead of {cls.__name__} instance")


# ---- arrays

class _ArrayType(_DataType):
    def __new__(meta, name, bases, namespace, **keywords):
        cls = type.__new__(meta, name, bases, namespace, **keywords)
        if not any(isinstance(base, _ArrayType) for base in bases):
            return cls
        length, kind = getattr(cls, "_length_", None), getattr(cls, "_type_", None)
        if length is None:
            raise AttributeError("class must define a '_length_' attribute")
        if kind is None:
            raise AttributeError("class must define a '_type_' attribute")
        if not isinstance(length, int):
            raise TypeError("The '_length_' attribute must be an integer")
        if length < 0:
            raise ValueError("The '_length_' attribute must not be negative")
        item = _info(kind)
        if length * item.size > _sys.maxsize:
            raise OverflowError("array too large")
        codes = (item.code,) * length if length <= 64 else (item.code,)
        info = _Info(item.size * length, item.align, codes, item.format, (length, *item.shape), item.pointers)
        type.__setattr__(cls, "_ct_info_", info)
        code = getattr(kind, "_type_", None) if isinstance(kind, _SimpleType) else None
        if code == "c":
            type.__setattr__(cls, "value", property(_char_value, _set_char_value, doc="string value"))
            type.__setattr__(cls, "raw", property(_raw, _set_raw, doc="value"))
        elif code == "u":
            type.__setattr__(cls, "value", property(_wide_value, _set_wide_value, doc="string value"))
        return cls

    def from_param(cls, value, /):
        """Convert an argument of a foreign function."""
        code = getattr(cls._type_, "_type_", None) if isinstance(cls._type_, _SimpleType) else None
        if code == "c" and isinstance(value, bytes) or code == "u" and isinstance(value, str):
            if len(value) > cls._length_:
                raise ValueError("Invalid length")
            value = cls(*value) if code == "u" else cls(*(value[i:i + 1] for i in range(len(value))))
        elif isinstance(value, tuple):
            value = cls(*value)
        return _DataType.from_param(cls, value)


def _char_value(self):
    return self._view.tobytes().partition(b"\0")[0]


def _set_char_value(self, value):
    if not isinstance(value, bytes):
        raise TypeError(f"bytes expected instead of {type(value).__name__} instance")
    if len(value) > len(self._view):
        raise ValueError("byte string too long")
    end = min(len(value) + 1, len(self._view))
    self._view[:end] = (value + b"\0")[:end]


def _raw(self):
    return self._view.tobytes()


def _set_raw(self, value):
    data = memoryview(value).tobytes()
    if len(data) > len(self._view):
        raise ValueError("byte string too long")
    self._view[:len(data)] = data


def _wide_value(self):
    return self._view.tobytes().decode("utf-32-le", "surrogatepass").partition("\0")[0]


def _set_wide_value(self, value):
    if not isinstance(value, str):
        raise TypeError(f"unicode string expected instead of {type(value).__name__} instance")
    if len(value) > self._length_:
        raise ValueError("string too long")
    data = (value + "\0")[:self._length_].encode("utf-32-le", "surrogatepass")
    self._view[:len(data)] = data


class Array(_CData, metaclass=_ArrayType):
    """Abstract base class for arrays."""

    def __init__(self, *items):
        for i, item in enumerate(items):
            self[i] = item

    def __len__(self):
        return self._length_

    def _place(self, index):
        index = index.__index__()
        if index < 0:
            index += self._length_
        if not 0 <= index < self._length_:
            raise IndexError("invalid index")
        return index

    def __getitem__(self, index, /):
        kind = self._type_
        if isinstance(index, slice):
            places = range(*index.indices(self._length_))
            items = [_get(self, kind, i * kind._ct_info_.size, i) for i in places]
            return _joined(kind, items)
        index = self._place(index)
        return _get(self, kind, index * kind._ct_info_.size, index)

    def __setitem__(self, index, value, /):
        kind = self._type_
        if isinstance(index, slice):
            places = range(*index.indices(self._length_))
            if len(places) != len(value):
                raise ValueError("Can only assign sequence of same size")
            for i, item in zip(places, value):
                self[i] = item
            return
        index = self._place(index)
        _set(self, kind, index * kind._ct_info_.size, index, value)

    def __delitem__(self, index, /):
        raise TypeError("Array does not support item deletion")

    def _parameter(self):
        return "P", _POINTER.pack(self._memory.address)

    __class_getitem__ = classmethod(_types.GenericAlias)


def _joined(kind, items):
    """Characters in one piece."""
    code = getattr(kind, "_type_", None) if isinstance(kind, _SimpleType) else None
    return b"".join(items) if code == "c" else "".join(items) if code == "u" else items


# ---- structures and unions

class CField:
    """A field of a structure or union."""

    def __init__(self, name, type, byte_size, byte_offset, index, bit_size=None, bit_offset=None, *, _internal_use):
        if not isinstance(name, str):
            raise TypeError("CField() argument 'name' must be str")
        self.name, self.type, self.byte_size, self.byte_offset = name, type, byte_size, byte_offset
        self.is_bitfield = bit_size is not None
        self.is_anonymous = False
        self._index = index
        self.bit_size = bit_size if self.is_bitfield else byte_size * 8
        self.bit_offset = bit_offset if self.is_bitfield else 0
        if self.is_bitfield:
            code = getattr(type, "_type_", None) if isinstance(type, _SimpleType) else None
            if code not in (*_INTEGERS, "?"):
                raise TypeError(f"bit fields not allowed for type {type.__name__}")

    @property
    def offset(self):
        return self.byte_offset

    @property
    def size(self):
        return self.bit_size << 16 | self.bit_offset if self.is_bitfield else self.byte_size

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if not self.is_bitfield:
            return _get(instance, self.type, self.byte_offset, self._index)
        value = self._bits(instance) >> self.bit_offset & ((1 << self.bit_size) - 1)
        code = self.type._type_
        if code == "?":
            return bool(value)
        return value - (1 << self.bit_size) if code.islower() and value >> (self.bit_size - 1) else value

    def __set__(self, instance, value):
        if not self.is_bitfield:
            return _set(instance, self.type, self.byte_offset, self._index, value)
        if not hasattr(value, "__index__"):
            raise TypeError(f"int expected instead of {type(value).__name__} instance")
        mask = (1 << self.bit_size) - 1
        bits = self._bits(instance) & ~(mask << self.bit_offset)
        bits |= (value.__index__() & mask) << self.bit_offset
        instance._view[self.byte_offset:self.byte_offset + self.byte_size] = bits.to_bytes(self.byte_size, self._order)

    @property
    def _order(self):
        return "big" if self.type._ct_info_.swapped else "little"

    def _bits(self, instance):
        data = instance._view[self.byte_offset:self.byte_offset + self.byte_size]
        return int.from_bytes(data.tobytes(), self._order)

    def __repr__(self):
        where = f"ofs={self.byte_offset}, size={self.byte_size}"
        if self.is_bitfield:
            where = f"ofs={self.byte_offset}, bit_size={self.bit_size}, bit_offset={self.bit_offset}"
        return f"<ctypes.CField {self.name!r} type={self.type.__name__}, {where}>"


CField.__module__ = "ctypes"


class _Anonymous:
    """A field of a field without a name of its own."""

    def __init__(self, outer, name):
        self.outer, self.name = outer, name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(getattr(instance, self.outer), self.name)

    def __set__(self, instance, value):
        setattr(getattr(instance, self.outer), self.name, value)


class _FieldsType(_DataType):
    def __new__(meta, name, bases, namespace, **keywords):
        cls = type.__new__(meta, name, bases, namespace, **keywords)
        if not any(isinstance(base, _FieldsType) for base in bases):
            return cls
        if "_abstract_" in namespace:
            return cls
        base = bases[0]._ct_info_
        if base is None:
            info = _Info(0, 1, (), "B")
        else:
            base.final = True
            info = _Info(base.size, base.align, base.code, base.format, (), base.pointers)
            info.fields = base.fields
        type.__setattr__(cls, "_ct_info_", info)
        if "_fields_" in namespace:
            # By way of the metaclass, which may change them.
            cls._fields_ = namespace["_fields_"]
        return cls

    def _set_fields(cls, fields):
        from ctypes._layout import get_layout

        info = _info(cls)
        if info.final:
            raise AttributeError("_fields_ is final")
        fields = list(fields) if isinstance(fields, (list, tuple)) else None
        if fields is None:
            raise TypeError("_fields_ must be a sequence of pairs")
        is_struct = issubclass(cls, Structure)
        base = next((b for b in cls.__bases__ if getattr(b, "_ct_info_", None) is not None), None)
        layout = get_layout(cls, fields, is_struct, base)
        if info.final:
            raise AttributeError("_fields_ is final")
        inherited = base._ct_info_ if base is not None else None
        codes = list(inherited.code) if inherited is not None else []
        for field in layout.fields:
            kind = _info(field.type)
            kind.final = True
            info.pointers |= kind.pointers
            type.__setattr__(cls, field.name, field)
            codes.append(kind.code)
        for name in getattr(cls, "_anonymous_", ()):
            field = cls.__dict__.get(name)
            if not isinstance(field, CField):
                raise AttributeError(name)
            field.is_anonymous = True
            for inner in dir(field.type):
                if isinstance(getattr(field.type, inner, None), (CField, _Anonymous)):
                    type.__setattr__(cls, inner, _Anonymous(name, inner))
        info.size, info.align, info.format = layout.size, layout.align, layout.format_spec
        plain = is_struct and not any(f.is_bitfield for f in layout.fields) and not getattr(cls, "_pack_", None)
        info.code = tuple(codes) if plain and codes else ("Q",) * (layout.size // 8) + ("B",) * (layout.size % 8)
        info.fields = (inherited.fields if inherited is not None else ()) + tuple(f.name for f in layout.fields)
        info.final = True

    def from_param(cls, value, /):
        """Convert an argument of a foreign function."""
        return _DataType.from_param(cls, cls(*value) if isinstance(value, tuple) else value)


class _Fields(_CData, metaclass=_FieldsType):
    def __init__(self, *values, **keywords):
        names = self._ct_info_.fields
        if len(values) > len(names):
            raise TypeError("too many initializers")
        for name, value in zip(names, values):
            if name in keywords:
                raise TypeError(f"duplicate values for field {name!r}")
            setattr(self, name, value)
        for name, value in keywords.items():
            setattr(self, name, value)


class Structure(_Fields):
    """Structure base class"""

    _abstract_ = None


class Union(_Fields):
    """Union base class"""

    _abstract_ = None


# ---- pointers

class _PointerType(_DataType):
    def __new__(meta, name, bases, namespace, **keywords):
        cls = type.__new__(meta, name, bases, namespace, **keywords)
        if any(isinstance(base, _PointerType) for base in bases):
            type.__setattr__(cls, "_ct_info_", _Info(8, 8, "P", "&<B", (), True))
            kind = getattr(cls, "_type_", None)
            if kind is not None:
                cls._point_to(kind)
        return cls

    def _point_to(cls, kind):
        if not isinstance(kind, _DataType):
            raise TypeError("_type_ must have storage info")
        type.__setattr__(cls, "_type_", kind)
        if "__pointer_type__" not in kind.__dict__:
            type.__setattr__(kind, "__pointer_type__", cls)

    def set_type(cls, kind, /):
        """Say what a pointer of an incomplete type points to."""
        cls._point_to(kind)

    def from_param(cls, value, /):
        """Convert an argument of a foreign function."""
        if value is None:
            return _pointer_to(0, None)
        kind = cls._type_
        if isinstance(value, kind):
            return byref(value)
        if isinstance(value, (_Pointer, Array)) and issubclass(value._type_, kind):
            return value
        if isinstance(value, _Param) and isinstance(value._obj, kind):
            return value
        return _DataType.from_param(cls, value)


class _Pointer(_CData, metaclass=_PointerType):
    """Base class of pointers."""

    def __new__(cls, *args, **keywords):
        if getattr(cls, "_type_", None) is None:
            raise TypeError("Cannot create instance: has no _type_")
        return _CData.__new__(cls, **keywords)

    def __init__(self, target=None, /):
        if target is not None:
            self.contents = target

    @property
    def _address(self):
        return _POINTER.unpack(self._view)[0]

    @property
    def contents(self):
        """The object that this points to."""
        kept = self._kept(1)
        address = self._address
        if not address:
            raise ValueError("NULL pointer access")
        made = self._type_.from_address(address)
        made._b_base_, made._index = self, 0
        if kept is not None and isinstance(kept, self._type_) and kept._memory.address == address:
            made._b_base_, made._index = kept, 0
        return made

    @contents.setter
    def contents(self, target):
        if not isinstance(target, self._type_):
            raise TypeError(f"expected {self._type_.__name__} instead of {type(target).__name__}")
        self._view[:] = _POINTER.pack(target._memory.address)
        self._keep(1, target)

    def _item(self, index):
        address = self._address
        if not address:
            raise ValueError("NULL pointer access")
        size = self._type_._ct_info_.size
        return _Place(_core.memory_at(address + index.__index__() * size, size), self)

    def __getitem__(self, index, /):
        kind = self._type_
        if not isinstance(index, slice):
            return _get(self._item(index), kind, 0, 0)
        step = 1 if index.step is None else index.step.__index__()
        if step == 0:
            raise ValueError("slice step cannot be zero")
        if index.start is None and step < 0:
            raise ValueError("slice start is required for step < 0")
        if index.stop is None:
            raise ValueError("slice stop is required")
        start = 0 if index.start is None else index.start.__index__()
        return _joined(kind, [self[i] for i in range(start, index.stop.__index__(), step)])

    def __setitem__(self, index, value, /):
        place = self._item(index)
        _set(place, self._type_, 0, 0, value)

    def __bool__(self):
        return self._address != 0

    __class_getitem__ = classmethod(_types.GenericAlias)


class _Place:
    """What a pointer points to, as the owner of one item."""

    def __init__(self, memory, pointer):
        self._memory, self._view, self._pointer = memory, memoryview(memory), pointer

    def _part(self, cls, offset, index):
        part = cls._at(self._memory)
        part._b_base_, part._index = self._pointer, index
        return part

    def _keep(self, index, object):
        if object is not None:
            self._pointer._keep(2, object)


def POINTER(cls):
    """Create and return a new ctypes pointer type."""
    import ctypes

    return ctypes.POINTER(cls)


def pointer(obj):
    """Create a new pointer instance, pointing to obj."""
    return POINTER(type(obj))(obj)


# ---- foreign functions

class _FunctionType(_DataType):
    def __new__(meta, name, bases, namespace, **keywords):
        cls = type.__new__(meta, name, bases, namespace, **keywords)
        if any(isinstance(base, _FunctionType) for base in bases):
            if getattr(cls, "_flags_", None) is None:
                raise TypeError("class must define _flags_ which must be an integer")
            type.__setattr__(cls, "_ct_info_", _Info(8, 8, "P", "X{}", (), True))
        return cls


def _check_result_type(kind):
    if kind is not None and not isinstance(kind, _DataType) and not callable(kind):
        raise TypeError("restype must be a type, a callable, or None")


class CFuncPtr(_CData, metaclass=_FunctionType):
    """Function Pointer"""

    def __init__(self, target=None, flags=None, /):
        own = self.__dict__
        own["_restype"] = getattr(self, "_restype_", None)
        own["_argtypes"] = None
        own["_errcheck"] = None
        own["_inside"] = None
        own["_flags"] = None
        kinds = getattr(self, "_argtypes_", None)
        if kinds is not None:
            self.argtypes = kinds
        if target is None:
            return
        if isinstance(target, tuple):
            name, library = target
            if isinstance(name, int):
                raise TypeError("the name of a function must be a string")
            name = name.encode() if isinstance(name, str) else name
            try:
                address = _core.find_symbol(library._handle, name)
            except OSError as error:
                raise AttributeError(str(error)) from None
            own["_objects"] = {"0": library}
            own["_flags"] = flags
        elif isinstance(target, _Inside):
            address = 0
            own["_inside"] = target.function
        elif isinstance(target, int):
            address = target
        elif callable(target):
            closure = self._closure_of(target)
            address = closure.address
            own["_objects"] = {"0": closure}
        else:
            raise TypeError("argument must be callable or integer function address")
        self._view[:] = _POINTER.pack(address & 0xFFFF_FFFF_FFFF_FFFF)

    def _closure_of(self, function):
        kinds = tuple(getattr(self, "_argtypes_", None) or ())
        result = getattr(self, "_restype_", None)
        if result is not None and not isinstance(result, (_SimpleType, _FunctionType, _PointerType)):
            raise TypeError("invalid result type for callback function")
        keep_errno = self._flags_ & FUNCFLAG_USE_ERRNO

        def called(*data):
            given = []
            for kind, raw in zip(kinds, data):
                made = kind.from_buffer_copy(raw)
                given.append(made.value if isinstance(kind, _SimpleType) and kind._ct_plain_ else made)
            value = function(*given)
            if result is None:
                return b""
            if value is None and not isinstance(result, _PointerType) and result._type_ not in "zZPO":
                raise TypeError(f"'NoneType' object cannot be interpreted as an integer")
            place = _CData.__new__(result)
            holder = _Holder(place)
            _set(holder, result, 0, 0, value)
            return place._view.tobytes()

        code = "v" if result is None else result._ct_info_.code
        return _core.closure(called, code, tuple(_info(kind).code for kind in kinds))

    @property
    def restype(self):
        """The type of the result."""
        return self._restype

    @restype.setter
    def restype(self, kind):
        _check_result_type(kind)
        self._restype = kind

    @restype.deleter
    def restype(self):
        self._restype = getattr(self, "_restype_", None)

    @property
    def argtypes(self):
        """The types of the arguments."""
        return self._argtypes

    @argtypes.setter
    def argtypes(self, kinds):
        if kinds is not None:
            kinds = tuple(kinds)
            for i, kind in enumerate(kinds):
                if not hasattr(kind, "from_param"):
                    raise TypeError(f"item {i + 1} in _argtypes_ has no from_param method")
        self._argtypes = kinds

    @argtypes.deleter
    def argtypes(self):
        self._argtypes = None

    @property
    def errcheck(self):
        """What looks at each result."""
        return self._errcheck

    @errcheck.setter
    def errcheck(self, function):
        if function is not None and not callable(function):
            raise TypeError("the errcheck attribute must be callable")
        self._errcheck = function

    @errcheck.deleter
    def errcheck(self):
        self._errcheck = None

    def __bool__(self):
        return self._inside is not None or any(self._view)

    def __repr__(self):
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def __call__(self, *args, **keywords):
        kinds = self._argtypes
        outputs = ()
        if self._flags is not None:
            args, outputs = self._with_flags(args, keywords)
        elif keywords:
            raise TypeError("call takes no keyword arguments")
        if kinds is not None and len(args) < len(kinds):
            raise TypeError(
                f"this function takes at least {len(kinds)} argument{'s' * (len(kinds) != 1)} ({len(args)} given)")
        codes, data, alive = [], [], []
        for i, value in enumerate(args):
            try:
                if kinds is not None and i < len(kinds):
                    value = kinds[i].from_param(value)
                code, raw = _convert(value, i + 1, alive)
            except Exception as error:
                words = f"argument {i + 1}: {type(error).__name__}: {error}"
                raise ArgumentError(words) from None
            codes.append(code)
            data.append(raw)
        if self._inside is not None:
            return self._inside(*(_core.object_at(_POINTER.unpack(d)[0]) if k is not None and k._type_ == "O"
                                  else int.from_bytes(d, "little", signed=c == "i")
                                  for k, c, d in zip(kinds, codes, data)))
        result = self._restype
        code = "v" if result is None else result._ct_info_.code if isinstance(result, _DataType) else "i"
        address = _POINTER.unpack(self._view)[0]
        if not address:
            raise ValueError("attempt to call a NULL function pointer")
        fixed = len(kinds) if kinds is not None else -1
        python = self._flags_ & FUNCFLAG_PYTHONAPI
        keep_errno = bool(self._flags_ & FUNCFLAG_USE_ERRNO)
        raw = _core.call(address, code, tuple(codes), tuple(data), fixed, not python, keep_errno)
        value = self._result(result, raw)
        if self._errcheck is not None:
            checked = self._errcheck(value, self, args)
            if checked is not args:
                return checked
        if outputs:
            given = tuple(out.__ctypes_from_outparam__() for out in outputs)
            return given[0] if len(given) == 1 else given
        return value

    def _result(self, result, raw):
        if result is None:
            return None
        if not isinstance(result, _DataType):
            return result(int.from_bytes(raw[:4], "little", signed=True))
        made = _CData.__new__(result)
        size = result._ct_info_.size
        made._view[:] = raw[:size]
        if isinstance(result, _SimpleType) and result._ct_plain_:
            made = made.value
        elif isinstance(result, _FunctionType):
            address = _POINTER.unpack(made._view)[0]
            made = result(address)
        check = getattr(result, "_check_retval_", None)
        return made if check is None else check(made)

    def _with_flags(self, args, keywords):
        """Arguments by direction: 1 in, 2 out, each with a name and a default, perhaps."""
        args, whole, outputs = list(args), [], []
        for kind, flag in zip(self._argtypes or (), self._flags):
            way, name, *default = (*flag, None)[:3] if len(flag) < 3 else flag
            way = flag[0] or 1
            if way & 2 and not way & 1:
                target = kind._type_
                out = target()
                outputs.append(out)
                whole.append(out if isinstance(target, _ArrayType) else byref(out))
                continue
            if args:
                value = args.pop(0)
            elif name is not None and name in keywords:
                value = keywords.pop(name)
            elif len(flag) > 2:
                value = flag[2]
            elif way & 4:
                value = 0
            else:
                raise TypeError(f"required argument '{name}' missing")
            if way & 2:
                target = kind._type_
                value = value if isinstance(value, target) else target(value)
                outputs.append(value)
                value = byref(value)
            whole.append(value)
        return whole + args, outputs


class _Holder:
    """A place for one value, of which nothing is kept but by who made it."""

    def __init__(self, place):
        self._memory, self._view = place._memory, place._view

    _forever = []

    def _keep(self, index, object):
        if object is not None:
            # Foreign code has a pointer to it now, for how long nobody knows.
            self._forever.append(object)

    def _part(self, cls, offset, index):
        return cls._at(self._memory)


def _convert(value, number, alive):
    """Code and bytes of an argument."""
    alive.append(value)
    if isinstance(value, (_CData, _Param)):
        return value._parameter()
    if value is None:
        return "P", bytes(8)
    if isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 64:
            raise OverflowError("int too long to convert")
        return "i", (value & 0xFFFF_FFFF).to_bytes(4, "little")
    if isinstance(value, (bytes, str)):
        memory = _terminated(value)
        alive.append(memory)
        return "P", _POINTER.pack(memory.address)
    given = getattr(value, "_as_parameter_", None)
    if given is not None:
        return _convert(given, number, alive)
    raise TypeError(f"Don't know how to convert parameter {number}")


class _Inside(int):
    """The address of a function that is none of the machine's."""


def _inside(function):
    made = _Inside()
    made.function = function
    return made


def _cast(address, source, kind):
    if not isinstance(kind, (_PointerType, _FunctionType, _SimpleType)) or (
            isinstance(kind, _SimpleType) and kind._type_ not in "sPzUZXO"):
        raise TypeError(f"cast() argument 2 must be a pointer, not {getattr(kind, '__name__', kind)}")
    made = kind(address) if isinstance(kind, _FunctionType) else _CData.__new__(kind)
    made._view[:] = _POINTER.pack(address & 0xFFFF_FFFF_FFFF_FFFF)
    made._objects = {"source": source} if source is not None else None
    return made


def _memoryview_at(address, size, readonly):
    if size < 0:
        raise ValueError("memoryview_at: size is negative (or overflowed)")
    view = memoryview(_core.memory_at(address, size))
    return view.toreadonly() if readonly else view


_cast_addr = _inside(_cast)
_string_at_addr = _inside(_bytes_at)
_wstring_at_addr = _inside(_wide_at)
_memoryview_at_addr = _inside(_memoryview_at)
_program = _core.open_library(None, 0)
_memmove_addr = _core.find_symbol(_program, b"memmove")
_memset_addr = _core.find_symbol(_program, b"memset")


# ---- functions

def sizeof(obj, /):
    """Return the size in bytes of a C instance or type."""
    if isinstance(obj, _CData):
        return len(obj._view)
    if isinstance(obj, _DataType) and obj._ct_info_ is not None:
        return obj._ct_info_.size
    raise TypeError("this type has no size")


def alignment(obj, /):
    """Return the alignment of a C instance or type."""
    info = getattr(obj, "_ct_info_", None)
    if info is None or not isinstance(obj, (_CData, _DataType)):
        raise TypeError("no alignment info")
    return info.align


def byref(obj, offset=0, /):
    """Return a pointer to a C instance, to be used as an argument only."""
    if not isinstance(obj, _CData):
        raise TypeError(f"byref() argument must be a ctypes instance, not '{type(obj).__name__}'")
    return _pointer_to(obj._memory.address + offset, obj)


def addressof(obj, /):
    """Return the address of the C instance's memory."""
    if not isinstance(obj, _CData):
        raise TypeError("invalid type")
    return obj._memory.address


def resize(obj, size, /):
    """Resize the memory of a C instance."""
    if not isinstance(obj, _CData):
        raise TypeError("excepted ctypes instance")
    least = obj._ct_info_.size
    if size < least:
        raise ValueError(f"minimum size is {least}")
    if obj._b_base_ is not None or obj._memory.keep is not None:
        raise ValueError("Memory cannot be resized because this object doesn't own it")
    memory = _core.memory(size)
    view = memoryview(memory)
    view[:len(obj._view)] = obj._view[:size]
    obj._memory, obj._view = memory, view


def buffer_info(obj, /):
    """Return buffer interface information: format, dimensions, shape."""
    info = getattr(obj, "_ct_info_", None)
    if info is None:
        raise TypeError("not a ctypes type or object")
    return info.format, len(info.shape), info.shape


def dlopen(name, flag=0, /):
    """Load a shared library and return its handle."""
    _sys.audit("ctypes.dlopen", name)
    return _core.open_library(name, flag)


def dlclose(handle, /):
    """Unload a shared library."""
    _core.close_library(handle)


def dlsym(handle, name, /):
    """Find a symbol in a shared library."""
    return _core.find_symbol(handle, name.encode())


def PyObj_FromPtr(address, /):
    """The object at an address."""
    return _core.object_at(address)


def call_function(address, args, /):
    """Call the C function at an address."""
    return type("_Called", (CFuncPtr,), {"_flags_": FUNCFLAG_CDECL, "_restype_": _ctypes_int()})(address)(*args)


def call_cdeclfunction(address, args, /):
    """Call the C function at an address."""
    return call_function(address, args)


def _ctypes_int():
    import ctypes

    return ctypes.c_int


_pointer_type_cache = {}
