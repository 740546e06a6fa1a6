"""json, pickle, struct, base64, copy."""

import base64
import copy
import io
import json
import pickle
import struct

DATA = {"list": [1, 2.5, None, True, "text \u20ac \U0001f600"], "dict": {str(i): {"n": i, "s": "x" * i} for i in range(8)}, "big": 2**80}


class Point:
    def __init__(self, x):
        self.x = x

    def __reduce_ex__(self, protocol):
        return (Point, (self.x,))


def work():
    text = json.dumps(DATA, indent=1, sort_keys=True)
    back = json.loads(text)
    small = json.dumps([back, "\u20ac"], ensure_ascii=False)
    pickled = [pickle.dumps([DATA, Point([1])], protocol) for protocol in (0, 2, 5)]
    points = [pickle.loads(p)[1].x for p in pickled]
    packed = b"".join(struct.pack("<iq10s", i, i, str(i).encode()) for i in range(6))
    unpacked = list(struct.iter_unpack("<iq10s", packed))
    encoded = base64.b64encode(packed).decode()
    copied = copy.deepcopy(DATA)
    out = io.StringIO()
    print(*unpacked[:2], sep=";", file=out)
    raw = io.BytesIO(packed)
    head = raw.read(20) + raw.getbuffer()[3:5].tobytes()
    return back == DATA, len(small), points, len(unpacked), len(encoded), copied == DATA, out.getvalue(), len(head)
