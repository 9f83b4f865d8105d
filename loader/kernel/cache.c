// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "cache.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "objects_digest.h"

#define ROOTS_FOLDER "/var/cache/wakelab"
#define MAX_FILE     (1u << 20)
#define ALIGNED(n)   (((n) + 3) & ~3u)

/* What stands before the bytes that are kept. */
struct header {
	char magic[8];
	char objects[SHA256_DIGEST_STRING_LENGTH]; /* for which programs they were made */
	char kernel[2 * 32 + 2];                   /* for which kernel: its build id */
	char sum[SHA256_DIGEST_STRING_LENGTH];     /* of the bytes */
	__u32 len;
};

/* A file, and the folder that it lies in. */
struct place {
	int folder; /* -1: there is none */
	char name[80];
};

/* The build id of the kernel among its notes, as text. */
static bool find_build_id(char *id, size_t size, const char *notes, size_t len)
{
	for (size_t at = 0; at + sizeof(Elf32_Nhdr) <= len;) {
		const Elf32_Nhdr *note = (const void *)(notes + at);
		size_t name = at + sizeof(*note), bytes = name + ALIGNED((size_t)note->n_namesz);

		at = bytes + ALIGNED((size_t)note->n_descsz);
		if (at > len)
			return false;
		if (note->n_type != NT_GNU_BUILD_ID || note->n_namesz != sizeof("GNU") ||
		    memcmp(notes + name, "GNU", sizeof("GNU")) || 2 * note->n_descsz >= size)
			continue;
		for (unsigned i = 0; i < note->n_descsz; i++)
			snprintf(id + 2 * i, 3, "%02x", (unsigned char)notes[bytes + i]);
		return note->n_descsz;
	}
	return false;
}

static bool describe(struct header *h)
{
	static char notes[4096] __attribute__((aligned(8)));
	int fd = open("/sys/kernel/notes", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, notes, sizeof(notes));

	if (fd >= 0)
		close(fd);
	*h = (struct header){.magic = "wakelab", .objects = OBJECTS_DIGEST};
	return n > 0 && find_build_id(h->kernel, sizeof(h->kernel), notes, n);
}

/* Whether nobody but root or us can have written it. We are not who started us, where the file of
 * this program gives us privileges that they do not have. */
static bool is_trusted(int fd, mode_t kind)
{
	struct stat st;

	return !fstat(fd, &st) && (st.st_mode & S_IFMT) == kind && !(st.st_mode & 022) &&
	       (!st.st_uid || (st.st_uid == geteuid() && !getauxval(AT_SECURE)));
}

/* The folder for what is kept. Its parent is made only where it is the user's own. */
static void folder_path(char *path, size_t size, bool make)
{
	const char *base = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");

	*path = '\0';
	if (!geteuid() || getauxval(AT_SECURE)) {
		snprintf(path, size, "%s", ROOTS_FOLDER);
	} else if (base && *base == '/') {
		snprintf(path, size, "%s/wakelab", base);
	} else if (home && *home == '/') {
		snprintf(path, size, "%s/.cache", home);
		if (make)
			mkdir(path, 0700);
		snprintf(path, size, "%s/.cache/wakelab", home);
	}
}

static bool place_open(struct place *p, const struct header *h, bool make)
{
	char path[4096];

	folder_path(path, sizeof(path), make);
	if (make)
		mkdir(path, 0755);
	p->folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	snprintf(p->name, sizeof(p->name), "%s.types", h->kernel);
	if (p->folder >= 0 && is_trusted(p->folder, S_IFDIR))
		return true;
	if (p->folder >= 0)
		close(p->folder);
	return false;
}

static bool read_all(int fd, void *to, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = read(fd, (char *)to + at, len - at);

		if (n <= 0)
			return false;
		at += n;
	}
	return true;
}

static void *read_checked(int fd, const struct header *expected, size_t *len)
{
	struct header h;
	char *bytes;

	if (!is_trusted(fd, S_IFREG) || !read_all(fd, &h, sizeof(h)) || h.len > MAX_FILE ||
	    memcmp(h.magic, expected->magic, sizeof(h.magic)) ||
	    memcmp(h.objects, expected->objects, sizeof(h.objects)) ||
	    memcmp(h.kernel, expected->kernel, sizeof(h.kernel)))
		return NULL;
	bytes = malloc(h.len + 1);
	*len = h.len;
	if (bytes && read_all(fd, bytes, h.len) && read(fd, bytes + h.len, 1) == 0) {
		struct header seen;

		SHA256Data((const void *)bytes, h.len, seen.sum);
		if (!memcmp(seen.sum, h.sum, sizeof(h.sum)))
			return bytes;
	}
	free(bytes);
	return NULL;
}

void *cache_read(size_t *len)
{
	struct header h;
	struct place p;
	void *bytes = NULL;
	int fd;

	if (!describe(&h) || !place_open(&p, &h, false))
		return NULL;
	fd = openat(p.folder, p.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		bytes = read_checked(fd, &h, len);
		close(fd);
	}
	close(p.folder);
	return bytes;
}

static bool write_all(int fd, const void *from, size_t len)
{
	for (size_t at = 0; at < len;) {
		ssize_t n = write(fd, (const char *)from + at, len - at);

		if (n <= 0)
			return false;
		at += n;
	}
	return true;
}

void cache_write(const void *bytes, size_t len)
{
	struct header h;
	struct place p;
	char temporary[sizeof(p.name) + 16];
	bool written;
	int fd;

	if (len > MAX_FILE || !describe(&h) || !place_open(&p, &h, true))
		return;
	h.len = len;
	SHA256Data(bytes, len, h.sum);
	snprintf(temporary, sizeof(temporary), "%s.%d", p.name, getpid());
	unlinkat(p.folder, temporary, 0); /* of somebody who was killed */
	fd = openat(p.folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd >= 0) {
		written = write_all(fd, &h, sizeof(h)) && write_all(fd, bytes, len);
		close(fd);
		if (!written || renameat(p.folder, temporary, p.folder, p.name))
			unlinkat(p.folder, temporary, 0);
	}
	close(p.folder);
}
