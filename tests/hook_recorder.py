#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A webhook that writes down what it is told, one body a line: hook_recorder.py FILE PORT-FILE

Answers 503 as long as a file FILE.away exists."""
import http.server
import os
import sys

record, port_file = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        away = os.path.exists(record + ".away")
        if not away:
            with open(record, "ab") as file:
                file.write(body.strip().replace(b"\n", b" ") + b"\n")
        self.send_response(503 if away else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w", encoding="ascii") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
