/* The sections of the page, one after the other. */

let runs = [];

/* What of each run, beside one another. */
function beside(show) {
	return el("div", {class: "runs"}, runs.map((run, i) => {
		const shown = show(run, i);

		return el("div", null, runs.length > 1 ? el("h3", null, run.name) : null, shown);
	}));
}

function showRan() {
	return beside((run) => {
		const r = run.recording, s = run.start || {};
		const lost = run.summary ? Object.entries(run.summary.lost).filter(([, n]) => n) : [];
		const rows = [
			["command", "wakelab " + r.arguments.replace(/^wakelab /, "")],
			["model", s.model], ["target", s.target], ["load", s.load],
			["kernel", s.kernel && `Linux ${s.kernel}, ${s.tier}`],
			["where", say("on", new Date(r.began_ms).toISOString().slice(0, 19).replace("T", " ") + " UTC", r.host, r.machine, r.cpus)],
			["lasted", secondsText(run.summary ? run.summary.elapsed_ns : r.span_ns)],
			["events", r.events ? r.whole === r.events ? say("all_events", countText(r.events)) :
				say("some_events", countText(r.events), countText(r.whole)) : null]];
		const warnings = [
			r.flaw ? say("cut", r.flaw) : null, r.dropped ? say("dropped", r.dropped) : null,
			r.unlaned ? say("other_threads", countText(r.unlaned)) : null,
			lost.length ? say("lost", lost.map(([what, n]) => `${what} ${n}`).join(", ")) : null];

		return [el("dl", null, rows.filter(([, value]) => value).map(([name, value]) =>
			[el("dt", null, say(name)), el("dd", null, value)])),
			...warnings.filter(Boolean).map((text) => el("p", {class: "warning"}, text))];
	});
}

function showFinding(run, f) {
	const place = run.event.length ? placeOf(run, f) : null;

	return el("article", {class: "finding " + f.weight},
		el("p", null, el("span", {class: "weight"}, say(f.weight)), " · ", f.cause ? `${f.id}, ${f.cause}` : f.id),
		el("p", null, f.text),
		place ? el("button", {type: "button", click: () => run.timeline.go(place)}, say("show", secondsText(place.at))) : null);
}

function showFindings() {
	return beside((run) => run.findings.length ? run.findings.map((f) => showFinding(run, f)) :
		el("p", {class: "fine"}, run.summary && run.summary.nothing_wrong || say("nothing_found")));
}

const MOST_DIFFER = 15;

function showDiffers() {
	if (runs.length < 2)
		return null;
	return el("div", null, runs.slice(1).map((run) => {
		const rows = differences(runs[0], run), kept = rows.filter(differs);
		const value = (n, row) => (isTime(row.name) ? nsText(n) : countText(n)) + (row.measure ? "" : say("each_second"));
		const wish = {
			columns: ["name", "a", "b", "ratio"],
			labels: {name: say("name"), a: runs[0].name, b: run.name, ratio: say("ratio")},
			texts: {a: value, b: value, ratio: ratioText},
		};

		return [el("p", {class: "faint"}, say("differs_is", run.name, runs[0].name)),
			kept.length ? table(say("differs"), kept.slice(0, MOST_DIFFER), wish) : el("p", null, say("same")),
			kept.length > MOST_DIFFER ? folded(say("all_differ"), kept, false, wish) : null,
			folded(say("all_rows"), rows, false, wish)];
	}));
}

const LISTS = ["syscalls", "threads", "wakers", "epolls", "stalled", "listeners", "signals", "fcntl", "evidence"];

function showTables() {
	return beside((run) => {
		const s = run.summary;

		return s ? [el("p", {class: "faint"}, say("zeros")),
			LISTS.map((name) => folded(say(name), s[name] || [], name === "syscalls" || name === "threads")),
			folded(say("interests_busiest"), (s.epolls || []).flatMap((row) => row.busiest || []), false),
			folded(say("counts"), [...flatten(s)].map(([name, value]) => ({name, value})), false,
				{labels: {name: say("name"), value: say("value")}, texts: {value: (n, row) => cellText(row.name, n)}})] : null;
	});
}

function download(run) {
	const link = el("a", {download: run.name.replace(/\.rec$/, "") + ".ndjson"});

	link.href = URL.createObjectURL(new Blob([run.lines.join("\n") + "\n"], {type: "application/x-ndjson"}));
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function showData() {
	return [el("p", {class: "faint"}, say("data_is")),
		el("div", {class: "tools"}, runs.map((run) =>
			el("button", {type: "button", click: () => download(run)}, say("download", run.name))))];
}

/* In the order of the page; what gives null is left out. */
const SECTIONS = {ran: showRan, findings: showFindings, differs: showDiffers, timeline: showTimeline, over: showOverTime, latency: showLatency,
	wakes: showWakes, tables: showTables, data: showData};

function showPage() {
	drawings = [];

	const main = document.getElementById("main"), contents = document.getElementById("contents");
	const button = document.getElementById("language");
	const sections = Object.entries(SECTIONS).map(([name, show]) => [name, show()]).filter(([, shown]) => shown);

	document.documentElement.lang = LANGUAGES[language];
	button.textContent = say("other");
	button.lang = LANGUAGES[1 - language];
	contents.setAttribute("aria-label", say("contents"));
	contents.replaceChildren(el("ul", null, sections.map(([name]) => el("li", null, el("a", {href: "#" + name}, say(name))))));
	main.replaceChildren(...sections.map(([name, shown]) =>
		el("section", {"aria-labelledby": name}, el("h2", {id: name}, say(name)), shown)));
}

function tell(text) {
	document.getElementById("told").textContent = harmless(text);
}

/* Deflated text in base64; null: this browser cannot unpack it. */
async function unpack(base64) {
	if (!base64)
		return "";
	if (typeof DecompressionStream === "undefined")
		return null;
	const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

	return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

async function open() {
	const packed = [...document.querySelectorAll("script.events")].map((e) => e.textContent);

	language = navigator.language.startsWith("zh") ? 1 : 0;
	document.getElementById("language").addEventListener("click", () => {
		language = 1 - language;
		showPage();
	});
	runs = [...document.querySelectorAll("script.run")].map((e) => readRun(e.textContent));
	document.title = runs.map((run) => harmless(run.name)).join(", ") + " · wakelab";
	for (const [i, run] of runs.entries()) {
		const text = await unpack(packed[i]);

		if (text === null)
			run.packed = true;
		else
			readEvents(run, text);
	}
	showPage();
	/* canvases are drawn at the end of the first frame */
	requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.open = "yes"; }));
}

open();
