/* Charts: each is a canvas that draws itself anew when its size, or the colours, change. */

let drawings = [];

/* A canvas of that height, and what draws it: draw(context, width, height, colour). */
function chart(label, height, draw) {
	const canvas = el("canvas", {role: "img", "aria-label": label});

	function redraw() {
		const scale = window.devicePixelRatio || 1, c = canvas.getContext("2d");

		if (!canvas.clientWidth)
			return;
		canvas.width = canvas.clientWidth * scale;
		canvas.height = height * scale;
		c.scale(scale, scale);
		c.font = "12px system-ui, sans-serif";
		c.textBaseline = "middle";
		draw(c, canvas.clientWidth, height, colours());
	}
	canvas.style.height = height + "px";
	new ResizeObserver(redraw).observe(canvas);
	drawings.push(redraw);
	return canvas;
}

const LEFT = 64, BELOW = 20;

/* Times below, and what a time is at. */
function drawTimes(c, span, width, height, colour) {
	const {step, ticks} = ticksOf({from: 0, to: span}, Math.max(2, width / 120));
	const x = (time) => LEFT + time / span * (width - LEFT);

	for (const time of ticks) {
		c.fillStyle = colour("line");
		c.fillRect(x(time), 0, 1, height - BELOW);
		c.fillStyle = colour("faint");
		c.textAlign = x(time) > width - 40 ? "right" : "left";
		c.fillText(tickText(time, step), x(time), height - BELOW / 2);
	}
	c.textAlign = "left";
	return x;
}

const COLOUR_OF = {fresh: "fresh", rereports: "again", ambiguous: "timeout", unknown: "line", useful: "ready", handed: "slept", timed: "timeout",
	wasted: "error", refused: "interrupted", failed_io: "wrong", absorbed: "empty", slept_on: "torun", early: "io", pending: "run"};

function swatches(names) {
	return el("ul", {class: "legend"}, names.map((name) => el("li", null,
		el("span", {class: "swatch", style: `background: var(--${COLOUR_OF[name]})`}), name)));
}

/* Parts of a whole in each interval, on top of one another. */
function stacked(run, title, object, names) {
	const series = seriesOf(run, object, names);

	if (!series.most)
		return el("p", {class: "faint"}, `${say(title)}: ${say("none")}`);
	const sums = series.names.map((name) => `${name} ${countText(run.interval.reduce((sum, o) => sum + (o[object] ? o[object][name] : 0), 0))}`);

	return [el("h4", null, say(title)), swatches(series.names), chart(`${say(title)}: ${sums.join(", ")}`, 150, (c, width, height, colour) => {
		const x = drawTimes(c, series.points[series.points.length - 1].to, width, height, colour);

		c.fillStyle = colour("faint");
		c.fillText(countText(series.most) + say("each_second"), 0, 8);
		for (const {from, to, values} of series.points) {
			let y = height - BELOW;

			values.forEach((value, i) => {
				const high = value / series.most * (height - BELOW);

				c.fillStyle = colour(COLOUR_OF[series.names[i]]);
				c.fillRect(x(from), y - high, Math.max(1, x(to) - x(from) - 1), high);
				y -= high;
			});
		}
	})];
}

function showOverTime() {
	return beside((run) => [stacked(run, "reports_over", "interests", JUDGED), stacked(run, "wakes_over", "wakes", USES)]);
}

const CELL = 13;

/* A latency over time; its rows are powers of two, the darker a cell the more there were. */
function heat(run, stage) {
	const {cells, most, span} = heatOf(run, stage), [first, last] = powersOf(runs, stage);
	const under = el("p", {class: "faint", role: "status"}, say("heat_hover"));
	const y = (power) => (last - power) * CELL;
	const canvas = chart(say("heat_of", stage, run.name, nsText(2 ** first), nsText(2 ** (last + 1))), (last - first + 1) * CELL + BELOW,
		(c, width, height, colour) => {
			const x = drawTimes(c, span, width, height, colour);

			for (const {from, to, power, n} of cells) {
				c.globalAlpha = 0.12 + 0.88 * Math.sqrt(n / most);
				c.fillStyle = colour("link");
				c.fillRect(x(from), y(power), Math.max(1, x(to) - x(from) - 0.5), CELL - 0.5);
			}
			c.globalAlpha = 1;
			c.fillStyle = colour("faint");
			for (let power = first; power <= last; power += 2)
				c.fillText(nsText(2 ** power), 0, y(power) + CELL / 2);
		});

	canvas.addEventListener("pointermove", (e) => {
		const time = (e.offsetX - LEFT) / (canvas.clientWidth - LEFT) * span, power = last - Math.floor(e.offsetY / CELL);
		const cell = cells.find((o) => o.from <= time && time < o.to && o.power === power);

		under.textContent = cell ? say("heat_cell", secondsText(cell.from), secondsText(cell.to), nsText(2 ** power), nsText(2 ** (power + 1)),
			countText(cell.n)) : say("heat_hover");
	});
	return cells.length ? [canvas, under] : el("p", {class: "faint"}, say("none"));
}

