/* What the page has of a run, read out of its lines. Nothing here touches the document. */

/* Times and numbers as wakelab prints them. */
function nsText(ns) {
	const units = [["ns", 1], ["us", 1e3], ["ms", 1e6], ["s", 1e9]];
	let at = 0;

	while (at + 1 < units.length && Math.abs(ns) >= 999.5 * units[at][1])
		at++;
	const value = ns / units[at][1];

	return (at && Math.abs(value) < 9.95 ? value.toFixed(1) : value.toFixed(0)) + units[at][0];
}

function countText(n) {
	if (!Number.isInteger(n))
		return Math.abs(n) >= 100 ? countText(Math.round(n)) : n.toPrecision(3);
	return String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

function secondsText(ns) {
	return (ns / 1e9).toFixed(3) + " s";
}

/* Whatever is not to be seen, or turns text around, is told by its number. */
function harmless(text) {
	return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
		(c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

/* Lines of this page alone: "wakelab replay" does not print them. */
const OWN_LINES = ["recording", "spread"];

/* A run of its lines: what there is once by its type, what there may be more of as a list. */
function readRun(text) {
	const run = {interval: [], spread: [], finding: [], stall: [], event: [], lanes: [], lines: []};

	for (const line of text.split("\n")) {
		if (!line.trim())
			continue;
		const o = JSON.parse(line);

		if (Array.isArray(run[o.type]))
			run[o.type].push(o);
		else
			run[o.type] = o;
		if (!OWN_LINES.includes(o.type))
			run.lines.push(line);
	}
	run.name = run.recording.file;
	run.findings = run.summary ? run.summary.findings : run.finding;
	return run;
}

/* Adds the events, and what lanes did in slots, which stands behind the line of each. */
function readEvents(run, text) {
	const start = BigInt(run.recording.start_ns);

	for (const line of text.split("\n")) {
		const o = line && JSON.parse(line);

		if (Array.isArray(o)) {
			run.lanes[run.lanes.length - 1].slots = o;
		} else if (o && o.type === "lane") {
			run.lanes.push(o);
		} else if (o) {
			/* more digits than a number has */
			o.at = Number(BigInt(/"time_ns":(\d+)/.exec(line)[1]) - start);
			run.event.push(o);
			run.lines.push(line);
		}
	}
}

function isNumber(value) {
	return typeof value === "number";
}

/* The numbers in an object, by their path; of the list of calls by their names. */
function flatten(o, path = "", into = new Map()) {
	for (const [key, value] of Object.entries(o || {})) {
		const name = path ? path + "." + key : key;

		if (isNumber(value))
			into.set(name, value);
		else if (key === "syscalls")
			value.forEach((row) => flatten(row, name + "." + row.name, into));
		else if (value && typeof value === "object" && !Array.isArray(value))
			flatten(value, name, into);
	}
	["schema", "elapsed_ns"].forEach((name) => path || into.delete(name));
	return into;
}

/* "× 2.5", "÷ 4" */
function ratioText(ratio) {
	if (!ratio || !isFinite(ratio))
		return "-";
	return ratio >= 1 ? "× " + countText(ratio) : "÷ " + countText(1 / ratio);
}

const MEASURES = ["p50", "p99"];

function isTime(name) {
	return /_ns(\.|$)/.test(name) && !name.endsWith(".count");
}

/* Said by others of the same, or not of the same in two runs. */
const LEFT_OUT = /^events\.|\.(sum|min|max|p90|p999)$|_ns\.count$/;

/* How two runs differ in each number that one of them has: counts are those of a second. chance: how many
 * deviations they differ by, as counts do by chance. */
function differences(one, other) {
	const seconds = [one, other].map((run) => (run.summary ? run.summary.elapsed_ns : run.recording.span_ns) / 1e9 || 1);
	const [a, b] = [one, other].map((run) => flatten(run.summary));
	const rows = [];

	for (const name of new Set([...a.keys(), ...b.keys()])) {
		const measure = MEASURES.includes(name.split(".").pop()) || name.startsWith("left_l");
		const counts = [a.get(name) || 0, b.get(name) || 0];

		if ((measure && !(counts[0] && counts[1])) || !(counts[0] || counts[1]) || LEFT_OUT.test(name))
			continue;
		const values = counts.map((n, i) => measure ? n : n / seconds[i]);
		const expected = (counts[0] + counts[1]) / (seconds[0] + seconds[1]);
		const chance = measure || isTime(name) ? Infinity :
			Math.abs(values[1] - values[0]) / Math.sqrt(expected / seconds[0] + expected / seconds[1]);

		rows.push({name, a: values[0], b: values[1], ratio: values[1] / values[0], chance, measure});
	}
	return rows.sort((x, y) => off(y) - off(x));
}

/* How far a ratio is from 1, to either side. */
function off(row) {
	return Math.abs(Math.log(row.ratio));
}

function differs(row) {
	return off(row) > Math.log(1.1) && row.chance > 4;
}

function isAbout(subject, o) {
	return o.pid === subject.pid && (subject.fd === null || o.fd === subject.fd || (o.file && o.file.fd === subject.fd));
}

/* The event that tells most of a finding: of what was late or left the longest, for the same cause. */
function tellingEvent(run, {subject, cause}) {
	const long = (e) => e.late_ns || e.left_ns || 0;
	const told = run.event.filter((e) => ["left", "late", "goes_on"].includes(e.event) && isAbout(subject, e));
	const alike = told.filter((e) => e.why === (cause || "").replace("-", "_"));
	const [most] = (alike.length ? alike : told).sort((a, b) => long(b) - long(a));

	return most && {at: most.at - long(most), tid: most.tid || subject.tid};
}

/* When something was found, and of which thread; null: it has no place on the timeline. */
function placeOf(run, finding) {
	const s = finding.subject;
	const said = run.finding.find((f) => f.id === finding.id && JSON.stringify(f.subject) === JSON.stringify(s));
	const stall = run.stall.find((o) => isAbout(s, o));
	const event = run.event.find((e) => s.tid && e.tid === s.tid);

	if (finding.id === "stall" && stall)
		return {at: stall.elapsed_ns - stall.stalled_ns, tid: stall.tid};
	if (said)
		return {at: said.elapsed_ns, tid: s.tid};
	return s.fd !== null && tellingEvent(run, finding) || (event ? {at: event.at, tid: event.tid} : null);
}
