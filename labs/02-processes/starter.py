# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server with a process for each client. It listens and accepts; the rest is up to you."""
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    while True:
        client, _ = listener.accept()
        # Your part: start a process (os.fork) that sends back what this client sends, until it
        # hangs up, and then ends (os._exit). Meanwhile accept the next one. Close what is not
        # needed, in both processes, and wait for each child that has ended.
        client.close()


main()
