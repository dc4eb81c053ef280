"""In place of a library that writes to the registers of a Raspberry Pi: drivers of RC522 boards use it to let go
of the reset line, which is let go here."""
