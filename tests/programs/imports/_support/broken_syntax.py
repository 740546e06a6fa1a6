value = 1
if value = 2:
    pass
