import cmdline._pkg
raise RuntimeError("while running")
