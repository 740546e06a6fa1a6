"""Mistakes of the library that later bug-fix releases have made good."""

import hashlib
import io
import ipaddress
import math
import os
import stringprep
import subprocess
import tarfile
import tempfile
import unittest
import zipfile
import xml.etree.ElementTree as ET
from abc import ABCMeta, abstractmethod
from unittest import mock


def attempt(name, function, *args, **kwargs):
    try:
        print(name, "->", function(*args, **kwargs))
    except Exception as error:
        print(name, type(error).__name__, error)


# Case folding is that of Unicode 3.2.
folded = "\n".join(stringprep.map_table_b3(chr(c)) + stringprep.map_table_b2(chr(c)) for c in range(0x20000)
                   if not 0xD800 <= c < 0xE000)
print(hashlib.sha256(folded.encode()).hexdigest())
for text in ("\u13a0\u13a0", "\u10a0.", "\u04c0.example", "\xdcber.example"):
    attempt(ascii(text), text.encode, "idna")

for text in ("fe80::1%1", "fe80::1%eth0", "::1"):
    print(ipaddress.IPv6Address(text).exploded, ipaddress.IPv6Interface(text + "/64").exploded)

tiny = 5e-324
for x, y in ((-tiny, 0.0), (tiny, -0.0), (-tiny, 1.0), (tiny, -1.0), (0.0, -0.0), (-2 * tiny, 0.0)):
    print(x, y, math.nextafter(x, y), [math.nextafter(x, y, steps=n) for n in (0, 1, 2, 3)])

for code in (2, -9, -9876543, None, "2", 2.5, [2], True):
    print(subprocess.CalledProcessError(code, "cmd"))

# Archives.
with tempfile.TemporaryDirectory() as folder:
    inside = os.path.join(folder, "inside")
    os.mkdir(inside)

    def archive(*members):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name, kind, target in members:
                info = tarfile.TarInfo(name)
                info.type = kind
                info.linkname = target
                tar.addfile(info)
        file.seek(0)
        return tarfile.open(fileobj=file)

    for mode in ("tar", "data"):
        for name in ("", ".", "./", "a/.."):
            try:
                archive((name, tarfile.SYMTYPE, ".")).extractall(inside, filter=mode)
            except tarfile.OutsideDestinationError:
                print(mode, repr(name), "is the destination")
        archive(("../outside/../inside/file", tarfile.REGTYPE, "")).extractall(inside, filter=mode)
        print(sorted(os.listdir(folder)), sorted(os.listdir(inside)))
    tar = archive(("./folder/", tarfile.REGTYPE, ""))
    print(tar.getnames(), tar.getmember("./folder/").name)
    attempt("without slash", tar.getmember, "./folder")

    def wary(member, path):
        try:
            return tarfile.data_filter(member, path)
        except tarfile.FilterError:
            return None

    archive(("a/b/s", tarfile.SYMTYPE, "../escape"), ("q", tarfile.LNKTYPE, "a/b/s")).extractall(inside, filter=wary)
    print(os.listdir(inside + "/a/b"), os.path.lexists(inside + "/q"))
    for clock in (-1, 0, 2**32 - 1, 2**32):
        with mock.patch("time.time", return_value=float(clock)):
            path = os.path.join(folder, "x.tar.gz")
            tarfile.open(path, "w|gz").close()
        with open(path, "rb") as file:
            print(clock, file.read()[4:8])

file = io.BytesIO()
with zipfile.ZipFile(file, "w") as archive:
    print(str(zipfile.Path(archive)), zipfile.Path(archive) / "a" / "b")
    with archive.open("open", "w"):
        attempt("mkdir", archive.mkdir, "folder")
    for number, kind in enumerate((zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_ZSTANDARD)):
        archive.writestr(str(number), bytes(range(256)) * 4096, compress_type=kind)
attempt("closed", archive.mkdir, "folder")
with zipfile.ZipFile(file) as archive:
    for number in range(4):
        with archive.open(str(number)) as member:
            pieces = [member.read1(10), member.read(100_000), member.read()]
        print([len(piece) for piece in pieces], b"".join(pieces) == bytes(range(256)) * 4096)


# Abstract test cases.
class Base(unittest.TestCase, metaclass=ABCMeta):
    @abstractmethod
    def test_one(self): ...

    def test_two(self): ...


class Real(Base):
    def test_one(self): ...


loader = unittest.TestLoader()
print(loader.loadTestsFromTestCase(Base).countTestCases(), loader.loadTestsFromTestCase(Real).countTestCases())
attempt("by name", loader.loadTestsFromName, "Base.test_two", __import__("__main__"))

# White space of XML, and what stands outside the element.
tree = ET.XML("<a>\xa0<b> <c/>\xa0</b>\t</a>")
ET.indent(tree)
print(ET.tostring(tree))
print(ascii(ET.canonicalize("<a> \xa0x\xa0 </a>", strip_text=True)))
strays = ("foo", "foo<", "foo<a/>", " foo;", "a=b", "%", "%a;", "%a", "% ", '"x', '"x"', '"x"y', "#", "#a", "#a<",
          ")", ")*", "){", "]", "]]", "]]>", ",", "(", "|", "[", ">", "1", "1<", "-", "a+", "1+", "\xe9<", "&a;", "=")
for text in strays:
    places = []
    for whole in (text, "<a/>" + text):
        try:
            ET.XML(whole)
        except ET.ParseError as error:
            places.append((error.code, error.position))
    print(ascii(text), places)
for name in ("cp037", "cp864", "koi8-r"):
    try:
        print(name, ET.XML(f"<?xml version='1.0' encoding='{name}'?><a/>".encode(name)).tag)
    except ET.ParseError as error:
        print(name, error.code)


class Target:
    def __init__(self):
        self.found = []

    def doctype(self, *args):
        self.found.append(args)

    def close(self):
        return self.found


for text in ("html", "html []", 'html SYSTEM "a"', 'html SYSTEM "a" [<!ENTITY e "v">]', 'html PUBLIC " p  q " "a"'):
    parser = ET.XMLParser(target=Target())
    parser.feed(f"<!DOCTYPE {text}><html/>")
    print(text, parser.close())

