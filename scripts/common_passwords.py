#!/usr/bin/python3
"""Writes the table of passwords that nobody may have, as C++: the hashes of the 10,000 commonest.

They come from the Debian package python3-zxcvbn (MIT), commonest first, at build time: the words
themselves are neither in this repository nor in the program. The hash is the one of
src/base/fnv.h.
"""
import sys

from zxcvbn.frequency_lists import FREQUENCY_LISTS

MOST = 10_000


def fnv1a(word: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in word:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def main() -> None:
    words = list(FREQUENCY_LISTS["passwords"])[:MOST]
    assert len(words) == MOST and words[0] == "123456", "the list is not as it was"
    hashes = sorted({fnv1a(word.lower().encode()) for word in words})
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write('#include "server/common_passwords.h"\n\nnamespace tamtap {\n\n')
        out.write(f"const unsigned long kCommonPasswordCount = {len(hashes)};\n")
        out.write("const unsigned long long kCommonPasswordHashes[] = {\n")
        for value in hashes:
            out.write(f"    0x{value:016X}ULL,\n")
        out.write("};\n\n}  // namespace tamtap\n")


main()
