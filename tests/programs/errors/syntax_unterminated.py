# A string without an end.
message = "hello
print(message)
