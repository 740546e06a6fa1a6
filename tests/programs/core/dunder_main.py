# What a script sees of itself.
# args: one two --three=4
# options: -B
import sys
print(__name__, __file__, __doc__, sys.argv, __spec__, __package__)
print(sys.flags.dont_write_bytecode, sys.flags.optimize, sys.flags.interactive)
print(sorted(k for k in globals() if k.startswith("__")))
import __main__
print(__main__.__name__, __main__.sys is sys, sys.modules["__main__"] is __main__)
print(sys.path[0].endswith("core"), type(__builtins__).__name__, type(__loader__).__name__)
print(sys.version_info[:2], sys.version_info.major, sys.byteorder, sys.maxsize, sys.maxunicode, sys.hexversion >> 16 == 0x30e)
print(sys.float_info.max, sys.float_info.dig, sys.int_info.bits_per_digit, sys.hash_info.modulus, sys.getrecursionlimit())
print(sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.stdout.encoding, sys.stdin.encoding, sys.stderr.errors)
print(sys.platform, sys.orig_argv[1:])
