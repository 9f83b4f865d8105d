// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What is recorded of each section, and of the structs that only they have. */
#include "recorded.h"

#include "event_shapes.h"
#include "name_tables.h"
#include "shapes.h"

/* An array of texts of ours is one of structs with such a text. */
struct word {
	const char *text;
};
static const struct field word_fields[] = {WORD(struct word, text)};
static const struct shape shape_word = SHAPE("word", struct word, word_fields);

static const struct field info_fields[] = {
	WORD(struct run_info, version),        WORD(struct run_info, command),
	WORD_OR_NONE(struct run_info, model),  TEXT(struct run_info, target),
	TEXT(struct run_info, load),           TEXT(struct run_info, kernel),
	WORD(struct run_info, tier),           NUMBER(struct run_info, sees),
	NUMBER(struct run_info, attach_ns),    NUMBER(struct run_info, interval_ns),
	NUMBER(struct run_info, top),          NUMBER(struct run_info, top_given),
	NUMBER(struct run_info, all_findings), WORD_OR_NONE(struct run_info, look_at),
	NUMBER(struct run_info, tells_events), NUMBER(struct run_info, tells_waits),
	NUMBER(struct run_info, wall_ns),      NUMBER(struct run_info, explains),
};
static const struct shape shape_info = SHAPE("info", struct run_info, info_fields);

static const struct field head_fields[] = {
	NUMBER(struct recorded_head, began),
	NUMBER(struct recorded_head, start),
	NUMBER(struct recorded_head, cpus),
	TEXT(struct recorded_head, host),
	TEXT(struct recorded_head, machine),
	TEXT(struct recorded_head, arguments),
	PART(struct recorded_head, info, &shape_info),
	ROWS(struct recorded_head, hooks, n_hooks, &shape_word),
};
static const struct shape shape_head = SHAPE("head", struct recorded_head, head_fields);

static const struct field call_fields[] = {
	NUMBER(struct recorded_call, nr),
	TEXT(struct recorded_call, name),
};
static const struct shape shape_call = SHAPE("call", struct recorded_call, call_fields);

static const struct field sleeper_fields[] = {
	NUMBER(struct sleeper, pid),         NUMBER(struct sleeper, tid),
	TEXT(struct sleeper, comm),          TEXT(struct sleeper, call),
	NUMBERS(struct sleeper, args, NULL),
};
static const struct shape shape_sleeper = SHAPE("sleeper", struct sleeper, sleeper_fields);

static const struct field attached_fields[] = {
	LIST(struct recorded_attached, beginning.sleepers, beginning.n_sleepers, &shape_sleeper),
	LIST(struct recorded_attached, beginning.unread, beginning.n_unread, &shape_stall),
	NUMBER(struct recorded_attached, beginning.cut),
	PART(struct recorded_attached, total, &shape_snapshot),
};
static const struct shape shape_attached =
	SHAPE("attached", struct recorded_attached, attached_fields);

static const struct field moment_fields[] = {
	NUMBER(struct recorded_moment, elapsed_ns),
	NUMBER(struct recorded_moment, shown),
	PART(struct recorded_moment, total, &shape_snapshot),
};
static const struct shape shape_moment = SHAPE("moment", struct recorded_moment, moment_fields);

static const struct field stalled_fields[] = {
	NUMBER(struct recorded_stall, elapsed_ns),
	NUMBER(struct recorded_stall, stalled_ns),
	PART(struct recorded_stall, row, &shape_stall_row),
};
static const struct shape shape_stalled = SHAPE("stalled", struct recorded_stall, stalled_fields);

static const struct field figure_fields[] = {
	WORD(struct figure, name),
	NUMBER(struct figure, value),
};
static const struct shape shape_figure = SHAPE("figure", struct figure, figure_fields);

static const struct field about_fields[] = {
	NUMBER(struct about, pid),
	NUMBER(struct about, tid),
	TEXT(struct about, comm),
	TEXT(struct about, command),
	NUMBER(struct about, repeats),
	NUMBER(struct about, fd),
	MAYBE(struct about, kind, &names_of_kinds),
	CHOICE(struct about, row, &names_of_calls),
	NUMBER(struct about, port),
	NUMBER(struct about, family),
	BYTES(struct about, addr),
	NUMBER(struct about, epoll_pid),
	NUMBER(struct about, epoll_fd),
};
static const struct shape shape_about = SHAPE("subject", struct about, about_fields);

static const struct field finding_fields[] = {
	PART(struct finding, about, &shape_about),
	ROWS(struct finding, evidence, n_evidence, &shape_figure),
	ROWS(struct finding, cost, n_cost, &shape_figure),
	NUMBER(struct finding, events),
	NUMBER(struct finding, err),
	NUMBER(struct finding, signal),
	MAYBE(struct finding, unit, &names_of_units),
	NUMBER(struct finding, size),
	NUMBER(struct finding, open),
	NUMBER(struct finding, more),
	TEXT(struct finding, detail),
	TEXT(struct finding, text),
};
static const struct shape shape_finding = SHAPE("finding", struct finding, finding_fields);

static const struct field found_fields[] = {
	NUMBER(struct recorded_finding, elapsed_ns),
	CHOICE(struct recorded_finding, rule, &names_of_rules),
	PART(struct recorded_finding, finding, &shape_finding),
};
static const struct shape shape_found = SHAPE("found", struct recorded_finding, found_fields);

static const struct field program_fields[] = {
	WORD(struct self_program, what), WORD(struct self_program, hook),
	WORD(struct self_program, name), NUMBER(struct self_program, runs),
	NUMBER(struct self_program, ns), NUMBER(struct self_program, missed),
};
static const struct shape shape_program = SHAPE("program", struct self_program, program_fields);

