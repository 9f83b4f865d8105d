// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What the page reads out of lines, without a browser: node --test. */
"use strict";
const assert = require("node:assert");
const test = require("node:test");
const page = require("./scripts.js")(["words.js", "data.js"], ["nsText", "countText", "ratioText", "harmless", "readRun", "readEvents", "flatten",
	"differences", "differs", "placeOf", "WORDS", "isTime"]);

/* A run of some lines. */
function run(lines, recording = {}) {
	const head = {type: "recording", file: "a.rec", start_ns: "1000000000000000000", span_ns: 1e9, ...recording};

	return page.readRun([head, ...lines].map((line) => JSON.stringify(line)).join("\n") + "\n");
}

function summary(fields, ns = 1e9) {
	return {type: "summary", schema: 3, elapsed_ns: ns, findings: [], ...fields};
}

test("times and counts as wakelab prints them", () => {
	assert.deepStrictEqual([0, 999, 1000, 9940, 15400, 999499, 999500, 1.04e9, 31e9].map(page.nsText),
		["0ns", "999ns", "1.0us", "9.9us", "15us", "999us", "1.0ms", "1.0s", "31s"]);
	assert.deepStrictEqual([7, 1234567, 0.95, 123.4].map(page.countText), ["7", "1\u202f234\u202f567", "0.950", "123"]);
	assert.deepStrictEqual([2.5, 0.25, 0, Infinity].map(page.ratioText), ["× 2.50", "÷ 4", "-", "-"]);
});

test("what is not to be seen is told", () => {
	assert.strictEqual(page.harmless("a\x1b[31m\u202eb\u200b等é"), "a\\u001b[31m\\u202eb\\u200b等é");
});

test("each text is there in both languages, with the same values", () => {
	for (const [name, texts] of Object.entries(page.WORDS)) {
		assert.strictEqual(texts.length, 2, name);
		const [one, other] = texts.map((text) => (text.match(/\{\d\}/g) || []).sort());

		assert.deepStrictEqual(one, other, name);
		assert.ok(texts.every((text) => text.trim() === text && text), name);
	}
});

test("a run is its lines, without those of the page alone", () => {
	const r = run([{type: "start", target: "x"}, {type: "interval"}, {type: "spread"}, {type: "interval"}, summary({})]);

	assert.strictEqual(r.start.target, "x");
	assert.strictEqual(r.interval.length, 2);
	assert.deepStrictEqual(r.lines.map((line) => JSON.parse(line).type), ["start", "interval", "interval", "summary"]);
	assert.deepStrictEqual(run([{type: "finding", id: "stall"}]).findings, [{type: "finding", id: "stall"}]);
});

test("an event has its time to the nanosecond, and a name cannot change it", () => {
	const r = run([]);

	page.readEvents(r, '{"type":"event","event":"io","time_ns":1000000000123456789,"tid":1,"comm":"\\"time_ns\\":7"}\n' +
		'{"type":"lane","tid":1}\n[[0,1,2,3,4]]\n');
	assert.strictEqual(r.event[0].at, 123456789);
	assert.deepStrictEqual(r.lanes, [{type: "lane", tid: 1, slots: [[0, 1, 2, 3, 4]]}]);
	assert.strictEqual(r.lines.length, 1);
});

test("all numbers by their paths", () => {
	const flat = page.flatten({schema: 3, elapsed_ns: 5, wakes: {total: 2, by: {data: 1}}, threads: [{tid: 4}],
		syscalls: [{name: "read", calls: 3, verdicts: {ready: 2}}], none: null});

	assert.deepStrictEqual([...flat], [["wakes.total", 2], ["wakes.by.data", 1], ["syscalls.read.calls", 3], ["syscalls.read.verdicts.ready", 2]]);
	assert.ok(page.isTime("wakeup_ns.p50") && page.isTime("left_ns") && !page.isTime("wakeup_ns.count") && !page.isTime("wakes.total"));
});

test("runs differ by what is counted a second, beyond chance", () => {
	const one = run([summary({wakes: {total: 1000, useful: 1000, wasted: 4}, service_ns: {p50: 100, p99: 500}})]);
	const other = run([summary({wakes: {total: 4000, useful: 2050, wasted: 14}, service_ns: {p50: 101, p99: null}}, 2e9)]);
	const rows = page.differences(one, other);
	const found = Object.fromEntries(rows.map((row) => [row.name, [row.a, row.b, page.differs(row)]]));

	assert.deepStrictEqual(found, {"wakes.total": [1000, 2000, true], "wakes.useful": [1000, 1025, false],
		"wakes.wasted": [4, 7, false], "service_ns.p50": [100, 101, false]});
	assert.strictEqual(rows[0].name, "wakes.total");
});

test("a finding has its place where it was said, or where an event tells of it", () => {
	const subject = {pid: 7, tid: 8, fd: 6};
	const event = (fields) => ({type: "event", pid: 7, tid: 8, ...fields});
	const r = run([{type: "stall", pid: 7, tid: 8, fd: 6, elapsed_ns: 90, stalled_ns: 50},
		{type: "finding", id: "late-read", subject, elapsed_ns: 70}]);

	assert.deepStrictEqual(page.placeOf(r, {id: "stall", subject}), {at: 40, tid: 8});
	assert.deepStrictEqual(page.placeOf(r, {id: "late-read", subject}), {at: 70, tid: 8});
	assert.strictEqual(page.placeOf(r, {id: "else", subject: {...subject, fd: 5}}), null);
	r.event.push(event({event: "io", at: 1, file: {fd: 6}}), event({event: "late", at: 52, late_ns: 30, why: "asleep", file: {fd: 6}}),
		event({event: "late", at: 90, late_ns: 40, why: "not_run", file: {fd: 6}}));
	assert.deepStrictEqual(page.placeOf(r, {id: "else", subject}), {at: 50, tid: 8});
	assert.deepStrictEqual(page.placeOf(r, {id: "else", cause: "asleep", subject}), {at: 22, tid: 8});
	assert.deepStrictEqual(page.placeOf(r, {id: "else", subject: {pid: 7, tid: 8, fd: null}}), {at: 1, tid: 8});
});
