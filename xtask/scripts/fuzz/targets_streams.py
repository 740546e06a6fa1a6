"""Compressed streams and XML."""

import bz2
import gzip
import io
import lzma
import xml.dom.minidom
import xml.etree.ElementTree as ElementTree
import xml.sax
import zlib
from compression import zstd
from xml.parsers import expat

from targets import seeds_of, target, text_of

TEXT = b"".join(b"%d bottles, %d left; " % (i, i * 7 % 13) for i in range(80))
NOISE = bytes(i * i * 31 % 251 for i in range(700))
PLAIN = [TEXT, NOISE, b"", b"a", b"a" * 3000, TEXT * 4 + NOISE]
# A small input can stand for a large value: what comes out is asked for in pieces up to this.
MOST = 1 << 20


def in_pieces(decompressor, data):
    """Feeds in two pieces, takes in small ones."""
    out, fed, half = 0, 0, len(data) // 2
    for piece in (data[:half], data[half:]):
        if decompressor.eof:
            break
        got = decompressor.decompress(piece, 5000)
        out += len(got)
        while got and not decompressor.eof and not decompressor.needs_input and out < MOST:
            got = decompressor.decompress(b"", 5000)
            out += len(got)
    return out, decompressor.eof


@target("zlib", (zlib.error, ValueError))
def feed_zlib(data):
    seen = []
    for bits in (15, -15, 31, 47):
        try:
            held = zlib.decompressobj(bits)
            out = held.decompress(data, MOST)
            seen.append((zlib.crc32(out), held.eof, len(held.unused_data), len(held.unconsumed_tail) > 0))
            if not held.eof and not held.unconsumed_tail:
                seen.append(len(held.copy().flush()))
        except zlib.error:
            seen.append("error")
    seen.append(zlib.crc32(zlib.decompress(data, 15)))
    return seen


@seeds_of("zlib")
def zlib_seeds():
    seeds = [zlib.compress(data, level) for data in PLAIN for level in (0, 1, 9)]
    for data in PLAIN[:3]:
        for bits in (-15, 31, 9):
            packer = zlib.compressobj(6, zlib.DEFLATED, bits)
            seeds.append(packer.compress(data[:600]) + packer.flush(zlib.Z_SYNC_FLUSH) + packer.compress(data[600:]) + packer.flush())
    packer = zlib.compressobj(strategy=zlib.Z_FIXED, zdict=b"bottles")
    return seeds + [packer.compress(TEXT) + packer.flush()]


@target("gzip", (gzip.BadGzipFile, EOFError, zlib.error))
def feed_gzip(data):
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        seen = zlib.crc32(file.read(MOST)), file.mtime
    return seen, len(gzip.decompress(data))


@seeds_of("gzip")
def gzip_seeds():
    held = io.BytesIO()
    with gzip.GzipFile("name", "wb", fileobj=held, mtime=5) as file:
        file.write(TEXT)
    return [gzip.compress(data, mtime=0) for data in PLAIN] + [held.getvalue(), gzip.compress(TEXT, mtime=1) * 2]


@target("bz2", (OSError, EOFError, ValueError), [b"BZh9", b"1AY&SY"])
def feed_bz2(data):
    return in_pieces(bz2.BZ2Decompressor(), data), len(bz2.decompress(data))


@seeds_of("bz2")
def bz2_seeds():
    return [bz2.compress(data, level) for data in PLAIN for level in (1, 9)] + [bz2.compress(TEXT) * 2]


@target("xz", (lzma.LZMAError, EOFError, ValueError))
def feed_xz(data):
    limit = 64 << 20
    seen = in_pieces(lzma.LZMADecompressor(memlimit=limit), data)
    return seen, len(lzma.decompress(data, memlimit=limit))


@seeds_of("xz")
def xz_seeds():
    seeds = []
    for data in PLAIN:
        seeds.append(lzma.compress(data, check=lzma.CHECK_CRC32, preset=0))
        seeds.append(lzma.compress(data, format=lzma.FORMAT_ALONE, preset=1))
    for kind in (lzma.FILTER_DELTA, lzma.FILTER_X86, lzma.FILTER_ARM):
        seeds.append(lzma.compress(TEXT, filters=[{"id": kind}, {"id": lzma.FILTER_LZMA2, "preset": 0}]))
    return seeds


