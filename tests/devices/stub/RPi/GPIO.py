"""What RC522 drivers call. It does nothing: the modelled board has its reset line let go."""

BOARD, BCM = 10, 11
OUT, IN = 0, 1
PUD_UP, FALLING = 22, 32


def getmode():
    return None


def setmode(mode):
    pass


def setwarnings(on):
    pass


def setup(pin, direction, **how):
    pass


def output(pin, value):
    pass


def cleanup():
    pass
