/* Elements of the page, and tables that sort and filter. Text goes in as text, never as markup. */

function el(tag, attributes, ...children) {
	const e = document.createElement(tag);

	for (const [name, value] of Object.entries(attributes || {})) {
		if (typeof value === "function")
			e.addEventListener(name, value);
		else if (value !== null && value !== false)
			e.setAttribute(name, value === true ? "" : value);
	}
	for (const child of children.flat(Infinity))
		if (child !== null && child !== undefined)
			e.append(child instanceof Node ? child : harmless(child));
	return e;
}

/* A row of a table: each scalar by its name, objects flattened, lists left out. */
function cells(row, path = "", into = {}) {
	for (const [key, value] of Object.entries(row)) {
		const name = path ? path + "." + key : key;

		if (key === "errors" || key === "flags")
			into[name] = Object.entries(value).filter(([, n]) => n).map(([word, n]) => word + " " + n).join(" ");
		else if (value && typeof value === "object" && !Array.isArray(value))
			cells(value, name, into);
		else if (!Array.isArray(value))
			into[name] = value;
	}
	return into;
}

function cellText(name, value) {
	if (value === null || value === undefined || value === "")
		return "-";
	if (!isNumber(value))
		return String(value);
	return /(^|\.|_)(tid|pid|fd|sender|part)$/.test(name) ? String(value) : isTime(name) ? nsText(value) : countText(value);
}

function compareCells(a, b) {
	const none = (v) => v === null || v === undefined || v === "";

	if (none(a) || none(b))
		return none(a) - none(b);
	return isNumber(a) && isNumber(b) ? b - a : String(a).localeCompare(String(b));
}

/* A table of rows that are alike. As it is asked for: columns, the names of their cells; labels and texts, where
 * what is shown of a name or a value is another one. */
function table(caption, rows, {columns = null, labels = {}, texts = {}} = {}) {
	const flat = rows.map((row) => cells(row));
	const names = columns || [...new Set(flat.flatMap(Object.keys))].filter((name) => flat.some((row) => row[name]));
	const body = el("tbody"), shown = el("span", {class: "faint", role: "status"});
	const filter = el("input", {type: "search", "aria-label": say("filter") + ": " + caption, placeholder: say("filter"), input: fill});
	const numbers = names.filter((name) => flat.some((row) => isNumber(row[name])));
	const heads = names.map((name) => {
		const button = el("button", {type: "button", click: () => sort(name)}, labels[name] || name);

		return el("th", {scope: "col", class: numbers.includes(name) ? "number" : null}, button);
	});
	let sorted = null, turned = false;

	function text(row, name) {
		return texts[name] ? texts[name](row[name], row) : cellText(name, row[name]);
	}

	function sort(name) {
		turned = sorted === name && !turned;
		sorted = name;
		flat.sort((a, b) => (turned ? -1 : 1) * compareCells(a[name], b[name]));
		heads.forEach((head, i) => {
			if (names[i] === name)
				head.setAttribute("aria-sort", numbers.includes(name) !== turned ? "descending" : "ascending");
			else
				head.removeAttribute("aria-sort");
		});
		fill();
	}

	function fill() {
		const sought = filter.value.toLowerCase();
		const kept = flat.filter((row) => names.some((name) => text(row, name).toLowerCase().includes(sought)));

		body.replaceChildren(...kept.map((row) => el("tr", null, names.map((name) =>
			el("td", {class: numbers.includes(name) ? "number" : text(row, name).length > 40 ? "long" : null}, text(row, name))))));
		shown.textContent = say("rows", kept.length, flat.length);
	}

	fill();
	return el("div", null, el("div", {class: "tools"}, filter, shown),
		el("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": caption},
			el("table", null, el("thead", null, el("tr", null, heads)), body)));
}

/* One that opens. */
function folded(caption, rows, open, wish) {
	return rows.length ? el("details", {open}, el("summary", null, `${caption} (${rows.length})`),
		table(caption, rows, wish)) : null;
}