/* What a wakeup consists of, in all of the run. */
function stageRows(run) {
	const s = run.summary || {};

	return [...Object.entries(s.wakeup_ns || {}), ["service_ns", s.service_ns], ["busy_ns", s.busy_ns]]
		.filter(([, o]) => o && o.count).map(([name, o]) => ({name, ...o}));
}

function showLatency() {
	const stages = stagesOf(runs), maps = el("div");
	const buttons = stages.map((stage) => el("button", {type: "button", click: () => choose(stage)}, stage));

	function choose(stage) {
		buttons.forEach((button, i) => button.setAttribute("aria-pressed", stages[i] === stage));
		maps.replaceChildren(beside((run) => heat(run, stage)));
	}

	if (!stages.length)
		return null;
	choose(stages.includes("wakeup") ? "wakeup" : stages[0]);
	return [el("p", {class: "faint"}, say("heat_is")), el("div", {class: "tools", role: "group", "aria-label": say("latency")}, buttons), maps,
		beside((run) => table(say("latency"), stageRows(run), {columns: ["name", "count", "p50", "p90", "p99", "max"],
			texts: Object.fromEntries(["p50", "p90", "p99", "max"].map((name) => [name, (n) => n === null ? "-" : nsText(n)]))}))];
}

/* Nodes from left to right, and ribbons between them as thick as there are many. */
function flows(label, links, name = (node) => node) {
	const {nodes, ribbons, layers} = placesOf(links), wide = 10;
	const said = links.map(({from, to, n}) => `${name(from)} → ${name(to)} ${n}`).join(", ");

	return chart(`${label}: ${said}`, Math.max(180, 22 * Math.max(...nodes.map((o) => nodes.filter((p) => p.layer === o.layer).length))),
		(c, width, height, colour) => {
			const x = (layer) => layer / (layers - 1) * (width - wide), y = (share) => 4 + share * (height - 8);

			for (const {from, to, high, y: begin, end} of ribbons) {
				const a = x(from.layer) + wide, b = x(to.layer), middle = (a + b) / 2;

				c.globalAlpha = 0.35;
				c.strokeStyle = colour(COLOUR_OF[to.name] || "link");
				c.lineWidth = Math.max(1, high * (height - 8));
				c.beginPath();
				c.moveTo(a, y(begin + high / 2));
				c.bezierCurveTo(middle, y(begin + high / 2), middle, y(end + high / 2), b, y(end + high / 2));
				c.stroke();
			}
			c.globalAlpha = 1;
			for (const o of nodes) {
				const last = o.layer === layers - 1;

				c.fillStyle = colour(COLOUR_OF[o.name] || "link");
				c.fillRect(x(o.layer), y(o.y), wide, Math.max(2, o.high * (height - 8)));
				c.fillStyle = colour("ink");
				c.textAlign = last ? "right" : "left";
				c.fillText(`${harmless(name(o.name))} ${countText(Math.max(o.into, o.out))}`, x(o.layer) + (last ? -5 : wide + 5),
					Math.min(height - 8, y(o.y + o.high / 2)), width / layers);
			}
		});
}

function showWakes() {
	return beside((run) => {
		const wakes = run.summary && run.summary.wakes, pairs = wakersOf(run, say("others"));

		if (!wakes || !wakes.total)
			return el("p", {class: "faint"}, say("none"));
		return [el("h4", null, say("ledger")), flows(say("ledger"), ledgerOf(wakes), (node) => node === "total" ? say("all_wakes") : node),
			el("h4", null, say("who")),
			pairs.length ? [flows(say("who"), pairs), el("p", {class: "faint"},
				say("who_of", countText(pairs.reduce((sum, {n}) => sum + n, 0)), countText(wakes.total)))] :
				el("p", {class: "faint"}, say("no_wakes"))];
	});
}

/* The colours are others: all is drawn anew. */
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
	drawings.forEach((draw) => draw());
	runs.forEach((run) => run.timeline && run.timeline.draw());
});
