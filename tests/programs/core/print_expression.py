# The smallest programs.
print(1 + 2)
print()
print("a", 1, None, sep="-", end="!\n")
print(*[1, 2, 3], sep="\n")
print("no newline", end="")
print()
try:
    print(1, sep=3)
except TypeError as e:
    print(e)
try:
    print(1, nothing=3)
except TypeError as e:
    print(e)
print(True, False, None, ..., NotImplemented)
print([1, "a", b"b", 1.5, 2j, None, ...])
print({"k": [1, (2,)], (): set(), "f": frozenset()})
