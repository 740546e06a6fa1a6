print("package without __main__")
