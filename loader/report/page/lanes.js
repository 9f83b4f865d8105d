/* The lanes of the timeline, and what is in them at a time. Nothing here touches the document. */

/* Each thread, and each process to which something happened by no thread, in the order of their first event. */
function lanesOf(run) {
	const lanes = new Map();

	function lane(o) {
		const key = o.tid || "process " + o.pid;

		if (!lanes.has(key))
			lanes.set(key, {pid: o.pid, tid: o.tid, comm: o.comm, waits: [], calls: [], marks: [], slots: [], verdicts: []});
		return lanes.get(key);
	}
	for (const o of run.lanes)
		Object.assign(lane(o), {slots: o.slots, verdicts: o.verdicts});
	for (const e of run.event) {
		const to = lane(e), item = {from: e.at - (e.duration_ns || 0), to: e.at, e};

		to.comm = e.comm;
		(e.event === "wait" ? to.waits : e.event === "io" ? to.calls : to.marks).push(item);
	}
	return [...lanes.values()];
}

function laneName(lane) {
	return lane.tid ? `${lane.comm} ${lane.tid}` : `process ${lane.pid}`;
}

/* The times around which all events are shown: [from, to] each, apart from one another. */
function windowsOf(recording) {
	const windows = [];

	if (recording.width_ns === null)
		return [[-Infinity, Infinity]];
	for (const place of recording.places) {
		const last = windows[windows.length - 1], from = place - recording.width_ns;

		if (last && from <= last[1])
			last[1] = place + recording.width_ns;
		else
			windows.push([from, place + recording.width_ns]);
	}
	return windows;
}

function windowAt(windows, time) {
	return windows.find(([from, to]) => from <= time && time <= to);
}

/* The turns of a lane: the time between two waits, where all between them is shown. */
function turnsOf(lane, windows) {
	const turns = [];

	for (let i = 1; i < lane.waits.length; i++) {
		const from = lane.waits[i - 1].to, to = lane.waits[i].from, seen = windowAt(windows, from);

		if (seen && to <= seen[1] && from < to)
			turns.push({from, to});
	}
	return turns;
}

/* The first of a list, which is sorted by its ends, that ends at that time or later. */
function firstAt(items, time) {
	let low = 0, high = items.length;

	while (low < high) {
		const middle = (low + high) >> 1;

		if (items[middle].to < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

function itemsIn(items, from, to) {
	let end = firstAt(items, from);
	const begin = end;

	while (end < items.length && items[end].from <= to)
		end++;
	return items.slice(begin, end);
}

/* What a time is spent on, in the order in which it is stacked. */
const KINDS = ["turn", "io", "ready", "slept", "empty", "timeout", "interrupted", "error", "to_run"];

/* Adds a time that is spent so to each of n columns that it lies in; each column is that many ns. */
function spend(columns, kind, from, to, view, share = 1) {
	const n = columns[kind].length, wide = (view.to - view.from) / n;
	const first = Math.max(0, Math.floor((from - view.from) / wide)), last = Math.min(n - 1, Math.floor((to - view.from) / wide));

	for (let i = first; i <= last; i++) {
		const begin = view.from + i * wide;
		const part = Math.min(to, begin + wide) - Math.max(from, begin);

		columns[kind][i] += share * Math.max(part, 0) / wide;
	}
}

/* Calls are made in turns: what is left of these; and no more than there is. */
function settle(columns, i) {
	columns.turn[i] = Math.max(0, columns.turn[i] - columns.io[i]);

	const sum = KINDS.reduce((all, kind) => all + columns[kind][i], 0);

	for (const kind of KINDS)
		columns[kind][i] /= Math.max(1, sum);
}

/* How the time of each column is spent, as shares of it, by the kinds: of the events, and of the slots where there
 * are no events. */
function columnsOf(lane, view, n, windows, slot_ns) {
	const columns = Object.fromEntries(KINDS.map((kind) => [kind, new Float64Array(n)]));

	for (const [at, waited, to_run, io, events, ...waits] of lane.slots) {
		const from = at * slot_ns, to = from + slot_ns, seen = windowAt(windows, from);

		if (to < view.from || from > view.to || (seen && to <= seen[1]))
			continue;
		const sum = waits.reduce((a, b) => a + b, 0), share = (ns) => Math.min(1, ns / slot_ns);

		if (!sum)
			spend(columns, "slept", from, to, view, share(waited));
		waits.forEach((count, v) => count && spend(columns, lane.verdicts[v], from, to, view, share(waited - to_run) * count / sum));
		spend(columns, "to_run", from, to, view, share(to_run));
		spend(columns, "io", from, to, view, share(io));
		spend(columns, "turn", from, to, view, events || waited ? share(Math.max(0, slot_ns - waited)) : 0);
	}
	for (const {from, to, e} of itemsIn(lane.waits, view.from, view.to)) {
		spend(columns, e.verdict, from, to - e.to_run_ns, view);
		spend(columns, "to_run", to - e.to_run_ns, to, view);
	}
	for (const {from, to} of itemsIn(lane.calls, view.from, view.to))
		spend(columns, "io", from, to, view);
	for (const {from, to} of itemsIn(lane.turns, view.from, view.to))
		spend(columns, "turn", from, to, view);
	for (let i = 0; i < n; i++)
		settle(columns, i);
	return columns;
}

/* Times that are round, about so many of them. */
function ticksOf(view, about) {
	const raw = (view.to - view.from) / about, ten = 10 ** Math.floor(Math.log10(raw));
	const step = [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= raw);
	const first = Math.ceil(view.from / step) * step, n = Math.floor((view.to - first) / step) + 1 || 0;

	return {step, ticks: Array.from({length: n}, (_, i) => first + i * step)};
}

/* A time as a tick says it: with as many digits as the step needs. */
function tickText(time, step) {
	return (time / 1e9).toFixed(Math.max(0, Math.min(9, 9 - Math.floor(Math.log10(step) + 1e-9)))) + " s";
}

/* A part of a view, no shorter than 100 ns, that lies within the run. */
function viewWithin(from, to, span) {
	const long = Math.min(Math.max(to - from, 100), span), begin = Math.min(Math.max(from, 0), span - long);

	return {from: begin, to: begin + long};
}

const SAID_ELSEWHERE = ["type", "schema", "time_ns", "at", "event", "lost"];

function valueText(name, value) {
	if (value === null || value === "")
		return "-";
	if (Array.isArray(value))
		return value.join(", ");
	if (typeof value === "object")
		return `fd ${value.fd} ${value.kind} ${value.peer}`.trim();
	return name.endsWith("_ns") ? nsText(value) : String(value);
}

/* All that is told of an event: names and values. */
function toldOf(e) {
	return [["event", e.event], ["at", tickText(e.at, 1)],
		...Object.entries(e).filter(([name]) => !SAID_ELSEWHERE.includes(name)).map(([name, value]) => [name, valueText(name, value)])];
}
