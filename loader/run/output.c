// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "output.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "brief_write.h"
#include "clock.h"
#include "plural.h"
#include "signals.h"

#define FILE_BUFFER (1 << 16) /* bytes, on their way into the queue */

struct output {
	const char *path; /* NULL: standard output */
	FILE *file;       /* what is printed to it gets into the queue */
	int fd;
	size_t most; /* bytes that are written at once */
	char *queue;
	size_t len, size; /* of the queue: bytes in use, and there are */
	size_t done;      /* bytes at its begin that are written */
	__u64 since;      /* when the reader took something, or what waits began to */
	bool failed;
	const char *then;
};

static const char *name(const struct output *o)
{
	return o->path ? o->path : "standard output";
}

/* For fopencookie(). */
static ssize_t append(void *cookie, const char *buf, size_t len)
{
	struct output *o = cookie;
	char *more;

	if (!o->len)
		o->since = now_ns();
	if (o->len + len > o->size) {
		more = realloc(o->queue, 2 * (o->len + len));
		if (!more)
			return 0;
		o->queue = more;
		o->size = 2 * (o->len + len);
	}
	memcpy(o->queue + o->len, buf, len);
	o->len += len;
	return len;
}

static bool is_fifo(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISFIFO(st.st_mode);
}

static int open_path(const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;
	int fd = open(path, flags | O_NONBLOCK, 0666);

	if (fd < 0 && errno == ENXIO && is_fifo(path)) {
		warnx("waiting for a reader of %s", path);
		return open(path, flags, 0666);
	}
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return fd;
}

struct output *output_open(const char *path)
{
	const cookie_io_functions_t functions = {.write = append};
	struct output *o = calloc(1, sizeof(*o));

	if (o) {
		o->path = path;
		o->then = "";
		o->fd = path ? open_path(path) : STDOUT_FILENO;
	}
	if (o && o->fd >= 0) {
		o->most = brief_most(o->fd);
		o->file = fopencookie(o, "w", functions);
	}
	if (o && o->file && !setvbuf(o->file, NULL, _IOFBF, FILE_BUFFER))
		return o;
	warn("cannot write to %s", path ? path : "standard output");
	output_close(o);
	return NULL;
}

void output_empty(struct output *o)
{
	if (o->path && ftruncate(o->fd, 0) && errno != EINVAL)
		warn("cannot remove the previous contents of %s",
		     o->path); /* EINVAL: a pipe, a device */
}

void output_then(struct output *o, const char *then)
{
	o->then = then;
}

size_t output_pending(const struct output *o)
{
	return o->len - o->done;
}

int output_fd(const struct output *o)
{
	return o->fd;
}

FILE *output_file(const struct output *o)
{
	return o->file;
}

static void forget(struct output *o)
{
	o->len = o->done = 0;
}

static int fail(struct output *o)
{
	warnx("cannot write to %s: %s%s", name(o), strerror(errno), o->then);
	o->failed = true;
	forget(o);
	return -1;
}

int output_flush(struct output *o)
{
	if (fflush(o->file) || ferror(o->file)) {
		errno = ENOMEM;
		clearerr(o->file);
		return o->failed ? 0 : fail(o);
	}
	while (!o->failed && o->done < o->len) {
		size_t len = o->len - o->done;
		ssize_t n = write_briefly(o->fd, o->queue + o->done, len < o->most ? len : o->most);

		if (n < 0)
			return errno == EAGAIN ? 0 : fail(o);
		o->done += n;
		o->since = now_ns();
	}
	forget(o);
	return 0;
}

int output_waits(const struct output *o)
{
	return o->done < o->len ? o->fd : -1;
}

bool output_is_behind(const struct output *o)
{
	return output_waits(o) >= 0;
}

bool output_failed(const struct output *o)
{
	return o->failed;
}

/* How long a reader who takes nothing is waited for, as poll() takes it. */
static int patience(const struct output *o, __u64 told)
{
	__u64 until = (told > o->since ? told : o->since) + STREAM_GRACE * 1000000000ull;
	__u64 now = now_ns();

	if (!told)
		return -1;
	return now < until ? (until - now + 999999) / 1000000 : 0;
}

/* Whether the reader is to be waited for any longer. */
static bool take_signal(int fd, __u64 *told)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo == SIGTSTP) {
		kill(getpid(), SIGSTOP);
		return true;
	}
	if (*told)
		return false;
	*told = now_ns();
	return true;
}

static void drain(struct output *o, int signals, __u64 told)
{
	struct pollfd fds[] = {{.fd = o->fd, .events = POLLOUT}, {.fd = signals, .events = POLLIN}};
	int ms;

	while (output_is_behind(o) && (ms = patience(o, told))) {
		if (poll(fds, 2, ms) < 0)
			continue; /* interrupted by SIGCONT */
		if (fds[1].revents && !take_signal(signals, &told))
			return;
		output_flush(o);
	}
}

int output_drain(struct output *o, __u64 told)
{
	sigset_t set;
	int signals;

	output_flush(o);
	signals_that_end(&set);
	sigaddset(&set, SIGTSTP);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	drain(o, signals, signals < 0 && !told ? now_ns() : told);
	if (signals >= 0)
		close(signals);
	if (output_is_behind(o)) {
		warnx("cannot write the last %zu byte%s to %s: it has no reader", output_pending(o),
		      plural(output_pending(o)), name(o));
		o->failed = true;
		forget(o);
	}
	return o->failed ? -1 : 0;
}

void output_close(struct output *o)
{
	if (!o)
		return;
	if (o->file)
		fclose(o->file);
	if (o->path && o->fd >= 0)
		close(o->fd);
	free(o->queue);
	free(o);
}
