print("import mod")
counter = 0
reloads = globals().get("reloads", -1) + 1
