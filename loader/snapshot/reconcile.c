// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include "reconcile.h"

#include "calls.h"

static struct testimony *row_add(struct reconciliation *r, const char *what)
{
	struct testimony *t = &r->rows[r->n_rows++];

	t->what = what;
	return t;
}

static void see(struct testimony *t, enum witness who, __u64 count)
{
	t->seen[who] = true;
	t->count[who] = count;
}

static __u64 sum_succeeded(const struct snapshot *s, enum call_kind kind)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < n_calls; i++)
		if (calls[i].kind == kind)
			sum += calls_succeeded(&s->stats[i]);
	return sum;
}

static __u64 sum_bytes_out(const struct snapshot *s)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < n_calls; i++)
		if (kind_takes_bytes(calls[i].kind))
			sum += s->stats[i].bytes;
	return sum;
}

static __u64 sum_eagain(const struct snapshot *s)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < n_calls; i++)
		if (calls[i].class == CLASS_IO)
			sum += s->stats[i].errors[11 /* EAGAIN */];
	return sum;
}

static __u64 sum_waits(const struct snapshot *s, const char *names)
{
	__u64 sum = 0;

	for (unsigned i = 0; i < n_calls; i++)
		if (name_in_list(names, calls[i].name))
			sum += calls_returned(&s->stats[i]);
	return sum;
}

/* A completion-based model does its I/O without a system call for each: its connections and bytes
 * are known to the kernel's sockets only. */
static bool model_is_async(const struct snapshot *s)
{
	return !sum_bytes_out(s) && s->server.bytes_out;
}

/* Where receives are known by the exits of system calls alone, not those of such a model. */
static bool receives_are_seen(const struct snapshot *s)
{
	return sees(s, SEES_INTERESTS) && (sees(s, SEES_RECEIVES) || !model_is_async(s));
}

static void reconcile_connections(struct reconciliation *r, const struct snapshot *s)
{
	struct testimony *t = row_add(r, "connections");

	see(t, WITNESS_SERVER, s->server.accepts);
	see(t, WITNESS_CLIENT, s->client.connections);
	if (!model_is_async(s))
		see(t, WITNESS_KERNEL, sum_succeeded(s, KIND_ACCEPT));
	else if (sees(s, SEES_INTERESTS))
		see(t, WITNESS_KERNEL, s->counters[COUNT_ESTABLISHED]);
}

static void reconcile_bytes(struct reconciliation *r, const struct snapshot *s)
{
	struct testimony *in = row_add(r, "bytes received");
	struct testimony *out = row_add(r, "bytes sent back");

	see(in, WITNESS_SERVER, s->server.bytes_in);
	if (receives_are_seen(s))
		see(in, WITNESS_KERNEL, s->counters[COUNT_SOCKET_BYTES]);
	see(out, WITNESS_SERVER, s->server.bytes_out);
	see(out, WITNESS_CLIENT, s->client.bytes);
	if (!model_is_async(s))
		see(out, WITNESS_KERNEL, sum_bytes_out(s));
}

static void reconcile_messages(struct reconciliation *r, const struct snapshot *s, size_t size)
{
	struct testimony *t = row_add(r, "messages");

	see(t, WITNESS_SERVER, s->server.bytes_in / size);
	see(t, WITNESS_CLIENT, s->client.messages);
	if (receives_are_seen(s))
		see(t, WITNESS_KERNEL, s->counters[COUNT_SOCKET_BYTES] / size);
}

/* Each urgent byte is a report of its own: the client sends the next one after an echo. */
static void reconcile_urgent(struct reconciliation *r, const struct snapshot *s)
{
	struct testimony *t = row_add(r, "urgent bytes");

	see(t, WITNESS_SERVER, s->server.urgent);
	see(t, WITNESS_CLIENT, s->client.urgent);
	if (sees(s, SEES_INTERESTS))
		see(t, WITNESS_KERNEL, s->counters[COUNT_REPORT_PRI]);
}

static void reconcile_calls(struct reconciliation *r, const struct snapshot *s,
			    const struct io_model *model)
{
	struct testimony *t = row_add(r, "reads with data");

	see(t, WITNESS_SERVER, s->server.reads);
	if (receives_are_seen(s))
		see(t, WITNESS_KERNEL, s->counters[COUNT_SOCKET_READS]);
	t = row_add(r, "EAGAIN");
	see(t, WITNESS_SERVER, s->server.eagain);
	see(t, WITNESS_KERNEL, sum_eagain(s));
	if (!model->wait_call)
		return;
	t = row_add(r, "waits");
	see(t, WITNESS_SERVER, s->server.waits);
	see(t, WITNESS_KERNEL, sum_waits(s, model->wait_call));
}

void reconcile(struct reconciliation *r, const struct snapshot *total, const struct io_model *model,
	       size_t size)
{
	*r = (struct reconciliation){0};
	if (model->transport == TRANSPORT_TCP)
		reconcile_connections(r, total);
	reconcile_messages(r, total, size);
	reconcile_bytes(r, total);
	reconcile_calls(r, total, model);
	if (total->client.urgent && total->server.urgent)
		reconcile_urgent(r, total);
}

bool testimony_agrees(const struct testimony *t)
{
	bool first = true;
	__u64 count = 0;

	for (unsigned i = 0; i < N_WITNESSES; i++) {
		if (!t->seen[i])
			continue;
		if (!first && t->count[i] != count)
			return false;
		count = t->count[i];
		first = false;
	}
	return true;
}

bool reconciliation_agrees(const struct reconciliation *r)
{
	for (unsigned i = 0; i < r->n_rows; i++)
		if (!testimony_agrees(&r->rows[i]))
			return false;
	return true;
}
