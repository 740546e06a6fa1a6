# The suggestion in an uncaught AttributeError.
class Account:
    def __init__(self):
        self.balance = 10

    def deposit(self, amount):
        self.balnce += amount


Account().deposit(5)
