# The above exception was the direct cause...
class ConfigError(Exception):
    pass


def parse(text):
    try:
        return int(text)
    except ValueError as error:
        raise ConfigError("bad configuration") from error


try:
    parse("twelve")
except ConfigError as error:
    raise RuntimeError("could not start") from error
