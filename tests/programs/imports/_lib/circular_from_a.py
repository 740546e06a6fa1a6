from circular_from_b import y
x = 1
