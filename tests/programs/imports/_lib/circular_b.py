import circular_a
value = "b saw " + circular_a.value
