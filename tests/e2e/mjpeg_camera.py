#!/usr/bin/env python3
"""A camera that is a program: writes a photograph as MJPEG to standard output, 15 times a second.

    mjpeg_camera.py CONTROL PHOTO.jpg

The file CONTROL says how it behaves, and may change at any time. Its process id stands in CONTROL.pid.
"""

import os
import pathlib
import sys
import time

RATE = 15
SCAN = b"\xff\xda"


def numbered(jpeg, number):
    """The same picture with a comment in it, so that no two frames are alike, as no sensor's are."""
    return jpeg[:2] + b"\xff\xfe\x00\x0a%08d" % number + jpeg[2:]


def undecodable(jpeg, number):
    """Whole to look at; its data is another picture's, or none."""
    data = jpeg.index(SCAN) + 2
    data += int.from_bytes(jpeg[data : data + 2], "big")
    return numbered(jpeg[:data] + bytes([number % 200 + 1]) * 5000 + b"\xff\xd9", number)


def frame(behaviour, jpeg, number):
    match behaviour:
        case "fine":
            return numbered(jpeg, number)
        case "same":
            return jpeg
        case "garbage":
            return os.urandom(30_000)
        case "undecodable":
            return undecodable(jpeg, number)
        case "half":
            return numbered(jpeg, number)[: len(jpeg) // 2]
        case "huge":
            return numbered(jpeg, number)[:-2] + b"x" * (16 << 20)
        case "silent":
            return b""
    print(f"*** {behaviour} ***", file=sys.stderr)
    raise SystemExit(3)


def main():
    control, photo = map(pathlib.Path, sys.argv[1:])
    jpeg = photo.read_bytes()
    control.with_suffix(".pid").write_text(str(os.getpid()))
    number = 0
    while True:
        number += 1
        sys.stdout.buffer.write(frame(control.read_text().strip(), jpeg, number))
        sys.stdout.buffer.flush()
        time.sleep(1 / RATE)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(0)
