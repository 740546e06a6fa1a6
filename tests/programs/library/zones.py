"""zoneinfo from files made here: transitions, rules, caches, mistakes."""
import io
import pickle
import struct
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone(transitions, kinds, names, rule):
    body = b""
    for size, form in ((4, "l"), (8, "q")):
        body += b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, len(transitions), len(kinds), len(names))
        body += b"".join(struct.pack(">" + form, at) for at, _ in transitions) + bytes(kind for _, kind in transitions)
        body += b"".join(struct.pack(">lbb", *kind) for kind in kinds) + names
    return ZoneInfo.from_file(io.BytesIO(body + b"\n" + rule + b"\n"), key="made")


made = zone([(100000, 1), (200000, 0), (300000, 1)], [(0, 0, 0), (3600, 1, 4)], b"GMT\0BST\0", b"GMT0BST,M3.5.0/1,M10.5.0")
for moment in (datetime(1970, 1, 1), datetime(1970, 1, 2, 4), datetime(1970, 1, 3, 8, 10), datetime(1975, 7, 1), datetime(2024, 3, 31, 1, 30), datetime(2024, 10, 27, 1, 30)):
    for fold in (0, 1):
        local = moment.replace(tzinfo=made, fold=fold)
        print(local, local.tzname(), local.utcoffset(), local.dst(), local.astimezone(timezone.utc))
for at in (99999, 100000, 199999, 200000, 203600, 300000, 1711846799, 1711846800, 1729990800, 1729994400):
    local = datetime.fromtimestamp(at, made)
    print(at, local, local.fold)
print(time(1, 2, tzinfo=made).utcoffset(), time(1, 2, tzinfo=zone([], [(7200, 0, 0)], b"EET\0", b"EET-2")).utcoffset(), made, repr(made))
for rule in (b"AAA", b"+11", b"AAA25", b"PST8PDT", b"AAA4<>,J1,J2", b"AAA4BBB,J0,J2", b"AAA4BBB,J1", b"AAA4BBB,J1,J2/3/4", b"AAA4BBB,M13.1.1,M1.1.1"):
    try:
        zone([], [(0, 0, 0)], b"AAA\0", rule)
    except ValueError as error:
        print(error)
for broken in (b"", b"AAAA3" + bytes(15), b"TZif2" + bytes(39) + b"TZif2" + bytes(39) + b"\nPart"):
    try:
        ZoneInfo.from_file(io.BytesIO(broken))
    except ValueError as error:
        print(error)
for key in ("No/Such_Zone", "/etc/passwd", "../up"):
    try:
        ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError) as error:
        print(type(error).__name__)
try:
    pickle.dumps(made)
except pickle.PicklingError as error:
    print(error)


class Own(ZoneInfo):
    pass


print(Own._weak_cache is not None, hasattr(ZoneInfo, "_weak_cache"), ZoneInfo.clear_cache(only_keys=["x"]))
for wrong in (5, datetime(2024, 1, 1)):
    try:
        made.fromutc(wrong)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
