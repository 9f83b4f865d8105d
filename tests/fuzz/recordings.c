// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Recordings: read, and shown in both formats. What is in a block has a checksum, so a mutation
 * unpacks a block, changes what is in it, and packs it again; some change the file itself.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "compare_replay.h"

#define MOST_UNPACKED (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* The frame that is the how-manieth; its size, 0: there are not so many. */
static size_t find_frame(const uint8_t *data, size_t size, unsigned which, size_t *at)
{
	*at = 0;
	for (unsigned i = 0; *at < size; i++) {
		size_t len = ZSTD_findFrameCompressedSize(data + *at, size - *at);

		if (ZSTD_isError(len))
			return 0;
		if (i == which)
			return len;
		*at += len;
	}
	return 0;
}

/* A block, changed and packed again, in the place of the frame. Gives the new size of all; 0: it
 * does not fit. */
static size_t replace(uint8_t *data, size_t size, size_t most, size_t at, size_t len,
		      const uint8_t *block, size_t block_len)
{
	static uint8_t frame[2 * MOST_UNPACKED];
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	size_t n;

	ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, 1);
	ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(zstd, frame, sizeof(frame), block, block_len);
	ZSTD_freeCCtx(zstd);
	if (ZSTD_isError(n) || size - len + n > most)
		return 0;
	memmove(data + at + n, data + at + len, size - at - len);
	memcpy(data + at, frame, n);
	return size - len + n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
	static uint8_t block[MOST_UNPACKED];
	size_t at, len = find_frame(data, size, 1 + seed % 8, &at), n;

	if (!len || seed % 16 == 0)
		return LLVMFuzzerMutate(data, size, most);
	n = ZSTD_decompress(block, sizeof(block) / 2, data + at, len);
	if (ZSTD_isError(n))
		return LLVMFuzzerMutate(data, size, most);
	n = LLVMFuzzerMutate(block, n, sizeof(block));
	n = replace(data, size, most, at, len, block, n);
	return n ? n : LLVMFuzzerMutate(data, size, most);
}

/* Reads it to its end, and shows it or not. */
static void take(const char *path, unsigned how)
{
	const struct sink *const sinks[] = {&sink_ndjson, &sink_table};
	const struct compare_view *const views[] = {&compare_ndjson, &compare_table};
	const struct replay replay = {.out = {.sink = sinks[how & 1], .path = "/dev/null"},
				      .interval = how & 2 ? 0.3 : 0};
	struct recording *r = recording_open(path);

	if (!r)
		return;
	if (how & 4)
		while (recording_next(r) != N_SECTIONS)
			;
	else if (!strcmp(recording_head(r)->info.command, "compare"))
		compare_replay(&replay, views[how & 1], r);
	else
		replay_run(&replay, r);
	recording_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[64];

	if (fd < 0) {
		fd = memfd_create("recording", 0);
		stderr = fopen("/dev/null", "w"); /* what is wrong with each is said there */
	}
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	take(path, size % 8);
	return 0;
}
