// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "brief_write.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "visible.h"

#define WRITE_MS     20 /* until a write that blocks is interrupted */
#define MESSAGE_NS   1000000000ull
#define MOST_AT_ONCE (1u << 20) /* bytes: a signal is not waited for longer than these take */

static void on_signal(int signal)
{
	(void)signal;
}

static void brief_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, BRIEF_SIGNAL);
}

void brief_signal(struct sigaction *before)
{
	const struct sigaction interrupt = {.sa_handler = on_signal}; /* without SA_RESTART */
	sigset_t set;

	brief_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(BRIEF_SIGNAL, &interrupt, before);
}

/* Sends the signal every so often, for one may come before the write begins; 0: no more. Not
 * setitimer(), whose one timer may be our caller's. */
static int ring(unsigned ms)
{
	static timer_t timer;
	static bool made;
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = BRIEF_SIGNAL};
	struct timespec ts = {.tv_nsec = ms * 1000000l};
	struct itimerspec when = {.it_value = ts, .it_interval = ts};

	if (!made && timer_create(CLOCK_MONOTONIC, &event, &timer))
		return -1;
	made = true;
	return timer_settime(timer, 0, &when, NULL);
}

/* A write that another writer to the same pipe, or a terminal that is stopped, may hold up. */
static ssize_t write_interrupted(int fd, const char *buf, size_t len)
{
	sigset_t set;
	ssize_t n;
	int error;

	if (ring(WRITE_MS))
		return -1;
	brief_set(&set);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	n = write(fd, buf, len);
	error = errno == EINTR ? EAGAIN : errno;
	ring(0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	errno = error;
	return n;
}

size_t brief_most(int fd)
{
	struct stat st;

	if (!fstat(fd, &st) && (S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !isatty(fd))))
		return MOST_AT_ONCE;
	return PIPE_BUF;
}

ssize_t write_briefly(int fd, const char *buf, size_t len)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	if (poll(&p, 1, 0) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write_interrupted(fd, buf, len);
}

/* Waits until stderr can be written to, up to a moment. */
static bool stderr_ready(uint64_t until)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
	uint64_t now = now_ns();

	return poll(&p, 1, now < until ? (until - now + 999999) / 1000000 : 0) > 0;
}

/* What is dropped counts as written. */
static void write_or_drop(const char *buf, size_t len)
{
	static bool stuck;
	uint64_t until = stuck ? 0 : now_ns() + MESSAGE_NS;
	size_t done = 0;

	while (done < len) {
		ssize_t n = -1;

		errno = EAGAIN;
		if (stderr_ready(until))
			n = write_briefly(STDERR_FILENO, buf + done, len - done);
		if (n > 0)
			done += n;
		else if (errno != EAGAIN || now_ns() >= until)
			break;
	}
	stuck = done < len;
}

static void write_all(const char *buf, size_t len)
{
	for (ssize_t n; len; buf += n, len -= n) {
		n = write(STDERR_FILENO, buf, len);
		if (n < 0 && errno != EINTR)
			return;
		n = n < 0 ? 0 : n;
	}
}

static bool dropping;

#define HELD_SIZE (64 << 10)

/* What is kept: what there is no room for is dropped. */
static struct {
	bool on;
	char text[HELD_SIZE];
	size_t len, told; /* of it, those that stderr_held() knows of */
} held;

static void hold(const char *buf, size_t len)
{
	size_t room = sizeof(held.text) - 1 - held.len;

	len = len < room ? len : room;
	memcpy(held.text + held.len, buf, len);
	held.len += len;
	held.text[held.len] = '\0';
}

#define AT_ONCE 512

/* For fopencookie(). */
static ssize_t show(void *cookie, const char *buf, size_t len)
{
	char seen[VISIBLE_SIZE(AT_ONCE)];

	(void)cookie;
	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < AT_ONCE ? len - at : AT_ONCE;
		while (at + n < len && n > AT_ONCE / 2 && (buf[at + n] & 0xc0) == 0x80)
			n--; /* not within a character */
		(held.on    ? hold
		 : dropping ? write_or_drop
			    : write_all)(seen, visible_message(buf + at, n, seen));
	}
	return len;
}

void stderr_shows(void)
{
	const cookie_io_functions_t functions = {.write = show};
	FILE *shown = fopencookie(NULL, "w", functions);

	if (!shown)
		return; /* then it is shown as it comes */
	setvbuf(shown, NULL, _IOLBF, 0);
	stderr = shown;
}

void stderr_drops(void)
{
	dropping = true;
}

void stderr_waits(void)
{
	dropping = false;
	held.on = false;
}

void stderr_holds(void)
{
	held.on = true;
	held.len = held.told = 0;
}

const char *stderr_held(void)
{
	static char line[AT_ONCE];
	const char *end = memrchr(held.text, '\n', held.len), *begin;

	if (!end || (size_t)(end - held.text) < held.told)
		return NULL;
	held.told = end + 1 - held.text;
	begin = memrchr(held.text, '\n', end - held.text);
	begin = begin ? begin + 1 : held.text;
	snprintf(line, sizeof(line), "%.*s", (int)(end - begin), begin);
	return line;
}

void stderr_tells(void)
{
	if (!held.on)
		return;
	held.on = false;
	(dropping ? write_or_drop : write_all)(held.text, held.len);
}
