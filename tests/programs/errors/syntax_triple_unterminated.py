# A triple-quoted string without an end.
x = 1
y = """never
closed
