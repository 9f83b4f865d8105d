# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A process for each client. The kernel keeps no child that has ended: nobody waits for it."""
import os
import signal
import socket
import sys


def serve(client):
    try:
        while data := client.recv(4096):
            client.sendall(data)
    except OSError:
        pass  # the client is gone


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        client, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            serve(client)
            os._exit(0)
        client.close()  # the child has its own


main()
