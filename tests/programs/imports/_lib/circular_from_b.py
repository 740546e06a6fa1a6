from circular_from_a import x
y = 2
