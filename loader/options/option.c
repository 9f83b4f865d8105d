// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* How the value of an option is read: a function a kind. */
#include "option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "models.h"

#define MUST_SIZE 512

static uint64_t most_of(const struct option_row *row)
{
	uint64_t max = row->max ? row->max : UINT64_MAX;

	return row->most && row->most() < max ? row->most() : max;
}

/* "a number of seconds" */
static size_t put_thing(const struct option_row *row, const char *thing, char *buf)
{
	return snprintf(buf, MUST_SIZE, row->unit ? "%s of %s" : "%s", thing, row->unit);
}

/* "a, b, c" */
static void put_choices(const struct option_row *row, const char *before, char *buf)
{
	size_t len = snprintf(buf, MUST_SIZE, "%s", before);

	for (const char *at = row->choices; *at && len < MUST_SIZE - 2; at++) {
		buf[len++] = *at == '|' ? ',' : *at;
		if (*at == '|')
			buf[len++] = ' ';
	}
	buf[len] = '\0';
}

static void put_faults(char *buf)
{
	size_t len = snprintf(buf, MUST_SIZE, "one of ");

	for (size_t i = 0; i < n_faults && len < MUST_SIZE; i++)
		len += snprintf(buf + len, MUST_SIZE - len, "%s%s", i ? ", " : "", faults[i].name);
}

/* What a value has to be. */
static const char *must_be(const struct option_row *row, char *buf)
{
	size_t len;

	switch (row->kind) {
	case KIND_NUMBER:
		len = put_thing(row, "a whole number", buf);
		if (row->min || row->max)
			snprintf(buf + len, MUST_SIZE - len, " from %llu to %llu",
				 (unsigned long long)row->min, (unsigned long long)most_of(row));
		break;
	case KIND_REAL:
		len = put_thing(row, "a number", buf);
		snprintf(buf + len, MUST_SIZE - len, " from %.10g to %.10g", row->low, row->high);
		break;
	case KIND_CHOICE:
		put_choices(row, "one of ", buf);
		break;
	case KIND_CHOICES:
		put_choices(row, "a comma-separated list of ", buf);
		break;
	case KIND_FAULT:
		put_faults(buf);
		break;
	case KIND_USER:
		return "a user in /etc/passwd, by name or by number";
	case KIND_ADDRESS:
		return "a numeric IPv4 or IPv6 address";
	default:
		return "something else";
	}
	return buf;
}

void option_refuse(struct argp_state *state, const struct option_row *row, const char *arg)
{
	char buf[MUST_SIZE];

	argp_error(state, "invalid --%s \"%s\": must be %s", row->name, arg, must_be(row, buf));
}

/* The member gets the value, whatever type it is of. */
static void store(const struct option_row *row, void *into, uint64_t value)
{
	char *at = (char *)into + row->at;

	if (row->size == sizeof(uint64_t))
		*(uint64_t *)at = value;
	else if (row->size == sizeof(unsigned))
		*(unsigned *)at = value;
	else
		*(bool *)at = value;
}

static void take_flag(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	(void)state;
	(void)arg;
	store(row, into, true);
}

bool option_number(const struct option_row *row, const char *arg, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(arg, &end, 10);
	/* strtoull would take blanks and a minus sign, and turn "-1" into a huge number. */
	return arg[0] >= '0' && arg[0] <= '9' && !*end && !errno && *number >= row->min &&
	       *number <= most_of(row);
}

static void take_number(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	uint64_t number;

	if (option_number(row, arg, &number))
		store(row, into, number * (row->scale ? row->scale : 1));
	else
		option_refuse(state, row, arg);
}

static void take_real(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	bool plain = arg[0] && arg[strspn(arg, "0123456789.")] == '\0';
	char *end = NULL;
	double x = plain ? strtod(arg, &end) : 0;

	if (!plain || *end || x < row->low || x > row->high)
		option_refuse(state, row, arg);
	else
		*(double *)((char *)into + row->at) = x;
}

int choice_of(const char *choices, const char *word, size_t len)
{
	for (int place = 0;; place++) {
		size_t n = strcspn(choices, "|");

		if (n == len && !strncmp(choices, word, len))
			return place;
		if (!choices[n])
			return -1;
		choices += n + 1;
	}
}

static void take_choice(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	int place = choice_of(row->choices, arg, strlen(arg));

	if (place < 0)
		option_refuse(state, row, arg);
	else
		store(row, into, place);
}

static void take_choices(struct argp_state *state, const struct option_row *row, void *into,
			 char *arg)
{
	unsigned bits = 0;

	for (const char *at = arg; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		int place = choice_of(row->choices, at, strcspn(at, ","));

		if (place < 0)
			option_refuse(state, row, arg);
		else if (place)
			bits |= 1u << (place - 1);
	}
	store(row, into, bits);
}

static void take_text(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	(void)state;
	*(const char **)((char *)into + row->at) = arg;
}

static void take_address(struct argp_state *state, const struct option_row *row, void *into,
			 char *arg)
{
	struct address address;

	if (!address_parse(arg, 0, &address))
		option_refuse(state, row, arg);
	take_text(state, row, into, arg);
}

static void take_user(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	struct user_option *user = (void *)((char *)into + row->at);

	user->name = arg;
	if (user_find(&user->user, arg))
		option_refuse(state, row, arg);
}

static void take_fault(struct argp_state *state, const struct option_row *row, void *into,
		       char *arg)
{
	const struct fault_name *fault = fault_find(arg);

	if (fault)
		*(unsigned *)((char *)into + row->at) |= fault->fault;
	else
		option_refuse(state, row, arg);
}

/* Of the other kinds each row has its own. */
static option_take_function *const takes[] = {
	[KIND_FLAG] = take_flag,     [KIND_NUMBER] = take_number,   [KIND_REAL] = take_real,
	[KIND_CHOICE] = take_choice, [KIND_CHOICES] = take_choices, [KIND_TEXT] = take_text,
	[KIND_FILE] = take_text,     [KIND_FOLDER] = take_text,     [KIND_ADDRESS] = take_address,
	[KIND_USER] = take_user,     [KIND_FAULT] = take_fault,
};

void option_take_kind(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	takes[row->kind](state, row, into, arg);
}

void option_take(struct argp_state *state, const struct option_row *row, void *into, char *arg)
{
	if (row->take)
		row->take(state, row, into, arg);
	else
		option_take_kind(state, row, into, arg);
}
