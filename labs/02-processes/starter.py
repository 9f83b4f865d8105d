# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server with a process for each client. It listens and accepts; the rest is up to you."""
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    while True:
        client, _ = listener.accept()
        # Your part: start a process (os.fork) that sends back what this client sends, until the
        # client closes the connection, and then exits (os._exit). Meanwhile accept the next client.
        # In both processes, close the descriptors that are not needed, and wait for each child that
        # has exited.
        client.close()


main()
