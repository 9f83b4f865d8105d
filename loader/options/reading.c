// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* argp is given its options, and the text of --help, from the rows. */
#include "reading.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPTIONS 64
#define FIRST_KEY   0x100 /* of options without a letter */

/* The value is the part of the help that is asked for. */
static void take_common(struct argp_state *state, const struct option_row *row, void *into,
			char *arg)
{
	(void)into;
	(void)arg;
	argp_state_help(state, state->out_stream, row->at);
}

/* Those of every command. */
static const struct option_row common[] = {
#define COMMON_OPTION(help, option, of_kind, ...)                                                  \
	{.name = option, .kind = KIND_##of_kind, .at = help, .take = take_common, __VA_ARGS__},
#include "options.def"
};
#define N_COMMON (sizeof(common) / sizeof(common[0]))

/* The options of the command that reads, a command line at a time. */
static struct slot {
	const struct option_row *row;
	void *into;
	bool given;
} slots[MAX_OPTIONS];
static unsigned n_slots;

static int key_of(unsigned slot)
{
	const char *letter = slots[slot].row->letter;

	return letter ? *letter : FIRST_KEY + (int)slot;
}

static struct slot *slot_of_key(int key)
{
	for (unsigned i = 0; i < n_slots; i++)
		if (key_of(i) == key)
			return &slots[i];
	return NULL;
}

static const struct slot *slot_named(const char *name, size_t len)
{
	for (unsigned i = 0; i < n_slots; i++)
		if (!strncmp(slots[i].row->name, name, len) && !slots[i].row->name[len])
			return &slots[i];
	return NULL;
}

static bool takes_value(const struct option_row *row)
{
	return row->kind != KIND_FLAG && row->kind != KIND_ACTION;
}

static struct argp_option *put_option(struct argp_option *to, unsigned slot, int group)
{
	const struct option_row *row = slots[slot].row;
	const char *value = row->arg ? row->arg : row->choices;

	*to = (struct argp_option){.name = row->name,
				   .key = key_of(slot),
				   .arg = takes_value(row) ? value : NULL,
				   .doc = row->text,
				   .group = group};
	return to + 1;
}

static void add_slot(const struct option_row *row, void *into)
{
	assert(n_slots < MAX_OPTIONS);
	slots[n_slots++] = (struct slot){.row = row, .into = into};
}

static const struct option_use *use_of(const struct reading *r, unsigned group)
{
	for (unsigned i = 0; i < N_GROUPS && r->uses[i].group; i++)
		if (r->uses[i].group->id == group)
			return &r->uses[i];
	return NULL;
}

/* Fills in what argp takes for all options of the command; headers stand once. */
static void make_options(const struct reading *r, struct argp_option *to)
{
	unsigned groups = command_row(r->command)->groups;
	const char *header = "";
	int shown = 1;

	n_slots = 0;
	for (unsigned id = 0; id < N_GROUPS; id++) {
		const struct option_use *use = use_of(r, id);

		assert(!use == !(groups & 1u << id));
		if (use && strcmp(header, group_headers[id]) != 0) {
			header = group_headers[id];
			*to++ = (struct argp_option){.doc = header, .group = ++shown};
		}
		for (unsigned i = 0; use && i < use->group->n; i++) {
			add_slot(&use->group->rows[i], use->into);
			to = put_option(to, n_slots - 1, shown);
		}
	}
	for (unsigned i = 0; i < N_COMMON; i++) {
		add_slot(&common[i], NULL);
		to = put_option(to, n_slots - 1, -1);
	}
	*to = (struct argp_option){0};
}

/* Adds to what stands in parentheses behind the text of an option. */
static void put_note(FILE *out, const char **mark, const char *what, const char *value)
{
	if (!value)
		return;
	fprintf(out, "%s%s%s", *mark, what, value);
	*mark = "; ";
}

/* The text of an option, with when it can be given and what holds if it is not. */
static char *option_help(const struct option_row *row)
{
	size_t len = 0;
	const char *mark = " (";
	char *text = NULL;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fprintf(out, "%s", row->text);
	put_note(out, &mark, "only for ", row->verbs);
	put_note(out, &mark, "only with ", row->goes_with);
	put_note(out, &mark, "default: ", row->preset ? row->preset : row->unset);
	fprintf(out, "%s", *mark == ';' ? ")" : "");
	fclose(out);
	return text;
}

static bool takes_verb(const struct command_row *command)
{
	return command->takes && !strcmp(command->takes, "verb");
}

static void put_verbs(FILE *out)
{
	fprintf(out, "Subcommands:\n");
	for (size_t i = 0; i < n_verb_rows; i++)
		fprintf(out, "  %s%s%s\n      %s\n", verb_rows[i].name,
			*verb_rows[i].usage ? " " : "", verb_rows[i].usage, verb_rows[i].summary);
	fprintf(out, "\n");
}

static char *examples_help(const struct command_row *command)
{
	size_t len = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (takes_verb(command))
		put_verbs(out);
	fprintf(out, "Examples:\n");
	for (size_t i = 0; i < n_examples; i++)
		if (!strcmp(examples[i].command, command->name))
			fprintf(out, "  %s\n      %s\n", examples[i].line, examples[i].what);
	fprintf(out, "\nSee wakelab-%s(1) for details.", command->name);
	fclose(out);
	return text;
}

static char *filter(int key, const char *text, void *input)
{
	const struct reading *r = input;
	const struct slot *slot;

	if (key == ARGP_KEY_HELP_DUP_ARGS_NOTE)
		return NULL;
	if (key == ARGP_KEY_HELP_POST_DOC)
		return examples_help(command_row(r->command));
	slot = slot_of_key(key);
	return slot && text ? option_help(slot->row) : (char *)text;
}

/* "--mode pipeline": whether that is so, given or by default; "--pid": whether it was given. */
static bool is_with(const char *wanted)
{
	const char *name = wanted + strlen("--"), *value = strchr(name, ' ');
	const struct slot *other = slot_named(name, strcspn(name, " "));

	assert(other);
	if (!value)
		return other->given;
	return *(unsigned *)((char *)other->into + other->row->at) ==
	       (unsigned)choice_of(other->row->choices, value + 1, strlen(value + 1));
}

static void check_company(struct argp_state *state)
{
	for (unsigned i = 0; i < n_slots; i++) {
		const struct option_row *row = slots[i].row;

		if (slots[i].given && row->goes_with && !is_with(row->goes_with))
			argp_error(state, "--%s requires %s", row->name, row->goes_with);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct reading *r = state->input;
	struct slot *slot;

	switch (key) {
	case ARGP_KEY_INIT:
		if (r->arguments)
			state->child_inputs[0] = r->input;
		return 0;
	case ARGP_KEY_ARG:
		if (!command_row(r->command)->takes)
			argp_error(state, "unexpected argument \"%s\": there are only options",
				   arg);
		return ARGP_ERR_UNKNOWN;
	case ARGP_KEY_END:
		check_company(state);
		return 0;
	default:
		slot = slot_of_key(key);
		if (!slot)
			return ARGP_ERR_UNKNOWN;
		slot->given = true;
		option_take(state, slot->row, slot->into, arg);
		return 0;
	}
}

/* What follows the options, a line a way, as argp takes it; to be freed. */
static char *usage_lines(const struct command_row *command)
{
	size_t len = 0;
	char *lines = NULL;
	FILE *out = open_memstream(&lines, &len);

	if (!out)
		return NULL;
	for (const char *at = command->usage ? command->usage : ""; *at; at++)
		fputc(*at == '|' ? '\n' : *at, out);
	for (size_t i = 0; takes_verb(command) && i < n_verb_rows; i++)
		fprintf(out, "%s%s%s%s", i ? "\n" : "", verb_rows[i].name,
			*verb_rows[i].usage ? " " : "", verb_rows[i].usage);
	fclose(out);
	return lines;
}

void options_read(const struct reading *reading, int argc, char **argv)
{
	const struct command_row *command = command_row(reading->command);
	struct argp own = {.parser = reading->arguments};
	struct argp_child children[] = {{.argp = &own}, {0}};
	struct argp_option options[MAX_OPTIONS + N_GROUPS + 1];
	char *usage = usage_lines(command);
	struct argp argp = {.options = options,
			    .parser = parse,
			    .args_doc = usage,
			    .doc = command->about,
			    .children = reading->arguments ? children : NULL,
			    .help_filter = filter};

	make_options(reading, options);
	for (unsigned i = 0; i < N_GROUPS && reading->uses[i].group; i++)
		options_preset(reading->uses[i].group, reading->uses[i].into);
	argp_parse(&argp, argc, argv, reading->flags | ARGP_NO_HELP, NULL, (void *)reading);
	free(usage);
}

void options_preset(const struct option_group *group, void *into)
{
	for (unsigned i = 0; i < group->n; i++)
		if (group->rows[i].preset)
			option_take(NULL, &group->rows[i], into, (char *)group->rows[i].preset);
}

const struct option_row *option_row(const struct option_group *group, const char *name)
{
	unsigned i = 0;

	while (strcmp(group->rows[i].name, name) != 0) {
		i++;
		assert(i < group->n);
	}
	return &group->rows[i];
}

/* Whether a word is one of "a, b". */
static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; *at; at += strcspn(at, ", "), at += strspn(at, ", "))
		if (strcspn(at, ", ") == len && !strncmp(at, word, len))
			return true;
	return false;
}

void options_check_verb(struct argp_state *state, const char *command, const char *verb)
{
	for (unsigned i = 0; i < n_slots; i++) {
		const struct option_row *row = slots[i].row;

		if (slots[i].given && row->verbs && !has_word(row->verbs, verb))
			argp_error(state, "--%s is not an option of \"%s %s\", only of: %s",
				   row->name, command, verb, row->verbs);
	}
}
