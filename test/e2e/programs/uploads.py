"""Takes uploads of any size and answers with what arrived: bytes and SHA-256, as JSON.

Only once all of it is there. Arguments: the port.
"""

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 1 << 20


class Uploads(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        digest, size = hashlib.sha256(), 0
        for piece in self.body():
            digest.update(piece)
            size += len(piece)
        chunked = "Transfer-Encoding" in self.headers
        self.answer({"bytes": size, "sha256": digest.hexdigest(), "chunked": chunked})

    def do_GET(self):
        self.answer({})

    def body(self):
        if "Transfer-Encoding" not in self.headers:
            yield from self.read(int(self.headers["Content-Length"]))
            return
        while size := int(self.rfile.readline(), 16):
            yield from self.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def read(self, size):
        while size > 0:
            piece = self.rfile.read(min(size, PIECE))
            if not piece:
                raise EOFError
            size -= len(piece)
            yield piece

    def answer(self, value):
        text = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format, *args):
        """One line for each request, on standard output: a test counts them."""
        print(format % args, flush=True)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Uploads).serve_forever()
