/* The timeline of a run: lanes of threads on a canvas. It is moved by the wheel, by keys, by dragging and by pinching. */

const LANE = 30, BAR = 20, AXIS = 22;
const MOST_ARROWS = 300;

function colours() {
	const style = getComputedStyle(document.documentElement);

	return (name) => style.getPropertyValue("--" + name.replace("_", "")).trim();
}

class Timeline {
	constructor(run) {
		this.run = run;
		this.span = run.recording.span_ns || 1;
		this.windows = windowsOf(run.recording);
		this.lanes = lanesOf(run);
		this.lanes.forEach((lane) => { lane.turns = turnsOf(lane, this.windows); });
		this.view = run.view || {from: 0, to: this.span};
		this.lane = 0;
		this.chosen = null;
		this.places = run.findings.map((f) => placeOf(run, f)).filter(Boolean);
		this.pointers = new Map();
		this.canvas = el("canvas", {tabindex: 0, role: "application", "aria-label": say("timeline_of", run.name, this.lanes.length),
			"aria-describedby": "timeline-keys", keydown: (e) => this.key(e), pointerdown: (e) => this.down(e), pointermove: (e) => this.move(e),
			pointerup: (e) => this.up(e), pointercancel: (e) => this.up(e), wheel: (e) => this.wheel(e)});
		this.told = el("dl", {class: "told", role: "status"});
		this.element = el("div", {class: "timeline"}, this.tools(), el("div", {class: "lanes"}, this.canvas), this.told);
		this.tell(null);
		new ResizeObserver(() => this.draw()).observe(this.canvas.parentNode);
	}

	tools() {
		const button = (text, label, act) => el("button", {type: "button", "aria-label": label, title: label, click: act}, text);

		return el("div", {class: "tools"}, button("+", say("closer"), () => this.zoom(0.5)), button("−", say("farther"), () => this.zoom(2)),
			button("◀", say("earlier"), () => this.pan(-0.3)), button("▶", say("later"), () => this.pan(0.3)),
			button(say("whole"), say("whole"), () => this.show(0, this.span)));
	}

	get width() {
		return this.canvas.clientWidth;
	}

	get label() {
		return this.width < 600 ? 76 : 150;
	}

	x(time) {
		return this.label + (time - this.view.from) / (this.view.to - this.view.from) * (this.width - this.label);
	}

	time(x) {
		return this.view.from + (x - this.label) / (this.width - this.label) * (this.view.to - this.view.from);
	}

	show(from, to) {
		this.view = this.run.view = viewWithin(from, to, this.span);
		this.draw();
	}

	zoom(by, at = (this.view.from + this.view.to) / 2) {
		this.show(at - (at - this.view.from) * by, at + (this.view.to - at) * by);
	}

	pan(by) {
		const long = this.view.to - this.view.from;

		this.show(this.view.from + by * long, this.view.to + by * long);
	}

	/* Where a finding is: a part of the run around it, on the lane of its thread. */
	go({at, tid}) {
		const around = Math.min(5e6, this.span / 20);

		this.lane = Math.max(0, this.lanes.findIndex((lane) => lane.tid === tid));
		this.show(at - around, at + around);
		this.canvas.scrollIntoView({block: "center"});
		this.canvas.focus({preventScroll: true});
		this.tell(null);
	}

	key(e) {
		const acts = {
			ArrowLeft: () => this.pan(-0.1), ArrowRight: () => this.pan(0.1), "+": () => this.zoom(0.5), "=": () => this.zoom(0.5),
			"-": () => this.zoom(2), 0: () => this.show(0, this.span), Home: () => this.show(0, this.view.to - this.view.from),
			End: () => this.show(this.span - (this.view.to - this.view.from), this.span),
			ArrowUp: () => this.choose(-1), ArrowDown: () => this.choose(1), n: () => this.step(1), p: () => this.step(-1),
		};

		if (!acts[e.key] || e.ctrlKey || e.altKey || e.metaKey)
			return;
		e.preventDefault();
		acts[e.key]();
	}

	choose(by) {
		this.lane = Math.max(0, Math.min(this.lanes.length - 1, this.lane + by));
		this.chosen = null;
		this.tell(null);
		this.draw();
	}

	/* To the next event of the lane, or the one before: from the chosen one, or from the middle of what is seen. */
	step(by) {
		const lane = this.lanes[this.lane];
		const all = lane ? [...lane.waits, ...lane.calls, ...lane.marks].sort((a, b) => a.to - b.to) : [];
		const middle = (this.view.from + this.view.to) / 2;
		const at = this.chosen ? all.indexOf(this.chosen) + by : by > 0 ? firstAt(all, middle) : firstAt(all, middle) - 1;

		if (!all[at])
			return;
		this.chosen = all[at];
		this.tell(this.chosen.e);
		if (this.chosen.to < this.view.from || this.chosen.to > this.view.to)
			this.show(this.chosen.to - (this.view.to - this.view.from) / 2, this.chosen.to + (this.view.to - this.view.from) / 2);
		this.draw();
	}

