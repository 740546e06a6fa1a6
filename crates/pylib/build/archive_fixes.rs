//! Mistakes of `tarfile.py`, `zipfile` and `zipapp.py` made good, as in [`crate::fixes`].

use crate::edits::Change::{self, After, Cut, Replace};

pub const ARCHIVE_FIXES: &[(&str, Change)] = &[
    // A header of gzip has four bytes for the time.
    (
        "tarfile.py",
        Replace(
            "        timestamp = struct.pack(\"<L\", int(time.time()))\n",
            r#"        now = int(time.time())
        timestamp = struct.pack("<L", now if now in range(1 << 32) else 0)
"#,
        ),
    ),
    // Folders are made along the name as it is, so a name must not leave the destination on its way.
    (
        "tarfile.py",
        Replace(
            "    # Ensure we stay in the destination\n",
            r"    if os.pardir in name.replace('/', os.sep).split(os.sep):
        new_attrs['name'] = name = os.path.normpath(name)
    # Ensure we stay in the destination
",
        ),
    ),
    // Nor may a link take the place of the destination.
    (
        "tarfile.py",
        Replace(
            "    # Limit permissions (no high bits, and go-w)\n",
            r"    is_link = member.issym() or member.islnk()
    if is_link and os.path.normpath(name) == os.curdir:
        raise OutsideDestinationError(member, target_path)
    # Limit permissions (no high bits, and go-w)
",
        ),
    ),
    (
        "tarfile.py",
        Cut(
            "            # A link member that resolves to the destination directory itself\n",
            "            normalized = os.path.normpath(",
        ),
    ),
    // Where the data of a member starts is known before a map of holes moves it, how long it is from the header alone.
    (
        "tarfile.py",
        After(
            "        # Process GNU sparse information.\n",
            "        if \"GNU.sparse.map\" in pax_headers:\n",
            r#"        data_starts = next.offset_data
        if "GNU.sparse.map" in pax_headers:
"#,
        ),
    ),
    (
        "tarfile.py",
        Replace(
            "                offset = next.offset_data\n                if next.isreg() or",
            "                offset = data_starts\n                if next.isreg() or",
        ),
    ),
    (
        "tarfile.py",
        After(
            "                # we need to recalculate the offset where the next\n",
            "                    offset += next._block(next.size)\n",
            r#"                    try:
                        offset += next._block(int(pax_headers["size"]))
                    except ValueError:
                        pass
"#,
        ),
    ),
    (
        "tarfile.py",
        Replace(
            "        tarinfo = self._getmember(name.rstrip('/'))\n",
            r"        tarinfo = None
        for spelling in dict.fromkeys((name, name.rstrip('/'))):
            tarinfo = tarinfo or self._getmember(spelling)
",
        ),
    ),
    // A hard link to a symbolic one would be that link at another place, which leads somewhere else.
    (
        "tarfile.py",
        Replace(
            "os.link(tarinfo._link_target, targetpath)",
            "os.link(os.path.realpath(tarinfo._link_target), targetpath)",
        ),
    ),
    (
        "tarfile.py",
        Replace(
            "                filter_function(\n                    unfiltered.replace(",
            "                at_link = filter_function(\n                    unfiltered.replace(",
        ),
    ),
    (
        "tarfile.py",
        Replace(
            "                filtered = filter_function(unfiltered, extraction_root)\n",
            r"                filtered = None
                if at_link is not None:
                    filtered = filter_function(unfiltered, extraction_root)
",
        ),
    ),
    ("zipapp.py", Replace("isinstance(new_archive, str)", "isinstance(new_archive, (str, os.PathLike))")),
    (
        "zipfile/_path/__init__.py",
        Replace(
            "        return posixpath.join(self.root.filename, self.at)\n",
            r"        nameless = ':zipfile:'
        if self.root.filename is None:
            return posixpath.join(nameless, self.at) if self.at else nameless
        return posixpath.join(self.root.filename, self.at)
",
        ),
    ),
    (
        "zipfile/__init__.py",
        After(
            "            raise TypeError(\"Expected type str or ZipInfo\")\n",
            "        with self._lock:\n",
            r#"        if self.fp is None:
            raise ValueError("Attempt to write to ZIP archive that was already closed")
        with self._lock:
            if self._writing:
                raise ValueError("Can't write to ZIP archive while an open writing handle exists.")
"#,
        ),
    ),
    // A decompressor gives so much at a time, and the rest before it takes more.
    (
        "zipfile/__init__.py",
        Replace(
            "        else:\n            data = self._read2(n)\n\n        if self._compress_type == ZIP_STORED:\n",
            r"        elif self._compress_type == ZIP_STORED or getattr(self._decompressor, 'needs_input', True):
            data = self._read2(n)
        else:
            data = b''

        if self._compress_type == ZIP_STORED:
",
        ),
    ),
    (
        "zipfile/__init__.py",
        Replace(
            "            data = self._decompressor.decompress(data)\n",
            r"            # Programs put decompressors of their own here, which give all that they can.
            limit = (max(n, self.MIN_READ_SIZE),) if hasattr(self._decompressor, 'needs_input') else ()
            data = self._decompressor.decompress(data, *limit)
",
        ),
    ),
    (
        "zipfile/__init__.py",
        Replace(
            "            self._eof = self._decompressor.eof or self._compress_left <= 0\n",
            r"            drained = self._compress_left <= 0 and getattr(self._decompressor, 'needs_input', True)
            self._eof = self._decompressor.eof or drained
",
        ),
    ),
    (
        "zipfile/__init__.py",
        Replace(
            "    def decompress(self, data):\n",
            r"    @property
    def needs_input(self):
        return self._decomp is None or self._decomp.needs_input

    def decompress(self, data, max_length=-1):
",
        ),
    ),
    ("zipfile/__init__.py", Replace("self._decomp.decompress(data)\n", "self._decomp.decompress(data, max_length)\n")),
];
