// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "extract.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_numbers.h"
#include "objects.h"
#include "preempt_count.h"
#include "sections.h"

#define AS_TEXT(name)  AS_TEXT_(name)
#define AS_TEXT_(name) #name

/* What the kernel's types are looked through for: a name, and what the kernel has of that name. */
struct wanted {
	char name[64];
	unsigned n;
	__u32 found[8]; /* of the same name there are seldom two, and of our names never many */
};

struct extract {
	struct btf *kernel;
	struct btf *own[N_OBJECTS]; /* the types as the programs know them */
	struct btf *made;
	struct wanted *wanted;
	unsigned n_wanted, max_wanted;
	bool failed; /* no memory */
};

static void want(struct extract *e, const char *name)
{
	struct wanted *more = e->wanted;

	if (e->n_wanted == e->max_wanted) {
		e->max_wanted = e->max_wanted ? 2 * e->max_wanted : 256;
		more = realloc(e->wanted, e->max_wanted * sizeof(*more));
	}
	if (!more) {
		e->failed = true;
		return;
	}
	e->wanted = more;
	e->wanted[e->n_wanted] = (struct wanted){0};
	snprintf(e->wanted[e->n_wanted++].name, sizeof(more->name), "%s", name);
}

static const char *name_of(const struct btf *btf, const struct btf_type *t)
{
	return btf__name_by_offset(btf, t->name_off);
}

static bool is_record(const struct btf_type *t)
{
	return btf_is_struct(t) || btf_is_union(t);
}

/* Without what follows "___", as CO-RE compares names: that tells ages of a type apart. */
static void essential_name(char buf[64], const char *name)
{
	const char *flavor = strstr(name, "___");

	snprintf(buf, 64, "%.*s", flavor ? (int)(flavor - name) : 63, name);
}

static void want_records(struct extract *e, const struct btf *own)
{
	char name[64];

	for (__u32 id = 1; id < btf__type_cnt(own); id++) {
		const struct btf_type *t = btf__type_by_id(own, id);

		if (!is_record(t) || !t->name_off)
			continue;
		essential_name(name, name_of(own, t));
		want(e, name);
	}
}

/* Takes in what an object needs. */
static void want_object(struct extract *e, enum object which)
{
	size_t len;
	const void *bytes = object_bytes(which, &len), *raw;
	struct bpf_object *object = bpf_object__open_mem(bytes, len, NULL);
	struct bpf_program *program;
	char name[64];
	__u32 size;

	if (!object) {
		e->failed = true;
		return;
	}
	bpf_object__for_each_program(program, object)
	{
		if (section_type(bpf_program__section_name(program), name, sizeof(name)))
			want(e, name);
	}
	raw = btf__raw_data(bpf_object__btf(object), &size);
	e->own[which] = raw ? btf__new(raw, size) : NULL;
	if (e->own[which])
		want_records(e, e->own[which]);
	else
		e->failed = true;
	bpf_object__close(object);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->name, ((const struct wanted *)b)->name);
}

static struct wanted *find_wanted(const struct extract *e, const char *name)
{
	struct wanted key;

	if ((size_t)snprintf(key.name, sizeof(key.name), "%s", name) >= sizeof(key.name))
		return NULL;
	return bsearch(&key, e->wanted, e->n_wanted, sizeof(key), by_name);
}

static void sort_wanted(struct extract *e)
{
	unsigned n = 0;

	qsort(e->wanted, e->n_wanted, sizeof(*e->wanted), by_name);
	for (unsigned i = 0; i < e->n_wanted; i++)
		if (!n || by_name(&e->wanted[n - 1], &e->wanted[i]))
			e->wanted[n++] = e->wanted[i];
	e->n_wanted = n;
}

static void look_through_kernel(struct extract *e)
{
	for (__u32 id = 1; id < btf__type_cnt(e->kernel); id++) {
		const struct btf_type *t = btf__type_by_id(e->kernel, id);
		struct wanted *w;

		if (!t->name_off || !(is_record(t) || btf_is_typedef(t) || btf_is_func(t)))
			continue;
		w = find_wanted(e, name_of(e->kernel, t));
		if (w && w->n < sizeof(w->found) / sizeof(w->found[0]))
			w->found[w->n++] = id;
	}
}

