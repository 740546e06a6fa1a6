name = "sibling of deep"
