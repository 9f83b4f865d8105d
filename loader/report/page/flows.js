/* What charts show of a run: series over time, heat, flows. Nothing here touches the document. */

/* What became of wakes, and of reports: parts of a whole, by the names of NDJSON. */
const USES = ["useful", "handed", "timed", "wasted", "refused", "failed_io", "absorbed", "slept_on", "early", "pending"];
const JUDGED = ["fresh", "rereports", "ambiguous", "unknown"];

/* Of each interval, how many of each part there were a second; parts that never were are left out. */
function seriesOf(run, object, names) {
	const intervals = run.interval.filter((o) => o[object] && o.interval_ns);
	const kept = names.filter((name) => intervals.some((o) => o[object][name]));
	const points = intervals.map((o) => ({from: o.elapsed_ns - o.interval_ns, to: o.elapsed_ns,
		values: kept.map((name) => o[object][name] / (o.interval_ns / 1e9))}));

	return {names: kept, points, most: Math.max(0, ...points.map(({values}) => values.reduce((a, b) => a + b, 0)))};
}

/* The latencies that any of the runs has histograms of. */
function stagesOf(all) {
	return [...new Set(all.flatMap((run) => run.spread.flatMap((o) => Object.keys(o.of))))];
}

/* The powers of two between which a latency lies in all of the runs: [first, last]. */
function powersOf(all, stage) {
	const of = all.flatMap((run) => run.spread.map((o) => o.of[stage]).filter(Boolean));

	return [Math.min(...of.map(({first}) => first)), Math.max(...of.map(({first, counts}) => first + counts.length - 1))];
}

/* The cells of a heat map: how many there were in an interval, from 2^power ns on. */
function heatOf(run, stage) {
	const cells = [];
	let before = 0;

	for (const o of run.spread) {
		const {first, counts} = o.of[stage] || {first: 0, counts: []};

		counts.forEach((n, i) => n && cells.push({from: before, to: o.elapsed_ns, power: first + i, n}));
		before = o.elapsed_ns;
	}
	return {cells, most: Math.max(0, ...cells.map(({n}) => n)), span: before};
}

/* What happened to all wakes: from where they came, and what became of them. */
function ledgerOf(wakes) {
	const links = [];

	for (const [name, n] of Object.entries(wakes.from))
		links.push({layer: 0, from: name, to: "total", n});
	for (const name of USES)
		links.push({layer: 1, from: "total", to: name, n: wakes[name] || 0});
	return links.filter(({n}) => n);
}

const MOST_NODES = 12;

/* Who woke whom, of the wakes that are shown one by one; those who did the least are one. */
function wakersOf(run, rest) {
	const names = new Map(run.event.filter((e) => e.tid).map((e) => [e.tid, `${e.comm} ${e.tid}`]));
	const pairs = new Map(), sums = [new Map(), new Map()];

	for (const e of run.event.filter((o) => o.event === "wake")) {
		const pair = [e.waker_tid ? `${e.waker_comm} ${e.waker_tid}` : e.woken_by || "?", names.get(e.tid)];
		const key = JSON.stringify(pair);

		pairs.set(key, (pairs.get(key) || 0) + 1);
		pair.forEach((name, i) => sums[i].set(name, (sums[i].get(name) || 0) + 1));
	}
	const kept = sums.map((sum) => new Set([...sum].sort((a, b) => b[1] - a[1]).slice(0, MOST_NODES).map(([name]) => name)));
	const joined = new Map();

	for (const [key, n] of pairs) {
		const pair = JSON.stringify(JSON.parse(key).map((name, i) => kept[i].has(name) ? name : rest));

		joined.set(pair, (joined.get(pair) || 0) + n);
	}
	return [...joined].map(([key, n]) => ({layer: 0, from: JSON.parse(key)[0], to: JSON.parse(key)[1], n}));
}

/* Where nodes and ribbons of flows stand, of a height that is 1: layers from left to right. */
function placesOf(links) {
	const layers = [];

	function node(layer, name) {
		layers[layer] = layers[layer] || new Map();
		if (!layers[layer].has(name))
			layers[layer].set(name, {name, layer, into: 0, out: 0});
		return layers[layer].get(name);
	}
	for (const link of links) {
		node(link.layer, link.from).out += link.n;
		node(link.layer + 1, link.to).into += link.n;
	}
	const total = Math.max(...layers.map((layer) => [...layer.values()].reduce((sum, o) => sum + Math.max(o.into, o.out), 0)));

	for (const layer of layers) {
		const gap = layer.size > 1 ? 0.3 / (layer.size - 1) : 0;
		let y = layer.size > 1 ? 0 : 0.15;

		for (const o of [...layer.values()].sort((a, b) => Math.max(b.into, b.out) - Math.max(a.into, a.out))) {
			Object.assign(o, {y, high: 0.7 * Math.max(o.into, o.out) / total, left: 0, right: 0});
			y += o.high + gap;
		}
	}
	const ribbons = links.map((link) => {
		const from = node(link.layer, link.from), to = node(link.layer + 1, link.to), high = 0.7 * link.n / total;
		const ribbon = {...link, from, to, high, y: from.y + from.right, end: to.y + to.left};

		from.right += high;
		to.left += high;
		return ribbon;
	});

	return {nodes: layers.flatMap((layer) => [...layer.values()]), ribbons, layers: layers.length};
}
