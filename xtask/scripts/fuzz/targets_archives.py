"""Archives of every kind."""

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import tempfile
import zipfile
import zipimport
import zlib

from compression import zstd
from targets import seeds_of, target

FILES = {"a.txt": b"text of a " * 20, "folder/b.bin": bytes(range(256)) * 2, "folder/": b"", "é.txt": b"", "c.py": b"x = 1\n"}
# A damaged size can promise anything; so much is read of a member.
MOST = 1 << 20
ZIP_ERRORS = (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError, ValueError, EOFError, OSError, zlib.error,
              lzma.LZMAError, zstd.ZstdError, struct.error, UnicodeDecodeError)


@target("zip", ZIP_ERRORS, [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"])
def feed_zip(data):
    seen = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist()[:20]:
            try:
                with archive.open(info) as file:
                    seen.append((info.filename, zlib.crc32(file.read(MOST))))
            except ZIP_ERRORS as error:
                seen.append(type(error).__name__)
        zipfile.Path(archive, "folder/").exists()
    return seen


FOLDER = tempfile.TemporaryDirectory()
HELD = os.path.join(FOLDER.name, "held.zip")


@target("zipimport", (zipimport.ZipImportError, zlib.error, OSError, SyntaxError, EOFError, ValueError, OverflowError))
def feed_zipimport(data):
    with open(HELD, "wb") as file:
        file.write(data)
    zipimport._zip_directory_cache.clear()
    importer = zipimport.zipimporter(HELD)
    importer.invalidate_caches()
    return importer.is_package("c"), importer.get_source("c"), importer.get_code("c").co_names


@seeds_of("zip", "zipimport")
def zip_seeds():
    seeds = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_ZSTANDARD):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", method) as archive:
            for name, data in FILES.items():
                archive.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6)), data, method)
            archive.comment = b"a comment"
        seeds.append(held.getvalue())
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        with archive.open("c.py", "w", force_zip64=True) as file:
            file.write(b"y = 2\n")
    return seeds + [held.getvalue()]


@target("tar", (tarfile.TarError, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zstd.ZstdError), [b"ustar\x0000", b"ustar  \x00", b"00000000", b"77777777777", b"\x80" + b"\xff" * 7, b"././@LongLink", b"30 path=x\n"])
def feed_tar(data):
    seen = []
    for mode in ("r:*", "r|"):
        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode=mode) as tar:
                for member in tar:
                    held = tar.extractfile(member) if member.isfile() else None
                    seen.append((member.name, held and zlib.crc32(held.read(MOST))))
                    try:
                        tarfile.data_filter(member, "/nowhere")
                    except (tarfile.FilterError, ValueError):
                        pass
                    if len(seen) > 40:
                        break
        except (tarfile.TarError, EOFError, OSError) as error:
            seen.append(type(error).__name__)
    return seen


@seeds_of("tar")
def tar_seeds():
    seeds = []
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w", format=form) as tar:
            for name, data in FILES.items():
                info = tarfile.TarInfo(name if form == tarfile.USTAR_FORMAT else name + "/" + "long" * 40)
                info.size = len(data)
                info.mtime = 1700000000 if form != tarfile.PAX_FORMAT else 1700000000.5
                tar.addfile(info, io.BytesIO(data))
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "../outside"
            tar.addfile(link)
        seeds.append(held.getvalue())
    pack = (lambda data: gzip.compress(data, mtime=0)), bz2.compress, lzma.compress, zstd.compress
    return seeds * 2 + [pack[i](seeds[i % 3]) for i in range(4)]
