print("import sub")