@target("zstd", (zstd.ZstdError, EOFError, ValueError), [b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18"])
def feed_zstd(data):
    options = {zstd.DecompressionParameter.window_log_max: 22}
    seen = in_pieces(zstd.ZstdDecompressor(options=options), data)
    try:
        size = zstd.get_frame_size(data)
        info = zstd.get_frame_info(data)
    except zstd.ZstdError:
        size = info = None
    with zstd.ZstdFile(io.BytesIO(data), options=options) as file:
        return seen, size, info is None, len(file.read(MOST))


@seeds_of("zstd")
def zstd_seeds():
    seeds = [zstd.compress(data, level) for data in PLAIN for level in (-5, 3, 19)]
    checked = {zstd.CompressionParameter.checksum_flag: 1}
    return seeds + [zstd.compress(TEXT, options=checked), zstd.compress(TEXT) * 2]


@target("zdict", (zstd.ZstdError, ValueError), [b"\x37\xa4\x30\xec"])
def feed_zdict(data):
    held = zstd.ZstdDict(data, is_raw=data[:4] != b"\x37\xa4\x30\xec")
    return len(zstd.decompress(zstd.compress(TEXT, zstd_dict=held), zstd_dict=held))


@seeds_of("zdict")
def zdict_seeds():
    samples = [b"sample %d of text with words %d" % (i, i * 31 % 97) for i in range(300)]
    return [zstd.train_dict(samples, 2000).dict_content, TEXT]


MARKUP = [b"<", b">", b"</", b"/>", b"&amp;", b"&#x41;", b"&#0;", b"&a;", b"<!ENTITY x '", b"<!DOCTYPE r [", b"]>", b"<![CDATA[",
          b"]]>", b"<!--", b"-->", b"<?", b"?>", b" a='1'", b"xmlns:p='u'", b"p:", b"\xff\xfe", b"\xc3\xa9", b"encoding='utf-16'"]


class Everything:
    """Handlers of expat that count."""

    def __init__(self):
        self.seen = 0

    def take(self, *words):
        self.seen += 1


@target("expat", (expat.ExpatError, ValueError, LookupError), MARKUP)
def feed_expat(data):
    parser = expat.ParserCreate(namespace_separator=" ")
    counter = Everything()
    for name in ("StartElement", "EndElement", "ProcessingInstruction", "CharacterData", "UnparsedEntityDecl", "NotationDecl",
                 "StartNamespaceDecl", "EndNamespaceDecl", "Comment", "StartCdataSection", "EndCdataSection", "XmlDecl",
                 "StartDoctypeDecl", "EndDoctypeDecl", "ElementDecl", "AttlistDecl", "EntityDecl", "SkippedEntity"):
        setattr(parser, name + "Handler", counter.take)
    parser.ExternalEntityRefHandler = lambda *words: 1
    half = len(data) // 2
    parser.Parse(data[:half], False)
    parser.Parse(data[half:], True)
    # How text is divided into pieces is the parser's business.
    return parser.CurrentLineNumber


@target("xml", (ElementTree.ParseError, ValueError, LookupError), MARKUP)
def feed_xml(data):
    root = ElementTree.fromstring(data)
    return zlib.crc32(ElementTree.tostring(root)), [element.tag for element in root.iter()][:20]


@target("minidom", (expat.ExpatError, xml.sax.SAXException, ValueError, LookupError, TypeError, AttributeError, KeyError, xml.dom.DOMException), MARKUP)
def feed_minidom(data):
    with xml.dom.minidom.parseString(data) as document:
        size = len(document.toxml())
    xml.sax.parseString(data, xml.sax.ContentHandler())
    return size


@seeds_of("expat", "xml", "minidom")
def xml_seeds():
    laughs = b"<!DOCTYPE r [<!ENTITY a0 'haha'>" + b"".join(
        b"<!ENTITY a%d '%s'>" % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10)) + b"]><r>&a9;</r>"
    quadratic = b"<!DOCTYPE r [<!ENTITY a '" + b"x" * 20000 + b"'>]><r>" + b"&a;" * 10000 + b"</r>"
    parameter = b"<!DOCTYPE r [<!ENTITY % p '<!ENTITY q \"v\">'> %p; <!ELEMENT r (#PCDATA|b)*><!ATTLIST r a CDATA 'd'>]><r>&q;</r>"
    document = (b"<?xml version='1.0' encoding='utf-8'?><!-- c --><?pi d?><r xmlns='u' xmlns:p='v'><p:a b=\"1 &lt; 2\" p:c='d'>"
                b"text &amp; &#233; \xc3\xa9</p:a><![CDATA[<raw>]]><e/></r>")
    deep = b"<a>" * 200 + b"</a>" * 200
    plain = b"<r><a x='1'>t</a><b>u</b>tail</r>"
    wide = plain.decode().encode("utf-16")
    external = b"<!DOCTYPE r SYSTEM 'file:///nowhere' [<!NOTATION n SYSTEM 'x'><!ENTITY e SYSTEM 'y' NDATA n>]><r/>"
    return [laughs, quadratic, parameter, document, document, deep, plain, plain, wide, external]