/* The type behind names and qualifiers. */
static const struct btf_type *bare(const struct btf *btf, __u32 *id)
{
	const struct btf_type *t = btf__type_by_id(btf, *id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t))) {
		*id = t->type;
		t = btf__type_by_id(btf, *id);
	}
	return t;
}

/* Types lie in one another, but not deep. NOLINTBEGIN(misc-no-recursion) */

/* Whether a structure of ours has a member of that name, be it in one without a name; its type. */
static bool has_member(const struct btf *own, __u32 record, const char *name, __u32 *type)
{
	const struct btf_type *t = bare(own, &record);

	if (!t || !is_record(t))
		return false;
	for (unsigned i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		if (m->name_off && strcmp(btf__name_by_offset(own, m->name_off), name))
			continue;
		*type = m->type;
		if (m->name_off || has_member(own, m->type, name, type))
			return true;
	}
	return false;
}

/* Whether the kernel's structure has any of our members. */
static bool has_any(const struct extract *e, const struct btf *own, __u32 ours, __u32 record)
{
	const struct btf_type *t = bare(e->kernel, &record);
	__u32 type;

	if (!is_record(t))
		return false;
	for (unsigned i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		if (m->name_off ? has_member(own, ours, btf__name_by_offset(e->kernel, m->name_off),
					     &type)
				: has_any(e, own, ours, m->type))
			return true;
	}
	return false;
}

static __s32 copy_type(struct extract *e, const struct btf *own, __u32 ours, __u32 id);

/* A member of the kernel's structure, its type copied, if we have it, too. 0: we do not. */
static __s32 copy_member(struct extract *e, const struct btf *own, __u32 ours,
			 const struct btf_member *m)
{
	__u32 type;

	if (!m->name_off)
		return has_any(e, own, ours, m->type) ? copy_type(e, own, ours, m->type) : 0;
	if (!has_member(own, ours, btf__name_by_offset(e->kernel, m->name_off), &type))
		return 0;
	return copy_type(e, own, type, m->type);
}

static void add_fields(struct extract *e, const struct btf_type *t, const __s32 *types)
{
	for (unsigned i = 0; i < btf_vlen(t); i++)
		if (types[i] > 0 &&
		    btf__add_field(
			    e->made, btf__name_by_offset(e->kernel, btf_members(t)[i].name_off),
			    types[i], btf_member_bit_offset(t, i), btf_member_bitfield_size(t, i)))
			e->failed = true;
}

/* The kernel's structure with those members that ours has. All their types have to be there before
 * the structure is begun. */
static __s32 copy_record(struct extract *e, const struct btf *own, __u32 ours, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(e->kernel, id);
	__s32 *types = calloc(btf_vlen(t) + 1, sizeof(*types)), made;
	const char *name = name_of(e->kernel, t);
	__u32 number;
	bool numbered;

	if (!types)
		return -ENOMEM;
	for (unsigned i = 0; i < btf_vlen(t); i++)
		types[i] = copy_member(e, own, ours, &btf_members(t)[i]);
	numbered = btf_is_struct(t) && t->name_off &&
		   has_member(own, ours, AS_TEXT(NUMBER_OF_TYPE), &number);
	if (numbered)
		types[btf_vlen(t)] = btf__add_int(e->made, "char", 1, BTF_INT_CHAR);
	made = btf_is_union(t) ? btf__add_union(e->made, name, t->size)
			       : btf__add_struct(e->made, name, t->size);
	add_fields(e, t, types);
	if (numbered &&
	    btf__add_field(e->made, AS_TEXT(NUMBER_OF_TYPE), types[btf_vlen(t)], id * 8, 0))
		e->failed = true;
	free(types);
	return made;
}

