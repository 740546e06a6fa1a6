//! Mistakes of `tarfile.py` made good, as in [`crate::fixes`].

use crate::edits::Change::{self, After, Cut, Replace};

pub const TARFILE_FIXES: &[(&str, Change)] = &[
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
];
