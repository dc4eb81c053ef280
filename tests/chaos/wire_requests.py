"""Requests within the bytes that a client sends, for chaos_proxy.py."""


class Requests:
    """Finds where requests begin and end in what a client sends: HTTP/1.1 or MongoDB."""

    def __init__(self):
        self.buffer = bytearray()
        self.known = True

    def at_boundary(self):
        return not self.buffer

    def feed(self, data):
        """Returns the requests that are complete now."""
        complete = []
        self.buffer += data
        while self.known and self.buffer:
            size = self._size()
            if size is None or len(self.buffer) < size:
                break
            complete.append(bytes(self.buffer[:size]))
            del self.buffer[:size]
        if not self.known:
            self.buffer.clear()
        return complete

    def _size(self):
        if len(self.buffer) < 4:
            return None
        if self.buffer[:4].isalpha() or self.buffer[:4] == b"GET ":
            head = self.buffer.find(b"\r\n\r\n")
            if head < 0:
                return None
            for line in bytes(self.buffer[:head]).split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    return head + 4 + int(line.split(b":")[1])
            return head + 4
        size = int.from_bytes(self.buffer[:4], "little")
        self.known = 16 <= size <= 48 << 20  # anything else, TLS for one, is passed on unread
        return size if self.known else None
