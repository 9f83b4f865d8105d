# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""An echo server of four threads and one epoll: who has a report of a socket has the socket."""
import select
import socket
import sys
import threading

ONCE = select.EPOLLIN | select.EPOLLONESHOT

clients = {}  # by descriptor


def accept(listener, epoll):
    client, _ = listener.accept()
    epoll.modify(listener, ONCE)
    clients[client.fileno()] = client
    epoll.register(client, ONCE)


def echo(client):
    """False: the connection is over."""
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
            elif echo(clients[fd]):
                epoll.modify(fd, ONCE)
            else:
                clients.pop(fd).close()


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    epoll = select.epoll()
    epoll.register(listener, ONCE)
    for _ in range(3):
        threading.Thread(target=serve, args=(listener, epoll), daemon=True).start()
    serve(listener, epoll)


main()
