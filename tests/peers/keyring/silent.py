#!/usr/bin/env python3
"""Owns a name on the session bus and answers no call: a service that hangs."""

import os
import re
import socket
import struct
import sys


def align(data, to):
    return data + b"\0" * (-len(data) % to)


def text(value):
    value = value.encode()
    return struct.pack("<I", len(value)) + value + b"\0"


def call(serial, member, body=b"", signature=""):
    """A method call to the bus itself, in D-Bus wire format (specification, "Message Format")."""
    fields = b""
    for code, kind, value in [
        (1, "o", "/org/freedesktop/DBus"),
        (6, "s", "org.freedesktop.DBus"),
        (2, "s", "org.freedesktop.DBus"),
        (3, "s", member),
    ]:
        fields = align(fields, 8) + struct.pack("BB", code, 1) + kind.encode() + b"\0" + text(value)
    if signature:
        sig = signature.encode()
        fields = align(fields, 8) + b"\x08\x01g\0" + struct.pack("B", len(sig)) + sig + b"\0"
    head = b"l\x01\0\x01" + struct.pack("<III", len(body), serial, len(fields))
    return align(head + fields, 8) + body


def main():
    path = re.match(r"unix:path=([^,]+)", os.environ["DBUS_SESSION_BUS_ADDRESS"]).group(1)
    bus = socket.socket(socket.AF_UNIX)
    bus.connect(path)
    bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
    bus.recv(4096)
    bus.sendall(b"BEGIN\r\n" + call(1, "Hello"))
    bus.sendall(call(2, "RequestName", align(text(sys.argv[1]), 4) + struct.pack("<I", 4), "su"))
    while bus.recv(65536):
        pass


main()
