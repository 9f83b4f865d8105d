// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A 32-bit program without a C library: its system calls have other numbers than those of 64-bit
 * programs, and are to be counted in the same rows. It makes 7 writes of 3 bytes and 7 reads on a
 * pipe, 5 polls that find it empty, an epoll_wait that reports it, a write to a descriptor that is
 * not open; and sets O_NONBLOCK once.
 */
struct pollfd {
	int fd;
	short events, revents;
};

struct epoll_event {
	unsigned events;
	unsigned long long data;
} __attribute__((packed));

enum { /* arch/x86/entry/syscalls/syscall_32.tbl */
       EXIT = 1,
       READ = 3,
       WRITE = 4,
       PIPE = 42,
       POLL = 168,
       FCNTL64 = 221,
       EPOLL_CTL = 255,
       EPOLL_WAIT = 256,
       EPOLL_CREATE1 = 329,
};

static int call(int nr, long a, long b, long c, long d)
{
	int ret;

	asm volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
	return ret;
}

void _start(void)
{
	struct epoll_event event = {.events = 1, .data = 7}, out;
	struct pollfd pfd = {.events = 1};
	int fds[2], epfd;
	char buf[8];

	call(PIPE, (long)fds, 0, 0, 0);
	call(FCNTL64, fds[0], 4 /* F_SETFL */, 04000 /* O_NONBLOCK */, 0);
	pfd.fd = fds[0];
	for (int i = 0; i < 5; i++)
		call(POLL, (long)&pfd, 1, 0, 0);
	for (int i = 0; i < 7; i++)
		call(WRITE, fds[1], (long)"abc", 3, 0);
	epfd = call(EPOLL_CREATE1, 0, 0, 0, 0);
	call(EPOLL_CTL, epfd, 1 /* EPOLL_CTL_ADD */, fds[0], (long)&event);
	call(EPOLL_WAIT, epfd, (long)&out, 1, 0);
	for (int i = 0; i < 7; i++)
		call(READ, fds[0], (long)buf, 3, 0);
	call(WRITE, 99, (long)"abc", 3, 0);
	call(EXIT, out.data == 7 ? 0 : 1, 0, 0, 0);
}
