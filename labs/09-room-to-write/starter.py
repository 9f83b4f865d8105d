# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""A level-triggered echo server. It serves clients that read immediately; late readers are yours."""
import select
import socket
import sys

clients = {}  # by descriptor


def accept(listener, epoll):
    client, _ = listener.accept()
    client.setblocking(False)
    clients[client.fileno()] = client
    epoll.register(client, select.EPOLLIN)


def serve(client):
    """Returns False if the connection has ended."""
    # Your part: while a client does not read, send may accept only a part, or nothing
    # (BlockingIOError). Keep the remaining bytes. Ask for EPOLLOUT (epoll.modify) only while you
    # keep bytes, send them when it is reported, and continue to receive when everything is sent.
    try:
        data = client.recv(16384)
        if data:
            client.send(data)
        return bool(data)
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    while True:
        for fd, _ in epoll.poll():
            if fd == listener.fileno():
                accept(listener, epoll)
            elif not serve(clients[fd]):
                clients.pop(fd).close()


main()
