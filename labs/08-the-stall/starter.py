# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An edge-triggered echo server whose clients wait forever.

Your part: use the tracer to find out why, and fix the server. Try small and large messages:

  sudo wakelab trace -- python3 starter.py 7000
  wakelab load --port 7000 --conns 1 --messages 1 --size 64 --timeout 5
  wakelab load --port 7000 --conns 1 --messages 1 --size 5000 --timeout 5

The server must stay edge-triggered and must not make unnecessary system calls.
"""
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
    """Receives and sends back what was received. Returns False if the connection has ended."""
    try:
        if not kept:
            kept += client.recv(512)
            if not kept:
                return False
        while kept:
            del kept[:client.send(kept)]
    except BlockingIOError:
        pass
    except ConnectionError:
        return False
    return True


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