	/* The page scrolls over a timeline that nobody has clicked on. */
	wheel(e) {
		if (document.activeElement !== this.canvas && !e.ctrlKey)
			return;
		e.preventDefault();
		if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY))
			this.pan((e.deltaX || e.deltaY) / this.width);
		else
			this.zoom(1.002 ** e.deltaY, this.time(e.offsetX));
	}

	down(e) {
		this.pointers.set(e.pointerId, e.offsetX);
		this.canvas.setPointerCapture(e.pointerId);
		this.moved = false;
	}

	move(e) {
		const before = this.pointers.get(e.pointerId);

		if (before === undefined) {
			this.hover(e);
			return;
		}
		const others = [...this.pointers].filter(([id]) => id !== e.pointerId).map(([, x]) => x);

		this.pointers.set(e.pointerId, e.offsetX);
		if (others.length)
			this.zoom(Math.min(4, Math.abs(before - others[0]) / Math.max(1, Math.abs(e.offsetX - others[0]))), this.time((e.offsetX + others[0]) / 2));
		else
			this.pan((before - e.offsetX) / (this.width - this.label));
		this.moved ||= Math.abs(before - e.offsetX) > 1;
	}

	up(e) {
		this.pointers.delete(e.pointerId);
		if (this.moved)
			return;
		const found = this.itemAt(e.offsetX, e.offsetY);

		this.lane = Math.max(0, Math.min(this.lanes.length - 1, Math.floor((e.offsetY - AXIS) / LANE)));
		this.chosen = found;
		this.tell(found && found.e);
		this.draw();
	}

	hover(e) {
		const found = this.itemAt(e.offsetX, e.offsetY);

		if (found || !this.chosen)
			this.tell(found && found.e);
	}

	/* What is drawn there: marks lie above calls, calls above waits. */
	itemAt(x, y) {
		const lane = this.lanes[Math.floor((y - AXIS) / LANE)], near = this.time(x + 3) - this.time(x);
		const time = this.time(x);

		if (!lane || x < this.label)
			return null;
		for (const items of [lane.marks, lane.calls, lane.waits]) {
			const found = itemsIn(items, time - near, time + near);

			if (found.length)
				return found.reduce((a, b) => Math.abs(a.to - time) < Math.abs(b.to - time) ? a : b);
		}
		return null;
	}

	tell(e) {
		const lane = this.lanes[this.lane];

		this.told.replaceChildren(...(e ? toldOf(e).map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value))) :
			[el("div", null, el("dt", null, say("nothing_chosen")), el("dd", null, lane ? laneName(lane) : "-"))]));
	}

	draw() {
		const height = AXIS + this.lanes.length * LANE, scale = window.devicePixelRatio || 1, c = this.canvas.getContext("2d");

		if (!this.width)
			return;
		this.canvas.style.height = height + "px";
		this.canvas.width = this.width * scale;
		this.canvas.height = height * scale;
		c.scale(scale, scale);
		c.font = "12px system-ui, sans-serif";
		c.textBaseline = "middle";
		this.c = c;
		this.colour = colours();
		this.drawAxis(height);
		this.lanes.forEach((lane, i) => this.drawLane(lane, AXIS + i * LANE));
		this.drawArrows();
		this.drawPlaces(height);
		this.lanes.forEach((lane, i) => this.drawLabel(lane, i));
	}

	fill(name, x, y, width, height) {
		this.c.fillStyle = this.colour(name);
		this.c.fillRect(x, y, width, height);
	}

	drawAxis(height) {
		const {step, ticks} = ticksOf(this.view, Math.max(2, this.width / 140));

		for (const time of ticks) {
			this.fill("line", this.x(time), 0, 1, height);
			this.c.fillStyle = this.colour("faint");
			this.c.fillText(tickText(time, step), this.x(time) + 3, AXIS / 2);
		}
	}

	drawLabel(lane, i) {
		const y = AXIS + i * LANE;

		this.fill(i === this.lane ? "mark" : "paper", 0, y, this.label - 4, LANE - 1);
		this.c.save();
		this.c.beginPath();
		this.c.rect(0, y, this.label - 6, LANE - 1);
		this.c.clip();
		this.c.fillStyle = this.colour("ink");
		this.c.fillText(harmless(laneName(lane)), 4, y + LANE / 2);
		this.c.restore();
	}

	drawLane(lane, y) {
		const n = Math.max(1, Math.floor(this.width - this.label));
		const waits = itemsIn(lane.waits, this.view.from, this.view.to), calls = itemsIn(lane.calls, this.view.from, this.view.to);

		this.fill("line", this.label, y + LANE - 1, this.width, 1);
		if (waits.length + calls.length > n / 2 || this.windows[0][0] !== -Infinity)
			this.drawColumns(columnsOf(lane, this.view, n, this.windows, this.run.recording.slot_ns), n, y + 5);
		if (waits.length + calls.length <= n / 2)
			this.drawItems(lane, waits, calls, y + 5);
		for (const mark of itemsIn(lane.marks, this.view.from, this.view.to).slice(0, 4 * n))
			this.drawMark(mark.e, this.x(mark.to), y);
	}

	drawColumns(columns, n, y) {
		for (let i = 0; i < n; i++) {
			let bottom = y + BAR;

			for (const kind of KINDS) {
				const high = columns[kind][i] * BAR;

				if (high > 0.2)
					this.fill(kind === "turn" ? "run" : kind, this.label + i, bottom - high, 1, high);
				bottom -= high;
			}
		}
	}

	drawItems(lane, waits, calls, y) {
		const box = (name, {from, to}, top, high) => this.fill(name, Math.max(this.label, this.x(from)), top,
			Math.max(1, this.x(to) - Math.max(this.label, this.x(from))), high);

		for (const turn of itemsIn(lane.turns, this.view.from, this.view.to))
			box("run", turn, y + 6, BAR - 12);
		for (const wait of waits) {
			box(wait.e.verdict, wait, y, BAR);
			if (wait.e.to_run_ns)
				box("torun", {from: wait.to - wait.e.to_run_ns, to: wait.to}, y, BAR);
		}
		for (const call of calls)
			box(call.e.verdict === "ready" ? "io" : call.e.verdict, call, y + 3, BAR - 6);
	}

	/* Reports hang from above, what happens to descriptors and threads stands below; what findings rest on is larger. */
	drawMark(e, x, y) {
		const loud = ["left", "late", "goes_on"].includes(e.event);
		const name = e.event === "report" ? e.judged === "again" ? "again" : "fresh" : loud ? "wrong" : e.event === "ready" ? "slept" : "faint";

		if (x < this.label)
			return;
		if (e.event === "report")
			this.fill(name, x - 1, y, 2, 6);
		else if (loud)
			this.fill(name, x - 3, y, 6, LANE - 2);
		else
			this.fill(name, x - 1, y + LANE - 7, 2, 6);
	}

	/* From the thread that woke to the one that was woken, while they can be told apart. */
	drawArrows() {
		const rows = new Map(this.lanes.map((lane, i) => [lane.tid, AXIS + i * LANE + LANE / 2]));
		const wakes = this.lanes.flatMap((lane) => itemsIn(lane.marks, this.view.from, this.view.to))
			.filter(({e}) => e.event === "wake" && e.waker_tid && rows.has(e.waker_tid) && e.waker_tid !== e.tid);

		if (wakes.length > MOST_ARROWS)
			return;
		this.c.strokeStyle = this.colour("ink");
		for (const {to, e} of wakes) {
			const x = this.x(to), y = rows.get(e.tid), up = rows.get(e.waker_tid) > y ? 4 : -4;

			this.c.beginPath();
			this.c.moveTo(x, rows.get(e.waker_tid));
			this.c.lineTo(x, y);
			this.c.lineTo(x - 3, y + up);
			this.c.moveTo(x, y);
			this.c.lineTo(x + 3, y + up);
			this.c.stroke();
		}
	}

	drawPlaces(height) {
		for (const {at} of this.places)
			if (this.x(at) >= this.label)
				this.fill("wrong", this.x(at), 0, 1.5, height);
		if (this.chosen && this.x(this.chosen.to) >= this.label)
			this.fill("link", this.x(this.chosen.to), AXIS - 6, 1.5, height);
	}
}

const LEGEND = ["slept", "ready", "empty", "timeout", "interrupted", "error", "to_run", "turn", "io", "fresh", "again", "found"];

function legend() {
	return el("ul", {class: "legend"}, LEGEND.map((name) => el("li", null,
		el("span", {class: "swatch", style: `background: var(--${{to_run: "torun", turn: "run", found: "wrong"}[name] || name})`}), say("is_" + name))));
}

function showTimeline() {
	if (runs.every((run) => !run.event.length))
		return el("p", {class: "faint"}, say(runs.some((run) => run.packed) ? "old_browser" : "no_events"));
	return [legend(), el("p", {class: "faint", id: "timeline-keys"}, say("keys")), runs.map((run) => {
		run.timeline = run.event.length ? new Timeline(run) : null;
		return [runs.length > 1 ? el("h3", null, run.name) : null,
			run.timeline ? run.timeline.element : el("p", {class: "faint"}, say("no_events"))];
	})];
}
