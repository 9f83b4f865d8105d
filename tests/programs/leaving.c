// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A file of some kind is registered edge-triggered. Several things come at once, which the thread
 * is told of; then it sleeps in epoll_wait(). leaving KIND HOW UNTIL, HOW:
 *
 *   part     it takes one of them, and sleeps over the others until it ends
 *   all      it takes whatever there is
 *   worker   it takes one, and another thread takes the others while it sleeps
 *   more     it takes one, and more comes while it sleeps, all of which it takes
 *   close    it takes one, and another thread closes the file while it sleeps
 *   nothing  it takes nothing, ever
 *
 * UNTIL: so many ms have passed, or somebody opens this FIFO to write: that thread then does its
 * part.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MS   1000
#define REST 200 /* ms in which nothing more comes */

static int file, other; /* what is registered, and what feeds it */
static int end;         /* what ends the sleep */
static char folder[] = "/tmp/leavingXXXXXX";

static void check(bool ok, const char *what)
{
	if (!ok)
		err(1, "%s", what);
}

static void feed_bytes(void)
{
	char bytes[3000] = {0};

	check(write(other, bytes, sizeof(bytes)) == sizeof(bytes), "write");
}

static bool take_bytes(void)
{
	char bytes[1000];

	return read(file, bytes, sizeof(bytes)) > 0;
}

static void open_pipe(void)
{
	int ends[2];

	check(!pipe2(ends, O_NONBLOCK), "pipe2");
	file = ends[0];
	other = ends[1];
}

static void open_fifo(void)
{
	char path[64];

	check(mkdtemp(folder), "mkdtemp");
	snprintf(path, sizeof(path), "%s/fifo", folder);
	check(!mkfifo(path, 0600), "mkfifo");
	file = open(path, O_RDONLY | O_NONBLOCK);
	other = open(path, O_WRONLY | O_NONBLOCK);
	check(file >= 0 && other >= 0, "open");
	unlink(path);
	rmdir(folder);
}

static void open_unix(void)
{
	int ends[2];

	check(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), "socketpair");
	file = ends[0];
	other = ends[1];
}

static void open_eventfd(void)
{
	file = other = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK);
}

static void feed_eventfd(void)
{
	uint64_t five = 5;

	check(write(other, &five, sizeof(five)) == sizeof(five), "write");
}

static bool take_eventfd(void)
{
	uint64_t value;

	return read(file, &value, sizeof(value)) > 0;
}

static void open_timerfd(void)
{
	file = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
}

static void feed_timerfd(void)
{
	struct itimerspec soon = {.it_value.tv_nsec = MS};

	check(!timerfd_settime(file, 0, &soon, NULL), "timerfd_settime");
}

static sigset_t asked;

static void open_signalfd(void)
{
	sigaddset(&asked, SIGUSR1);
	sigaddset(&asked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &asked, NULL);
	file = signalfd(-1, &asked, SFD_NONBLOCK);
}

static void feed_signalfd(void)
{
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR2);
}

static bool take_signalfd(void)
{
	struct signalfd_siginfo info;

	return read(file, &info, sizeof(info)) > 0;
}

static void touch(int n)
{
	char path[64];
	int made;

	snprintf(path, sizeof(path), "%s/f%d", folder, n);
	made = open(path, O_CREAT | O_WRONLY, 0600);
	check(made >= 0, path);
	close(made);
}

static void touched_end(void)
{
	char path[64];

	for (int n = 0; n < 3; n++) {
		snprintf(path, sizeof(path), "%s/f%d", folder, n);
		unlink(path);
	}
	rmdir(folder);
}

static void open_inotify(void)
{
	check(mkdtemp(folder), "mkdtemp");
	file = inotify_init1(IN_NONBLOCK);
	check(inotify_add_watch(file, folder, IN_CREATE) >= 0, "inotify_add_watch");
}

static void feed_files(void)
{
	for (int n = 0; n < 3; n++)
		touch(n);
}

static bool take_inotify(void)
{
	char event[sizeof(struct inotify_event) + 16];

	return read(file, event, sizeof(event)) > 0;
}

static void open_fanotify(void)
{
	char path[64];

	check(mkdtemp(folder), "mkdtemp");
	feed_files();
	file = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, O_RDONLY);
	for (int n = 0; n < 3; n++) {
		snprintf(path, sizeof(path), "%s/f%d", folder, n);
		check(!fanotify_mark(file, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, path),
		      "fanotify_mark");
	}
}

static bool take_fanotify(void)
{
	struct fanotify_event_metadata event;

	if (read(file, &event, sizeof(event)) <= 0)
		return false;
	close(event.fd);
	return true;
}

static void open_tty(void)
{
	check(!openpty(&other, &file, NULL, NULL, NULL), "openpty");
	fcntl(file, F_SETFL, O_NONBLOCK);
}

static void open_pty(void)
{
	check(!openpty(&file, &other, NULL, NULL, NULL), "openpty");
	fcntl(file, F_SETFL, O_NONBLOCK);
}