static __s32 copy_array(struct extract *e, const struct btf *own, __u32 ours,
			const struct btf_type *t)
{
	const struct btf_type *array = bare(own, &ours);
	__s32 element, index;

	element = copy_type(e, own, array && btf_is_array(array) ? btf_array(array)->type : 0,
			    btf_array(t)->type);
	index = btf__add_int(e->made, "unsigned int", 4, 0);
	if (element < 0 || index < 0)
		return -ENOMEM;
	return btf__add_array(e->made, index, element, btf_array(t)->nelems);
}

/* A type of the kernel, as far as a program follows it whose type of the same thing is ours.
 * Returns its id in the extract; 0, which is void, for what has no size. */
static __s32 copy_type(struct extract *e, const struct btf *own, __u32 ours, __u32 id)
{
	const struct btf_type *t = bare(e->kernel, &id);
	__s32 made = 0;

	if (btf_is_int(t))
		made = btf__add_int(e->made, name_of(e->kernel, t), t->size, btf_int_encoding(t));
	else if (btf_is_enum(t))
		made = btf__add_enum(e->made, NULL, t->size);
	else if (btf_is_enum64(t))
		made = btf__add_enum64(e->made, NULL, t->size, btf_kflag(t));
	else if (btf_is_ptr(t))
		made = btf__add_ptr(e->made, 0);
	else if (btf_is_array(t))
		made = copy_array(e, own, ours, t);
	else if (is_record(t))
		made = copy_record(e, own, ours, id);
	e->failed |= made < 0;
	return made;
}

/* NOLINTEND(misc-no-recursion) */

static void copy_records(struct extract *e, const struct btf *own)
{
	char name[64];

	for (__u32 id = 1; id < btf__type_cnt(own); id++) {
		const struct btf_type *t = btf__type_by_id(own, id);
		const struct wanted *w;

		if (!is_record(t) || !t->name_off)
			continue;
		essential_name(name, name_of(own, t));
		w = find_wanted(e, name);
		for (unsigned i = 0; i < w->n; i++)
			if (btf_kind(btf__type_by_id(e->kernel, w->found[i])) == btf_kind(t))
				copy_type(e, own, id, w->found[i]);
	}
}

static void add_number(struct extract *e, const char *name, __s64 number)
{
	if (btf__add_enum_value(e->made, name, number))
		e->failed = true;
}

/* What is no structure is what is hooked, or called. */
static void add_numbers(struct extract *e)
{
	__s64 distance;

	if (btf__add_enum(e->made, EXTRACT_NUMBERS, 4) < 0)
		e->failed = true;
	for (unsigned i = 0; i < e->n_wanted; i++) {
		const struct wanted *w = &e->wanted[i];

		for (unsigned k = 0; k < w->n; k++)
			if (!is_record(btf__type_by_id(e->kernel, w->found[k])))
				add_number(e, w->name, w->found[k]);
	}
	if (preempt_count_in_types(e->kernel, &distance))
		add_number(e, NUMBER_COUNT_DISTANCE, distance);
}

static void make(struct extract *e)
{
	for (unsigned i = 0; i < N_OBJECTS; i++)
		want_object(e, i);
	want(e, NUMBER_RDONLY_CAST);
	e->made = btf__new_empty();
	e->failed |= !e->made;
	if (e->failed)
		return;
	sort_wanted(e);
	look_through_kernel(e);
	for (unsigned i = 0; i < N_OBJECTS; i++)
		copy_records(e, e->own[i]);
	add_numbers(e);
	if (!e->failed)
		e->failed = btf__dedup(e->made, NULL); /* the objects have most of it in common */
}

struct btf *extract_make(void)
{
	struct extract e = {.kernel = btf__load_vmlinux_btf()};

	if (!e.kernel)
		return NULL;
	make(&e);
	for (unsigned i = 0; i < N_OBJECTS; i++)
		btf__free(e.own[i]);
	free(e.wanted);
	btf__free(e.kernel);
	if (!e.failed)
		return e.made;
	btf__free(e.made);
	errno = ENOMEM;
	return NULL;
}
