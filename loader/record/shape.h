/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How a struct is recorded: a row for each member, with its name and its form. A recording begins
 * with these rows, so a reader goes by the names that it has in common with the writer: a member
 * that it does not know is passed over, and one that was not recorded is 0.
 */
#ifndef WAKELAB_SHAPE_H
#define WAKELAB_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#define NAME_SIZE 64

/* What has a number here and a name in the recording. */
struct names {
	const char *name;
	unsigned n;
	/* the name of each, or what gives it, in buf; NULL: one has none, and is not recorded */
	const char *const *list;
	const char *(*of)(unsigned i, char buf[NAME_SIZE]);
};

/* How a member looks in a recording. These are recorded: new ones come last. */
enum form {
	FORM_NUMBER, /* seven bits a byte, the low ones first; all but the last byte have bit 7 */
	FORM_SIGNED, /* the same: 0, -1, 1, -2, ... */
	FORM_CHOICE, /* a number, by its place among names; behind the last: none of them */
	FORM_TEXT,   /* a number: the length, from 1 on, or 0: there is none; and the bytes */
	FORM_BYTES,  /* a number: the length; and the bytes */
	/* how many of an array are not 0; of each, how many were passed over before it; it */
	FORM_NUMBERS,
	FORM_PARTS, /* the same of structs */
	FORM_PART,  /* the members of a struct */
	FORM_ROWS,  /* how many, and these structs */
	/* how many, and of each member, and of each of those within it, what all these structs have
	 */
	FORM_COLUMNS,
	N_FORMS
};

/* How it lies in memory, where the form does not say. */
enum storage {
	STORED_PLAIN,
	STORED_BITS,  /* some bits of a byte */
	STORED_ALIAS, /* an address in the kernel, recorded as the how-manieth in its section */
	STORED_WORD,  /* const char *, of wakelab's own */
	STORED_LIST,  /* rows, or columns, behind a pointer */
};

struct shape;

struct field {
	const char *name;
	enum form form;
	enum storage storage;
	unsigned at, size; /* of the member, or of one in an array */
	unsigned count;    /* of an array: how many there are */
	bool is_bool;
	bool may_be_none;     /* a word may be NULL; a choice -1 */
	unsigned shift, bits; /* of STORED_BITS */
	unsigned n_at;        /* of rows: where it stands how many there are, an unsigned */
	bool counts_more;     /* that may be more than there is room for, and is a field, too */
	const struct names *names;
	const struct shape *shape;
};

struct shape {
	const char *name;
	const struct field *fields;
	unsigned n;
	size_t size; /* of the struct */
};

#define MEMBER(type, member) (((type *)NULL)->member)
#define PLACE(type, member)  .name = #member, .at = offsetof(type, member)
#define ONE(type, member)    PLACE(type, member), .size = sizeof(MEMBER(type, member))
#define MANY(type, member)                                                                         \
	PLACE(type, member),                                                                       \
		.size = sizeof(MEMBER(type, member)[0]),                                           \
		.count = sizeof(MEMBER(type, member)) / sizeof(MEMBER(type, member)[0])

/* The rows of a shape. A whole number of any size, and a bool; */
#define NUMBER(type, member)                                                                       \
	{                                                                                          \
		ONE(type, member),                                                                 \
			.form = (__typeof__(MEMBER(type, member)))-1 > 0 ? FORM_NUMBER             \
									 : FORM_SIGNED,            \
			.is_bool = __builtin_types_compatible_p(__typeof__(MEMBER(type, member)),  \
								bool),                             \
	}
/* one that has a name; one that may be -1, and is if it has no name here; */
#define CHOICE(type, member, of)                                                                   \
	{                                                                                          \
		ONE(type, member), .form = FORM_CHOICE, .names = (of)                              \
	}
#define MAYBE(type, member, of)                                                                    \
	{                                                                                          \
		ONE(type, member), .form = FORM_CHOICE, .names = (of), .may_be_none = true         \
	}
/* so many bits of the byte behind a member, from shift on: a number, or one that has a name; */
#define BITS_BEHIND(type, member, called, from, n)                                                 \
	{                                                                                          \
		.name = (called), .at = offsetof(type, member) + sizeof(MEMBER(type, member)),     \
		.size = 1, .shift = (from), .bits = (n), .storage = STORED_BITS,                   \
		.form = FORM_NUMBER                                                                \
	}
#define CHOICE_BEHIND(type, member, called, from, n, of)                                           \
	{                                                                                          \
		.name = (called), .at = offsetof(type, member) + sizeof(MEMBER(type, member)),     \
		.size = 1, .shift = (from), .bits = (n), .storage = STORED_BITS,                   \
		.form = FORM_CHOICE, .names = (of)                                                 \
	}
#define ALIAS(type, member)                                                                        \
	{                                                                                          \
		ONE(type, member), .form = FORM_NUMBER, .storage = STORED_ALIAS                    \
	}
/* char[], from outside; a text of ours, which may be NULL; bytes as they are; */
#define TEXT(type, member)                                                                         \
	{                                                                                          \
		ONE(type, member), .form = FORM_TEXT                                               \
	}
#define WORD(type, member)                                                                         \
	{                                                                                          \
		ONE(type, member), .form = FORM_TEXT, .storage = STORED_WORD                       \
	}
#define WORD_OR_NONE(type, member)                                                                 \
	{                                                                                          \
		ONE(type, member), .form = FORM_TEXT, .storage = STORED_WORD, .may_be_none = true  \
	}
#define BYTES(type, member)                                                                        \
	{                                                                                          \
		ONE(type, member), .form = FORM_BYTES                                              \
	}
/* numbers of 64 bits, by the names of their places (NULL: these are the same everywhere); */
#define NUMBERS(type, member, of)                                                                  \
	{                                                                                          \
		MANY(type, member), .form = FORM_NUMBERS, .names = (of)                            \
	}
/* a struct; structs by their places; the first n of them; of more than there is room for, those */
/* that are there; and rows behind a pointer. */
#define PART(type, member, in)                                                                     \
	{                                                                                          \
		ONE(type, member), .form = FORM_PART, .shape = (in)                                \
	}
#define PARTS(type, member, of, in)                                                                \
	{                                                                                          \
		MANY(type, member), .form = FORM_PARTS, .names = (of), .shape = (in)               \
	}
#define ROWS(type, member, n, in)                                                                  \
	{                                                                                          \
		MANY(type, member), .form = FORM_ROWS, .n_at = offsetof(type, n), .shape = (in)    \
	}
#define SOME_ROWS(type, member, n, in)                                                             \
	{                                                                                          \
		MANY(type, member), .form = FORM_ROWS, .n_at = offsetof(type, n), .shape = (in),   \
				    .counts_more = true                                            \
	}
#define LIST(type, member, n, in)                                                                  \
	{                                                                                          \
		PLACE(type, member), .form = FORM_ROWS, .storage = STORED_LIST,                    \
				     .n_at = offsetof(type, n), .shape = (in)                      \
	}
/* The same, member by member: many that are alike. */
#define COLUMNS(type, member, n, in)                                                               \
	{                                                                                          \
		PLACE(type, member), .form = FORM_COLUMNS, .storage = STORED_LIST,                 \
				     .n_at = offsetof(type, n), .shape = (in)                      \
	}

#define SHAPE(of, type, rows)                                                                      \
	{                                                                                          \
		.name = (of), .fields = (rows), .n = sizeof(rows) / sizeof((rows)[0]),             \
		.size = sizeof(type)                                                               \
	}

#endif
