// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "frames.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "mark.h"

#define READ_SIZE (64u << 10) /* bytes that are read at a time, at least */

struct frames {
	int fd;
	ZSTD_DCtx *zstd;
	unsigned char *in, *out;
	size_t size, len,
		at; /* of in: what there is room for, what is there, what has been taken */
	size_t out_size;
	__u64 offset; /* of what has been taken, in the file */
	__u64 began;  /* where the block that was taken last does, there */
	bool end;     /* of the file */
	int error;    /* errno: of a read */
	char why[96];
};

struct frames *frames_open(const char *path)
{
	struct frames *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->zstd = ZSTD_createDCtx();
	f->fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
	if (f->zstd && f->fd >= 0)
		return f;
	frames_close(f);
	return NULL;
}

/* Moves what has not been taken to the begin, and makes room behind it. */
static int make_room(struct frames *f)
{
	size_t left = f->len - f->at, size = 2 * left > READ_SIZE ? 2 * left : READ_SIZE;
	unsigned char *more;

	if (left)
		memmove(f->in, f->in + f->at, left);
	f->len = left;
	f->at = 0;
	if (size <= f->size)
		return 0;
	more = realloc(f->in, size);
	if (!more)
		return -1;
	f->in = more;
	f->size = size;
	return 0;
}

/* Reads on. Returns 0, also at the end, or -1 with errno. */
static int read_more(struct frames *f)
{
	ssize_t n;

	if (make_room(f))
		return -1;
	do
		n = read(f->fd, f->in + f->len, f->size - f->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	f->end = !n;
	f->len += n;
	return 0;
}

int frames_begin(struct frames *f, const unsigned char **mark, size_t *len)
{
	while (f->len < MARK_SIZE && !f->end)
		if (read_more(f))
			return -1;
	*len = f->len < MARK_SIZE ? f->len : MARK_SIZE;
	*mark = f->in;
	f->at = f->offset = *len;
	return 0;
}

static const char *say(struct frames *f, const char *format, __u64 offset)
{
	snprintf(f->why, sizeof(f->why), format, (unsigned long long)offset);
	return f->why;
}

const char *frames_broken(struct frames *f)
{
	return say(f, "it is damaged behind its first %llu bytes", f->began);
}

/* The size of the next frame, as soon as all of it is there; 0: it is not, or it is none. */
static size_t next_frame(struct frames *f)
{
	while (f->len - f->at <= MOST_OF_BLOCK) {
		size_t size = ZSTD_findFrameCompressedSize(f->in + f->at, f->len - f->at);

		if (!ZSTD_isError(size))
			return size;
		if (f->end ||
		    (f->len > f->at && ZSTD_getErrorCode(size) != ZSTD_error_srcSize_wrong))
			return 0;
		if (read_more(f)) {
			f->error = errno;
			return 0;
		}
	}
	return 0;
}

static const char *no_frame(struct frames *f)
{
	if (f->error)
		return say(f, strerror(f->error), 0);
	if (f->end)
		return say(f, "it ends after %llu bytes, without its end mark",
			   f->offset + (f->len - f->at));
	return frames_broken(f);
}

/* Unpacks a frame of that size. Returns 0 or -1. */
static int unpack(struct frames *f, size_t size, struct taking *block)
{
	unsigned long long content = ZSTD_getFrameContentSize(f->in + f->at, size);
	unsigned char *more;

	if (content > MOST_OF_BLOCK) /* it is not told, or there is none: these are large numbers */
		return -1;
	if (content > f->out_size) {
		more = realloc(f->out, content);
		if (!more)
			return -1;
		f->out = more;
		f->out_size = content;
	}
	if (ZSTD_decompressDCtx(f->zstd, f->out, f->out_size, f->in + f->at, size) != content)
		return -1;
	*block = (struct taking){.at = f->out, .end = f->out + content};
	return 0;
}

const char *frames_next(struct frames *f, struct taking *block)
{
	size_t size = next_frame(f);

	f->began = f->offset;
	if (!size)
		return no_frame(f);
	if (unpack(f, size, block))
		return frames_broken(f);
	f->at += size;
	f->offset += size;
	return NULL;
}

void frames_close(struct frames *f)
{
	if (!f)
		return;
	ZSTD_freeDCtx(f->zstd);
	if (f->fd > STDERR_FILENO)
		close(f->fd);
	free(f->in);
	free(f->out);
	free(f);
}
