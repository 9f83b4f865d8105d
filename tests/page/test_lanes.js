// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What is on the timeline, without a browser: node --test. */
"use strict";
const assert = require("node:assert");
const test = require("node:test");
const page = require("./scripts.js")(["data.js", "lanes.js"], ["lanesOf", "laneName", "windowsOf", "turnsOf", "itemsIn", "columnsOf", "ticksOf",
	"tickText", "viewWithin", "toldOf", "KINDS"]);

const WHOLE = [[-Infinity, Infinity]];

function wait(at, duration_ns, fields = {}) {
	return {type: "event", event: "wait", pid: 1, tid: 2, comm: "x", at, duration_ns, to_run_ns: 0, verdict: "slept", ...fields};
}

function laneWith(events, windows = WHOLE) {
	const [lane] = page.lanesOf({lanes: [], event: events});

	lane.turns = page.turnsOf(lane, windows);
	return lane;
}

/* Of what there is, as whole hundredths. */
function shares(columns) {
	return Object.fromEntries(page.KINDS.map((kind) => [kind, Array.from(columns[kind], (n) => Math.round(100 * n))])
		.filter(([, list]) => list.some(Boolean)));
}

test("a lane for each thread, and for a process where no thread did it", () => {
	const lanes = page.lanesOf({lanes: [{pid: 1, tid: 9, comm: "late", slots: [[0]], verdicts: ["ready"]}], event: [wait(5, 1),
		{event: "ready", pid: 1, tid: 0, comm: "", at: 6}, {event: "io", pid: 1, tid: 2, comm: "renamed", at: 9, duration_ns: 2}]});

	assert.deepStrictEqual(lanes.map(page.laneName), ["late 9", "renamed 2", "process 1"]);
	assert.deepStrictEqual(lanes.map((lane) => [lane.waits.length, lane.calls.length, lane.marks.length]), [[0, 0, 0], [1, 1, 0], [0, 0, 1]]);
	assert.deepStrictEqual([lanes[1].calls[0].from, lanes[1].calls[0].to], [7, 9]);
	assert.deepStrictEqual(lanes[0].slots, [[0]]);
});

test("a turn lasts from a wait to the next, where all is shown", () => {
	const events = [wait(10, 10), wait(30, 5), wait(90, 10)];

	assert.deepStrictEqual(laneWith(events).turns, [{from: 10, to: 25}, {from: 30, to: 80}]);
	assert.deepStrictEqual(laneWith(events, [[0, 40], [70, 100]]).turns, [{from: 10, to: 25}]);
});

test("the times around places, joined where they meet", () => {
	assert.deepStrictEqual(page.windowsOf({width_ns: 10, places: [0, 15, 100]}), [[-10, 25], [90, 110]]);
	assert.deepStrictEqual(page.windowsOf({width_ns: null, places: [0]}), WHOLE);
});

test("what lies in a part of the time", () => {
	const {waits} = laneWith([wait(10, 10), wait(30, 5), wait(90, 10)]);

	assert.deepStrictEqual(page.itemsIn(waits, 26, 80).map(({to}) => to), [30, 90]);
	assert.deepStrictEqual(page.itemsIn(waits, 11, 24), []);
	assert.deepStrictEqual(page.itemsIn(waits, 91, 99), []);
});

test("a column has the shares of what its time was spent on", () => {
	const lane = laneWith([wait(50, 50), wait(150, 50, {to_run_ns: 10}), {event: "io", pid: 1, tid: 2, comm: "x", at: 80, duration_ns: 20}]);

	assert.deepStrictEqual(shares(page.columnsOf(lane, {from: 0, to: 200}, 2, WHOLE, 0)),
		{turn: [30, 0], io: [20, 0], slept: [50, 40], to_run: [0, 10]});
	assert.deepStrictEqual(shares(page.columnsOf(lane, {from: 100, to: 140}, 2, WHOLE, 0)), {slept: [100, 100]});
});

test("slots stand where no events are", () => {
	const lane = laneWith([wait(100, 100)], [[-100, 100]]);

	lane.verdicts = ["ready", "slept"];
	/* slot, waited, to run, calls, events, waits of each verdict */
	lane.slots = [[0, 100, 0, 0, 1, 0, 1], [1, 60, 10, 20, 9, 1, 4], [2, 100, 0, 0, 0, 0, 0]];
	assert.deepStrictEqual(shares(page.columnsOf(lane, {from: 0, to: 300}, 3, [[-100, 100]], 100)),
		{turn: [0, 20, 0], io: [0, 20, 0], ready: [0, 10, 0], slept: [100, 40, 100], to_run: [0, 10, 0]});
});

test("ticks are round", () => {
	assert.deepStrictEqual(page.ticksOf({from: 130, to: 1000}, 5), {step: 200, ticks: [200, 400, 600, 800, 1000]});
	assert.deepStrictEqual(page.ticksOf({from: 0, to: 0}, 5).ticks, []);
	assert.ok(page.ticksOf({from: 1e19, to: 1e19 + 4096}, 5).ticks.length <= 6);
	assert.deepStrictEqual([[2e8, 2e8], [1500, 500], [1e9, 1e9], [5e9, 5e9]].map(([time, step]) => page.tickText(time, step)),
		["0.2 s", "0.0000015 s", "1 s", "5 s"]);
});

test("a view stays within the run", () => {
	assert.deepStrictEqual(page.viewWithin(-50, 50, 1000), {from: 0, to: 100});
	assert.deepStrictEqual(page.viewWithin(950, 1250, 1000), {from: 700, to: 1000});
	assert.deepStrictEqual(page.viewWithin(-1e9, 1e9, 1000), {from: 0, to: 1000});
	assert.deepStrictEqual(page.viewWithin(500, 501, 1000), {from: 500, to: 600});
});

test("all that is told of an event is said", () => {
	assert.deepStrictEqual(page.toldOf(wait(1500000000, 1234, {args: ["0x1", "0x2"], file: {fd: 6, kind: "tcp", peer: "127.0.0.1:7"}, woken_by: null})), [
		["event", "wait"], ["at", "1.500000000 s"], ["pid", "1"], ["tid", "2"], ["comm", "x"], ["duration_ns", "1.2us"], ["to_run_ns", "0ns"],
		["verdict", "slept"], ["args", "0x1, 0x2"], ["file", "fd 6 tcp 127.0.0.1:7"], ["woken_by", "-"]]);
});
