"""An FTP server (pyftpdlib) on loopback for one user, `ada`, in the folder that is given.

usage: server.py FOLDER [CERTIFICATE [implicit | ipv6]]

With a certificate (and its key, in one PEM file) TLS is required; `implicit` begins with it. It prints its
port, and serves until it is ended.
"""

import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer


class Implicit(TLS_FTPHandler):
    def handle(self):
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self):
        TLS_FTPHandler.handle(self)

    def ftp_AUTH(self, line):
        self.respond("550 not here")


folder, *more = sys.argv[1:]
authorizer = DummyAuthorizer()
authorizer.add_user("ada", "practice-password", folder, perm="elr")
handler = FTPHandler
if more and more[0]:
    handler = Implicit if more[1:] == ["implicit"] else TLS_FTPHandler
    handler.certfile = more[0]
    handler.tls_control_required = handler.tls_data_required = True
handler.authorizer = authorizer
# 127.0.0.1 behind a wrong address of its own, as behind a router that does not know FTP
handler.masquerade_address = "192.0.2.1"
address = ("::1" if more[1:] == ["ipv6"] else "127.0.0.1", 990 if more[1:] == ["implicit"] else 0)
server = FTPServer(address, handler)
print(server.address[1], flush=True)
server.serve_forever()
