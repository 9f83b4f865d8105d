/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which processes are sought, besides those that are named by number: by their names, by the ports
 * that they listen at, by their control groups. One function tells user space and BPF whether a
 * name is one of them.
 */
#ifndef WAKELAB_SOUGHT_H
#define WAKELAB_SOUGHT_H

#ifdef __bpf__
#define SOUGHT_INLINE static __attribute__((always_inline)) inline
#else
#include <linux/types.h>
#define SOUGHT_INLINE static inline
#endif

#define MAX_SOUGHT  8  /* of each sort */
#define NAME_LEN    16 /* of a process's name, with the 0 that ends it (TASK_COMM_LEN) */
#define GLOB_PLACES 31 /* of a pattern */

/*
 * A shell's pattern, of which each place takes one character or, where a star is, any number of
 * them. A set of places is the bits of a number: those that may take the next character. Behind the
 * last place is the end.
 */
struct name_glob {
	__u32 of[256]; /* by character: the places that take it; a star is not among them */
	__u32 stars;   /* no two of them next to each other */
	__u32 end;
};

/* A star may also take nothing. */
SOUGHT_INLINE __u32 glob_reach(const volatile struct name_glob *glob, __u32 places)
{
	return places | (places & glob->stars) << 1;
}

/* Whether it is a name of that pattern. */
SOUGHT_INLINE int glob_takes(const volatile struct name_glob *glob, const char name[NAME_LEN])
{
	__u32 places = glob_reach(glob, 1);

	for (int i = 0; i < NAME_LEN && name[i]; i++) {
		__u32 on = (places & glob->of[(unsigned char)name[i]]) << 1;

		places = glob_reach(glob, on | (places & glob->stars));
	}
	return (places & glob->end) != 0;
}

struct sought {
	__u32 n_globs, n_ports, n_groups;
	__u32 self;               /* the process that looks for them, which is none of them */
	__u64 net;                /* the network namespace of the ports, by its address */
	__u64 groups[MAX_SOUGHT]; /* by their directories' numbers; with what is below */
	__u16 ports[MAX_SOUGHT];
	struct name_glob globs[MAX_SOUGHT];
};

/* Of a process that is one of them: which of each sort it is, as bits. */
struct sought_bits {
	__u32 globs, ports, groups;
};

/* What the finder writes of each task that is one of them: a process may come several times. */
struct sought_row {
	__u32 tgid;
	struct sought_bits is;
};

#endif
