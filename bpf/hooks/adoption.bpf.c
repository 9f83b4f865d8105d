// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the target has already when tracing begins: its tasks, what they have open, what is
 * registered, and over what they sleep. User space runs these programs.
 */
#include "registrations.bpf.h"

/* An iterator runs in the task that reads it: user space's. */
static __always_inline void namespace_note(void)
{
	const struct task_struct *reader = (const void *)bpf_get_current_task();

	pid_level = pid_level_of(reader);
	pid_at(reader, pid_level, &pid_namespace);
}

/* Of a process that is followed; the reader is nobody's: it would trace its own tracing. */
static __always_inline bool is_child(const struct task_struct *task)
{
	return task_find(READ(task, real_parent)) &&
	       (__u32)READ(task, tgid) != bpf_get_current_pid_tgid() >> 32;
}

/* Takes in the tasks of a process that exists already; user space reads through the iterator until
 * a pass adopts none. Forks of those taken in are seen by task_newtask. */
SEC("iter/task")
int adopt_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;

	if (!task)
		return 0;
	namespace_note();
	if (tgid_of(task) == adopt_tgid)
		adopt_found++;
	else if (!adopt_children || !is_child(task))
		return 0;
	if (task_follow(task, FRESH_ADOPTED)) {
		adopted++;
		if (adopt_tells)
			process_note(task);
	}
	return 0;
}

/* Learns from them. Run by user space, in the task that opened them. */
SEC("raw_tp")
int learn_files(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();
	const struct file *file;

	for (__u32 kind = FIRST_LEARNED_FILE; kind < N_FILE_KINDS; kind++) {
		file = samples[kind] < 0 ? NULL : file_of(task, samples[kind]);
		if (file)
			file_ops[kind] = (__u64)READ(file, f_op);
	}
	return 0;
}

#define ADOPT_PASS 64 /* closed descriptors that one run steps over */

#define EFD_SEMAPHORE 1 /* include/uapi/linux/eventfd.h */
#define O_ACCMODE     3 /* include/uapi/asm-generic/fcntl.h, as is the next */
#define O_WRONLY      1

/* Whether there is anything to be read of a file. An eventfd or a timer may only wake, and a value
 * that nobody ever reads is nothing unread, unless it is made to be counted down. */
static __always_inline bool file_is_read(const struct file *file, enum file_kind kind)
{
	const struct eventfd_ctx *ctx = READ(file, private_data);

	if ((READ(file, f_flags) & O_ACCMODE) == O_WRONLY)
		return false;
	if (kind == FILE_EVENTFD)
		return READ(ctx, flags) & EFD_SEMAPHORE;
	return kind != FILE_TIMERFD;
}

static __always_inline void unread_note(const struct task_struct *task, const struct file *file,
					const struct sock *sk)
{
	enum file_kind kind = file_kind_of(file, sk);
	struct stall row = {.fd = adopted_file.fd, .kind = kind, .unit = unread_unit(kind)};

	if (!file_is_read(file, kind))
		return;
	row.unread = file_unread(address_of(file), address_of(sk), kind, address_of(task));
	row.tgid = tgid_of(task);
	if (sk)
		sock_peer(sk, &row.family, &row.port, row.addr);
	adopted_file.unread = row;
}

static __always_inline void file_note(const struct task_struct *task, const struct file *file,
				      const struct sock *sk)
{
	unread_note(task, file, sk);
	if (!sk)
		return;
	backlog_own(address_of(sk), address_of(task), adopted_file.fd);
	if (sock_is_tcp(sk))
		connection_adopt(sk, task);
}

/* Takes in a file. A socket that was closed meanwhile is let go again: its end was seen before it
 * was known. */
static __always_inline void open_adopt(const struct task_struct *task, const struct file *file)
{
	const struct sock *sk = sock_of_file(file);
	bool known = sk && sock_find(sk);

	if (sk)
		sock_follow(sk, true);
	if (address_of(file_of(task, adopted_file.fd)) == address_of(file))
		file_note(task, file, sk);
	else if (sk && !known)
		sock_forget(sk);
}