/* Until all of it is there: a worker of the kernel brings it. */
static void feed_tty(void)
{
	int there = 0;

	check(write(other, "one\ntwo\nthree\n", 14) == 14, "write");
	while (there < 14)
		check(!ioctl(file, FIONREAD, &there), "FIONREAD");
}

static bool take_few(void)
{
	char bytes[4];

	return read(file, bytes, sizeof(bytes)) > 0;
}

static void open_mqueue(void)
{
	struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = 8};
	char name[32];

	snprintf(name, sizeof(name), "/leaving-%d", getpid());
	file = other = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr);
	mq_unlink(name);
}

static void feed_mqueue(void)
{
	for (int n = 0; n < 3; n++)
		check(!mq_send(other, "message", 8, 0), "mq_send");
}

static bool take_mqueue(void)
{
	char message[8];

	return mq_receive(file, message, sizeof(message), NULL) > 0;
}

static int inner[2][2];

static void open_nested(void)
{
	struct epoll_event event = {.events = EPOLLIN};

	file = epoll_create1(0);
	for (int n = 0; n < 2; n++) {
		check(!pipe2(inner[n], O_NONBLOCK), "pipe2");
		event.data.fd = inner[n][0];
		check(!epoll_ctl(file, EPOLL_CTL_ADD, inner[n][0], &event), "epoll_ctl");
	}
}

static void feed_nested(void)
{
	for (int n = 0; n < 2; n++)
		check(write(inner[n][1], "x", 1) == 1, "write");
}

static bool take_nested(void)
{
	struct epoll_event event;
	char byte;

	return epoll_wait(file, &event, 1, 0) > 0 && read(event.data.fd, &byte, 1) == 1;
}

static const struct kind {
	const char *name;
	void (*open)(void), (*feed)(void);
	bool (*take)(void);
	void (*end)(void);
} kinds[] = {
	{"pipe", open_pipe, feed_bytes, take_bytes, NULL},
	{"fifo", open_fifo, feed_bytes, take_bytes, NULL},
	{"unix", open_unix, feed_bytes, take_bytes, NULL},
	{"eventfd", open_eventfd, feed_eventfd, take_eventfd, NULL},
	{"timerfd", open_timerfd, feed_timerfd, take_eventfd, NULL},
	{"signalfd", open_signalfd, feed_signalfd, take_signalfd, NULL},
	{"inotify", open_inotify, feed_files, take_inotify, touched_end},
	{"fanotify", open_fanotify, feed_files, take_fanotify, touched_end},
	{"tty", open_tty, feed_tty, take_few, NULL},
	{"pty", open_pty, feed_tty, take_few, NULL},
	{"mqueue", open_mqueue, feed_mqueue, take_mqueue, NULL},
	{"epoll", open_nested, feed_nested, take_nested, NULL},
};

static const struct kind *kind_of(const char *name)
{
	for (size_t n = 0; n < sizeof(kinds) / sizeof(kinds[0]); n++)
		if (!strcmp(kinds[n].name, name))
			return &kinds[n];
	errx(2, "no such kind: %s", name);
}

static const struct kind *kind;
static const char *how;

/* Beside a thread that sleeps, once somebody has seen that this is a stall. */
static void *beside(void *fifo)
{
	check(open(fifo, O_RDONLY) >= 0, fifo);
	if (!strcmp(how, "more")) {
		kind->feed();
		return NULL;
	}
	while (!strcmp(how, "worker") && kind->take())
		;
	if (!strcmp(how, "close"))
		close(file);
	check(!eventfd_write(end, 1), "eventfd_write");
	return NULL;
}

static void add(int epfd, int fd, unsigned events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	check(fd >= 0 && !epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static void take(void)
{
	if (!strcmp(how, "nothing"))
		return;
	kind->take();
	if (!strcmp(how, "all"))
		while (kind->take())
			;
}

int main(int argc, char **argv)
{
	struct epoll_event event;
	int epfd = epoll_create1(0), ms;
	pthread_t thread;

	if (argc != 4)
		errx(2, "leaving KIND HOW UNTIL");
	kind = kind_of(argv[1]);
	how = argv[2];
	ms = atoi(argv[3]);
	kind->open();
	add(epfd, file, EPOLLIN | EPOLLET);
	end = eventfd(0, 0);
	add(epfd, end, EPOLLIN);
	kind->feed();
	check(epoll_wait(epfd, &event, 1, -1) == 1, "epoll_wait");
	take();
	if (kind->open == open_timerfd && strcmp(how, "all")) { /* one read took all there was */
		kind->feed();
		check(epoll_wait(epfd, &event, 1, -1) == 1, "epoll_wait");
	}
	if (!ms)
		check(!pthread_create(&thread, NULL, beside, argv[3]), "pthread_create");
	if (epoll_wait(epfd, &event, 1, ms ? ms : -1) > 0 && event.data.fd == file) {
		while (kind->take())
			;
		epoll_wait(epfd, &event, 1, REST);
	}
	if (!ms)
		pthread_join(thread, NULL);
	if (kind->end)
		kind->end();
	return 0;
}