static const struct field map_fields[] = {
	TEXT(struct self_map, name),
	NUMBER(struct self_map, bytes),
};
static const struct shape shape_map = SHAPE("map", struct self_map, map_fields);

static const struct field self_fields[] = {
	NUMBER(struct self, asked),
	TEXT(struct self, why_not),
	ROWS(struct self, programs, n_programs, &shape_program),
	ROWS(struct self, maps, n_maps, &shape_map),
	NUMBER(struct self, start.user),
	NUMBER(struct self, start.system),
	NUMBER(struct self, run.user),
	NUMBER(struct self, run.system),
	NUMBER(struct self, ns),
	NUMBER(struct self, rss),
	NUMBER(struct self, rss_most),
};
static const struct shape shape_self = SHAPE("self", struct self, self_fields);

static const struct field testimony_fields[] = {
	WORD(struct testimony, what),
	NUMBER(struct testimony, seen[WITNESS_SERVER]),
	NUMBER(struct testimony, seen[WITNESS_CLIENT]),
	NUMBER(struct testimony, seen[WITNESS_KERNEL]),
	NUMBERS(struct testimony, count, NULL),
};
static const struct shape shape_testimony = SHAPE("testimony", struct testimony, testimony_fields);

static const struct field end_fields[] = {
	NUMBER(struct run_end, completed),
	ROWS(struct run_end, witnesses.rows, witnesses.n_rows, &shape_testimony),
	WORD(struct run_end, failure),
	WORD_OR_NONE(struct run_end, state),
	NUMBER(struct run_end, elapsed_ns),
	NUMBER(struct run_end, events.told),
	NUMBERS(struct run_end, events.tally.happened, &names_of_events),
	NUMBERS(struct run_end, events.tally.dropped, &names_of_events),
	NUMBER(struct run_end, events.tally.lost),
	NUMBERS(struct run_end, events.shown, &names_of_events),
};
static const struct shape shape_end = SHAPE("end of the run", struct run_end, end_fields);

static const struct field summary_fields[] = {
	NUMBER(struct recorded_summary, elapsed_ns),
	PART(struct recorded_summary, self, &shape_self),
	PART(struct recorded_summary, end, &shape_end),
};
static const struct shape shape_summary = SHAPE("summary", struct recorded_summary, summary_fields);

static const struct field mark_fields[] = {NUMBER(struct recorded_end, dropped)};
static const struct shape shape_mark = SHAPE("end", struct recorded_end, mark_fields);

static const struct field subject_fields[] = {
	WORD(struct recorded_subject, name),
	NUMBER(struct recorded_subject, max_conns),
};
static const struct shape shape_subject =
	SHAPE("subject of a comparison", struct recorded_subject, subject_fields);

static const struct field step_fields[] = {
	NUMBER(struct recorded_step, conns),
	NUMBER(struct recorded_step, active),
};
static const struct shape shape_step = SHAPE("step", struct recorded_step, step_fields);

static const struct field plan_fields[] = {
	NUMBER(struct recorded_plan, rounds),
	NUMBER(struct recorded_plan, listed),
	ROWS(struct recorded_plan, subjects, n_subjects, &shape_subject),
	ROWS(struct recorded_plan, steps, n_steps, &shape_step),
};
static const struct shape shape_plan = SHAPE("plan", struct recorded_plan, plan_fields);

static const struct field turn_fields[] = {
	CHOICE(struct recorded_turn, turn, &names_of_turns),
	NUMBER(struct recorded_turn, step),
	NUMBER(struct recorded_turn, round),
	NUMBER(struct recorded_turn, completed),
};
static const struct shape shape_turn = SHAPE("turn", struct recorded_turn, turn_fields);

static const struct field progress_fields[] = {
	NUMBER(struct progress, time),
	NUMBER(struct progress, cpu_ns),
	NUMBER(struct progress, messages),
};
static const struct shape shape_progress = SHAPE("progress", struct progress, progress_fields);

static const struct field ran_fields[] = {
	NUMBER(struct recorded_ran, step),
	NUMBER(struct recorded_ran, round),
	NUMBER(struct recorded_ran, subject),
	NUMBER(struct recorded_ran, failed),
	TEXT(struct recorded_ran, failure),
	PART(struct recorded_ran, total, &shape_snapshot),
	PART(struct recorded_ran, end, &shape_end),
	PART(struct recorded_ran, load_begins, &shape_progress),
	PART(struct recorded_ran, load_ends, &shape_progress),
	NUMBER(struct recorded_ran, cpu_ns),
};
static const struct shape shape_ran = SHAPE("ran", struct recorded_ran, ran_fields);

const struct section_row section_rows[N_SECTIONS] = {
	[SECTION_HEAD] = {.name = "head", .shape = &shape_head},
	[SECTION_CALL] = {.name = "call", .shape = &shape_call},
	[SECTION_ATTACHED] = {.name = "attached", .shape = &shape_attached},
	[SECTION_MOMENT] = {.name = "moment", .shape = &shape_moment},
	[SECTION_STALL] = {.name = "stall", .shape = &shape_stalled, .needs_names = true},
	[SECTION_FINDING] = {.name = "finding", .shape = &shape_found, .needs_names = true},
	[SECTION_SUMMARY] = {.name = "summary", .shape = &shape_summary},
	[SECTION_END] = {.name = "end", .shape = &shape_mark},
	[SECTION_PLAN] = {.name = "plan", .shape = &shape_plan},
	[SECTION_TURN] = {.name = "turn", .shape = &shape_turn, .needs_names = true},
	[SECTION_RAN] = {.name = "ran", .shape = &shape_ran},
	[SECTION_EVENTS] = {.name = "events", .shape = &shape_events},
};
