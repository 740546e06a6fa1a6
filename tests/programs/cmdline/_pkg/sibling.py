print("sibling", __name__, __package__)
