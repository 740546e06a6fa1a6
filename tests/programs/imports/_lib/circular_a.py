value = "a before"
import circular_b as b
value = "a after"
