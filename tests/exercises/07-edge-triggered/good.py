# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An edge-triggered echo server: each report is used up, until BlockingIOError."""
import select
import socket
import sys

EVENTS = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET

clients = {}  # by descriptor: the socket, and what it has sent and not got back yet


def accept_all(listener, epoll):
    try:
        while True:
            client, _ = listener.accept()
            client.setblocking(False)
            clients[client.fileno()] = (client, bytearray())
            epoll.register(client, EVENTS)
    except BlockingIOError:
        pass


def serve(client, kept):
    """Until there is nothing to receive, or no room to send. False: the connection is over."""
    try:
        while True:
            while kept:
                del kept[:client.send(kept)]
            kept += client.recv(65536)
            if not kept:
                return False
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    listener.setblocking(False)
    epoll = select.epoll()
    epoll.register(listener, EVENTS)
    while True:
        for fd, _ in epoll.poll():
            if fd == listener.fileno():
                accept_all(listener, epoll)
            elif not serve(*clients[fd]):
                clients.pop(fd)[0].close()


main()
