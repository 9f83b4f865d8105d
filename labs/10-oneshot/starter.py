# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server with epoll. One thread serves all clients; the other threads are up to you."""
import select
import socket
import sys

clients = {}  # by descriptor


def accept(listener, epoll):
    client, _ = listener.accept()
    clients[client.fileno()] = client
    epoll.register(client, select.EPOLLIN)


def echo(client):
    """Returns False if the connection has ended."""
    try:
        data = client.recv(4096)
        client.sendall(data)
        return bool(data)
    except ConnectionError:
        return False


def serve(listener, epoll):
    while True:
        for fd, _ in epoll.poll(maxevents=1):
            if fd == listener.fileno():
                accept(listener, epoll)
            elif not echo(clients[fd]):
                clients.pop(fd).close()


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    # Your part: let four threads wait in this epoll object (threading.Thread), so that no two of
    # them ever serve the same descriptor at the same time. With EPOLLONESHOT, a report disarms its
    # descriptor. The thread that got the report re-arms the descriptor (epoll.modify) after it has
    # received the data. This includes the listening socket.
    serve(listener, epoll)


main()
