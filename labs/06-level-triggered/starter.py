# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server for all clients at once, with epoll. It listens; the rest is up to you."""
import select
import socket
import sys


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    while True:
        # Your part: register each client, level-triggered, and send back what it sends. Nothing but
        # poll() of the epoll may sleep: accepted sockets are to be non-blocking (setblocking), and
        # what send does not take is kept until EPOLLOUT is reported, which is asked for as long as
        # something is kept and no longer. Close what a client has hung up.
        epoll.poll()
        client, _ = listener.accept()
        client.close()


main()
