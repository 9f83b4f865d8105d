# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""One thread for all clients: epoll tells who has sent something or has room again."""
import select
import socket
import sys

clients = {}  # by descriptor: the socket, and what it has sent and not got back yet


def accept(listener, epoll):
    client, _ = listener.accept()
    client.setblocking(False)
    clients[client.fileno()] = (client, bytearray())
    epoll.register(client, select.EPOLLIN)


def serve(fd, epoll):
    """Room to write is of interest only while there is something to write."""
    client, kept = clients[fd]
    waited = bool(kept)
    if not waited:
        kept += client.recv(4096)
    if not kept:
        raise ConnectionResetError("the end")
    try:
        del kept[:client.send(kept)]
    except BlockingIOError:
        pass  # there is no room now
    if bool(kept) != waited:
        epoll.modify(fd, select.EPOLLOUT if kept else select.EPOLLIN)


def drop(fd):
    clients.pop(fd)[0].close()


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    while True:
        for fd, _ in epoll.poll():
            try:
                if fd == listener.fileno():
                    accept(listener, epoll)
                else:
                    serve(fd, epoll)
            except ConnectionError:
                drop(fd)


main()
