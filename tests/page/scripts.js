// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The scripts of the page, for node: gives what some of them define. */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const PAGE = path.join(__dirname, "..", "..", "loader", "report", "page");

module.exports = (files, names) => {
	const sources = files.map((name) => fs.readFileSync(path.join(PAGE, name), "utf8"));

	return vm.runInThisContext(`(() => {"use strict"; ${sources.join("\n")}; return {${names.join(", ")}};})()`);
};
