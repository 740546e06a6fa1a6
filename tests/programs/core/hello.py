# The smallest program.
print(1 + 2)
