# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server, one client after another. It listens and accepts; the rest is up to you."""
import socket
import sys


def serve(client):
    # Your part: receive what the client sends, and send each byte back until it closes the
    # connection. In any case, serve the next client afterwards.
    client.close()


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        client, _ = listener.accept()
        serve(client)


main()
