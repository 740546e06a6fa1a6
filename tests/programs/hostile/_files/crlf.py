x = """a
b"""
print(repr(x))
if 1:
    print("crlf")
