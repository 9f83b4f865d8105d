// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "format.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "percentile.h"

char *format_buffer(void)
{
	static char buffers[FORMAT_BUFFERS][FORMAT_SIZE];
	static unsigned next;

	return buffers[next++ % FORMAT_BUFFERS];
}

const char *format_count(__u64 n)
{
	char *buf = format_buffer(), *p = buf + FORMAT_SIZE - 1;
	unsigned digits = 0;

	*p = '\0';
	do {
		if (digits && digits % 3 == 0)
			*--p = ' ';
		*--p = '0' + n % 10;
		n /= 10;
		digits++;
	} while (n);
	return p;
}

const char *format_rate(__u64 n, __u64 ns)
{
	double rate = ns ? n * 1e9 / ns : 0;
	char *buf;

	if (!ns)
		return "-";
	if (rate >= 9.95 || !n)
		return format_count(llround(rate));
	buf = format_buffer();
	snprintf(buf, FORMAT_SIZE, "%.1f", rate);
	return buf;
}

/* n in decimal, before end; where it begins. */
static char *digits_before(char *end, __u64 n)
{
	do
		*--end = '0' + n % 10;
	while (n /= 10);
	return end;
}

/* In whole numbers, since events have many of them. */
const char *format_ns(__u64 ns)
{
	static const struct {
		__u64 scale;
		char unit[3];
	} units[] = {{1, "ns"}, {1000, "us"}, {1000000, "ms"}, {1000000000, "s"}};
	char *at = format_buffer() + FORMAT_SIZE - sizeof(units[0].unit);
	unsigned u = 0;
	__u64 scale, n;
	bool tenths;

	while (u < 3 && ns >= units[u].scale * 1000 - units[u].scale / 2)
		u++;
	tenths = u && ns < units[u].scale / 100 * 995;
	scale = tenths ? units[u].scale / 10 : units[u].scale;
	n = ns / scale + (ns % scale * 2 >= scale);
	memcpy(at, units[u].unit, sizeof(units[u].unit));
	if (tenths) {
		*--at = '0' + n % 10;
		*--at = '.';
	}
	return digits_before(at, tenths ? n / 10 : n);
}

const char *format_bytes(__u64 bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB"};
	char *buf = format_buffer();
	double v = bytes;
	unsigned u = 0;

	for (; u < 3 && v >= 1023.5; u++)
		v /= 1024;
	snprintf(buf, FORMAT_SIZE, u && v < 9.95 ? "%.1f %s" : "%.0f %s", v, units[u]);
	return buf;
}

const char *format_percentile(const struct hist *h, double p)
{
	uint64_t ns;

	return hist_percentile(h, p, &ns) ? format_ns(ns) : "-";
}

const char *format_share(__u64 part, __u64 whole)
{
	double share = whole ? 100.0 * part / whole : 0;
	char *buf = format_buffer();

	if (!part)
		return "-";
	if (share < 1)
		snprintf(buf, FORMAT_SIZE, "<1 %%");
	else if (part < whole && share > 99)
		snprintf(buf, FORMAT_SIZE, ">99 %%");
	else
		snprintf(buf, FORMAT_SIZE, "%.0f %%", share);
	return buf;
}

const char *format_ratio(__u64 a, __u64 b)
{
	double ratio = b ? (double)a / b : 0;
	char *buf = format_buffer();

	if (!b)
		return "-";
	if (ratio >= 999.5)
		return format_count(llround(ratio));
	snprintf(buf, FORMAT_SIZE, ratio < 9.995 ? "%.2f" : ratio < 99.95 ? "%.1f" : "%.0f", ratio);
	return buf;
}
