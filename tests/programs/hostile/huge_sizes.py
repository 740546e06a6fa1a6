# Sizes no machine has.
import sys
for e in ("[0] * 10**15", "[0] * sys.maxsize", "[0] * 10**30", "'a' * 10**15", "'é' * sys.maxsize", "b'a' * 10**15", "bytes(10**15)", "bytearray(10**15)", "bytearray(sys.maxsize)", "(0,) * 10**15", "list(range(10**15))[0:0]", "' '.join(['a' * 10**8] * 10**7)[:0]", "'a'.ljust(10**15)", "'a'.zfill(10**15)", "'{:>1000000000000000}'.format(1)", "'%1000000000000000d' % 1", "format(1, '10000000000000000000000')", "1 << 10**15", "b'a'.center(10**15)", "bytes(2**63)", "range(10**30)[::-1][0]", "[1] * -10**30", "'a' * -10**30 + 'b'", "[0] * (10**30 - 10**30)", "len(range(10**30))", "'a\\t'.expandtabs(10**15)", "'ab'.replace('', 'x' * 10**13)", "memoryview(bytes(10**16))", "__import__('array').array('d', [0]) * 10**15", "__import__('itertools').repeat(0, 10**30)", "b''.join([b'a' * 10**8] * 10**7)", "int.to_bytes(1, 10**15, 'big')", "__import__('collections').deque(maxlen=10**30)", "__import__('os').urandom(10**15)", "__import__('io').BytesIO().truncate(-1)", "'a'.encode().ljust(sys.maxsize)", "str.center('', sys.maxsize)"):
    if e.startswith("list(range"): continue
    try:
        print(e, "=", repr(eval(e))[:50])
    except (MemoryError, OverflowError, ValueError) as err:
        print(e, "->", type(err).__name__, err)
