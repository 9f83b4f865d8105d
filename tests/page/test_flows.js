// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What charts show, without a browser: node --test. */
"use strict";
const assert = require("node:assert");
const test = require("node:test");
const page = require("./scripts.js")(["flows.js"], ["seriesOf", "stagesOf", "powersOf", "heatOf", "ledgerOf", "wakersOf", "placesOf"]);

test("a series has what there was a second, without what never was", () => {
	const run = {interval: [{elapsed_ns: 1e9, interval_ns: 1e9, interests: {fresh: 5, rereports: 0}}, {elapsed_ns: 1.5e9, interval_ns: 5e8,
		interests: {fresh: 5, rereports: 0}}, {elapsed_ns: 2e9, interval_ns: 0, interests: {fresh: 9}}, {elapsed_ns: 3e9, interval_ns: 1e9, interests: null}]};

	assert.deepStrictEqual(page.seriesOf(run, "interests", ["fresh", "rereports"]), {names: ["fresh"], most: 10,
		points: [{from: 0, to: 1e9, values: [5]}, {from: 1e9, to: 1.5e9, values: [10]}]});
	assert.deepStrictEqual(page.seriesOf({interval: []}, "wakes", ["useful"]), {names: [], most: 0, points: []});
});

test("heat is how many there were, by intervals and powers of two", () => {
	const run = {spread: [{elapsed_ns: 10, of: {wakeup: {first: 3, counts: [1, 0, 4]}}}, {elapsed_ns: 20, of: {}},
		{elapsed_ns: 30, of: {wakeup: {first: 2, counts: [2]}, notify: {first: 0, counts: [1]}}}]};

	assert.deepStrictEqual(page.heatOf(run, "wakeup"), {most: 4, span: 30, cells: [{from: 0, to: 10, power: 3, n: 1},
		{from: 0, to: 10, power: 5, n: 4}, {from: 20, to: 30, power: 2, n: 2}]});
	assert.deepStrictEqual(page.stagesOf([run]), ["wakeup", "notify"]);
	assert.deepStrictEqual(page.powersOf([run, {spread: [{of: {wakeup: {first: 7, counts: [1, 1]}}}]}], "wakeup"), [2, 8]);
});

test("the ledger leads from where wakes came to what became of them", () => {
	assert.deepStrictEqual(page.ledgerOf({total: 5, from: {task: 2, softirq: 3, hardirq: 0}, useful: 4, wasted: 1, timed: 0}), [
		{layer: 0, from: "task", to: "total", n: 2}, {layer: 0, from: "softirq", to: "total", n: 3},
		{layer: 1, from: "total", to: "useful", n: 4}, {layer: 1, from: "total", to: "wasted", n: 1}]);
});

test("who woke whom, and the least of them together", () => {
	const wake = (tid, waker_tid) => ({event: "wake", tid, comm: "t", waker_tid, waker_comm: waker_tid ? "w" : "", woken_by: waker_tid ? "task" : "softirq"});
	const few = page.wakersOf({event: [wake(1, 0), wake(1, 0), wake(2, 7)]}, "others");

	assert.deepStrictEqual(few, [{layer: 0, from: "softirq", to: "t 1", n: 2}, {layer: 0, from: "w 7", to: "t 2", n: 1}]);

	const many = page.wakersOf({event: Array.from({length: 40}, (_, i) => wake(i + 1, 0)).concat(wake(1, 0))}, "others");

	assert.strictEqual(many.length, 13);
	assert.strictEqual(many.reduce((sum, {n}) => sum + n, 0), 41);
	assert.ok(many.some(({to, n}) => to === "others" && n === 28));
});

test("flows keep their sums, and nothing lies over another", () => {
	const links = [{layer: 0, from: "a", to: "total", n: 3}, {layer: 0, from: "b", to: "total", n: 1}, {layer: 1, from: "total", to: "a", n: 4}];
	const {nodes, ribbons, layers} = page.placesOf(links);

	assert.strictEqual(layers, 3);
	assert.deepStrictEqual(nodes.map(({name, layer}) => [name, layer]), [["a", 0], ["b", 0], ["total", 1], ["a", 2]]);
	for (const node of nodes)
		assert.ok(Math.abs(node.high - 0.7 * Math.max(node.into, node.out) / 4) < 1e-9 && node.y >= 0 && node.y + node.high <= 1 + 1e-9);
	const [a, b] = nodes;

	assert.ok(a.y + a.high <= b.y);
	assert.ok(Math.abs(ribbons[0].high + ribbons[1].high - 0.7) < 1e-9 && ribbons[1].end >= ribbons[0].end + ribbons[0].high - 1e-9);
});