/* Looks at what waits at a listener. Run by user space, with its address; one whose end was not
 * seen is let go. */
SEC("raw_tp")
int look_at_backlog(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 address = ctx->args[0];
	const struct sock *sk = (const void *)address;

	if (sock_find(sk) && sock_takes_connections(sk))
		backlog_look(address, bpf_ktime_get_ns());
	else
		bpf_map_delete_elem(&backlogs, &address);
	return 0;
}

/* Looks for connections that a process keeps. Run by user space, with its tgid. */
SEC("raw_tp")
int look_at_keeper(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 tgid = ctx->args[0];
	const struct keeper *k = keeper_find(tgid);

	if (k && task_find((const void *)k->task))
		keeper_walk(k->task, tgid, KEPT_FOR_LONG);
	return 0;
}

/* What a task does. Run by user space, with its address. */
SEC("raw_tp")
int look_at_task(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	const struct task_state *t = task_find(task);

	__builtin_memset(&looked_task, 0, sizeof(looked_task));
	if (!t)
		return 0;
	looked_task.row = t->row;
	looked_task.asleep = task_is_blocked(task);
	looked_task.before = t->fresh == FRESH_ADOPTED;
	return 0;
}

/* Whether what was left behind is still there. Run by user space, with its epoll and data, before
 * it is told of. */
SEC("raw_tp")
int look_at_stall(struct bpf_raw_tracepoint_args *ctx)
{
	return stall_look(ctx->args[0], ctx->args[1]);
}

/* Whether what waited at a disarmed registration still waits, and nobody is at work on it. Run by
 * user space, with its epoll and data. */
SEC("raw_tp")
int look_at_waiting(struct bpf_raw_tracepoint_args *ctx)
{
	struct interest_key key = {.epoll = ctx->args[0], .data = ctx->args[1]};
	const struct interest *i = interest_find(&key);

	waiting_look(key.epoll, key.data);
	waits_in_vain = i && i->waiting && !holder_is_at_work(i, NULL);
	return 0;
}

/* Whether a descriptor is open. Global, with scalar arguments: verified once and not at each turn
 * of the loop. */
__weak __noinline int fd_is_open(__u64 task, __u32 fd)
{
	return file_of((const void *)task, fd) != NULL;
}

/*
 * Takes in the next file that the target has open already: of the table of a task, from that
 * descriptor on. Run by user space, with the arguments in this order, as often as it says that
 * there is more.
 *
 * An iterator (iter/task_file) would be shorter, but it holds each file that it shows, and lets go
 * when its reader returns from read(): what the target closes meanwhile stays open for that long,
 * its epoll instances go on to report it (epoll(7), Q6), and a server may have freed what their
 * data points to.
 */
SEC("raw_tp")
int adopt_file(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	const struct file *file;
	__u32 fd = ctx->args[1];

	__builtin_memset(&adopted_file, 0, sizeof(adopted_file));
	if (!task_find(task))
		return 0;
	for (__u32 n = 0; n < ADOPT_PASS && !fd_is_open(ctx->args[0], fd); n++)
		fd++;
	file = file_of(task, fd);
	adopted_file.table = (__u64)READ(task, files);
	adopted_file.next = fd + 1 < READ(task, files, fdt, max_fds) ? fd + 1 : 0;
	if (!file)
		return 0;
	adopted_file.fd = fd;
	adopted_file.is_epoll = (__u64)READ(file, f_op) == file_ops[FILE_EPOLL];
	open_adopt(task, file);
	return 0;
}

/* Takes in a registration of which the process that made the instance has no descriptor any more:
 * what it is of is not known. In another process it need not have one. */
static __always_inline void interest_adopt_closed(const struct task_struct *task,
						  const struct registration_key *reg, __u32 events,
						  __u64 data)
{
	struct interest_key key = {.epoll = reg->epoll, .data = data};
	const struct epoll_state *e = epoll_own(reg->epoll);
	struct interest *i;

	if (!e || e->tgid != tgid_of(task)) {
		count(COUNT_LOST_INTERESTS, 1);
		return;
	}
	interest_add(reg, NULL, events, data, QUIET_ADOPTED);
	i = interest_find(&key);
	if (i) /* it may be one with the same data that is open */
		i->closed = 1;
}

/* An instance has a listener: whoever waits on it next, or sleeps there, watches that. */
static __always_inline void listener_adopt(__u64 epoll)
{
	struct epoll_state *e = epoll_own(epoll);

	if (!e)
		return;
	__sync_fetch_and_add(&e->listeners, 1);
	__sync_fetch_and_add(&epolls_news, 1);
}

/*
 * Takes in one registration of an epoll instance that the target has already. Run by user space for
 * each line of /proc/PID/fdinfo/EPFD: task, epfd, fd, events, data and the inode's number, by which
 * a number that means another file today is told. Gives 1 then: it may have been closed since the
 * line was read. The second time, in lines that were read after that, it was closed before.
 */
SEC("raw_tp")
int adopt_interest(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	__u32 fd = ctx->args[2];
	struct file *file = file_of(task, fd);
	struct registration_key reg = {.fd = fd};
	struct interest *i;

	reg.epoll = epoll_of(task, ctx->args[1]);
	if (!file || READ(file, f_inode, i_ino) != ctx->args[5]) {
		if (ctx->args[6])
			interest_adopt_closed(task, &reg, ctx->args[3], ctx->args[4]);
		return 1;
	}
	reg.file = (__u64)file;
	i = interest_add(&reg, sock_of_file(file), ctx->args[3], ctx->args[4], QUIET_ADOPTED);
	if (i && !i->sock && interest_is_disarmed(i))
		file_disarmed(i->file, i->kind);
	if (i && interest_kind(i) == FILE_LISTENER)
		listener_adopt(reg.epoll);
	if (i)
		waiting_begin(i, address_of(task));
	interest_recheck(task, ctx->args[1], fd);
	return 0;
}

/* A task sleeps in a wait on its descriptor epfd. Run by user space, with the two, which wants to
 * know the id of the instance. */
SEC("raw_tp")
int adopt_sleeper(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	struct task_state *t = task_find(task);
	struct epoll_state *e;

	adopt_epoll = epoll_of(task, ctx->args[1]);
	e = epoll_own(adopt_epoll);
	if (t && e && task_is_blocked(task))
		epoll_watched(t, e);
	return 0;
}

/*
 * Enters a stall that is under way: the task sleeps in a wait on its descriptor epfd, over data
 * that is unread under the edge-triggered interest epoll, data. Were an edge of it due, the wait
 * would be over. Run by user space, with the arguments in this order.
 */
SEC("raw_tp")
int adopt_stall(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	struct interest_key key = {.epoll = ctx->args[2], .data = ctx->args[3]};
	struct interest *i = interest_find(&key);
	struct task_state *t = task_find(task);
	struct sock_state *s;
	struct stall row = {.before = 1};
	__u32 kind;

	if (!i || !t || key.epoll != epoll_of(task, ctx->args[1]) || i->stalled || i->pending)
		return 0;
	s = object_find(object_of(i));
	if (!s || !(i->events & EPOLLET) || !(i->events & EPOLLIN) || !task_is_blocked(task))
		return 0;
	if (!file_is_read((const void *)i->file, i->kind))
		return 0;
	s->left = 1; /* from here on a read ends it */
	i->left = 1;
	row.unread = interest_unread(i, address_of(task), &kind);
	if (!row.unread)
		return 0;
	stall_fill(&row, t, i, row.unread, kind);
	BPF_CORE_READ_STR_INTO(&row.comm, task, comm);
	stall_begin(&key, i, &row);
	if (!interest_unread(i, address_of(task), &kind))
		stall_end_read(&key, i);
	return 0;
}
