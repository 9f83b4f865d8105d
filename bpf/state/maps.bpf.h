/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The maps.
 *
 * Tasks are keyed by the address of their task_struct: it is at hand in every hook, survives exec,
 * and needs no PID namespace. It may be another task's tomorrow, without our having seen the end of
 * the first; so whoever finds a place compares when the task started (task.bpf.h).
 *
 * Tasks and interests have a place in an array, which the hash gives: what leads from one of them
 * to another keeps the place, in which stands whose it is. An array is looked up with a few
 * instructions, where a hash, or task storage (5.11), calls a function.
 */
#ifndef WAKELAB_MAPS_BPF_H
#define WAKELAB_MAPS_BPF_H

#include "shapes.bpf.h"

#define MAX_TASKS     16384
#define MAX_SOCKETS   65536
#define MAX_INTERESTS 24576
#define MAX_EPOLLS    1024
#define MAX_ARRIVALS  4096
#define MAX_THREADS   4096
#define MAX_WAKERS    1024
#define MAX_LISTENERS 1024
#define MAX_HELD      1024
#define MAX_EVIDENCE  4096
#define MAX_KEEPERS   1024

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_TASKS);
	__type(key, __u64);
	__type(value, __u32); /* its place */
} tasks SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_TASKS);
	__type(key, __u32);
	__type(value, struct task_state);
} task_places SEC(".maps") __weak;

/* Places of tasks that were given back. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, MAX_TASKS);
	__type(value, __u32);
} free_tasks SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_SOCKETS);
	__type(key, __u64);
	__type(value, struct sock_state);
} sockets SEC(".maps") __weak;

/* The target's listeners of TCP: what each listens on, and how many listen on that. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_LISTENERS);
	__type(key, __u64); /* address of the struct sock */
	__type(value, struct listener_key);
} listeners SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_LISTENERS);
	__type(key, struct listener_key);
	__type(value, __u64);
} listened SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_LISTENERS);
	__type(key, __u64); /* see struct backlog */
	__type(value, struct backlog);
} backlogs SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_state);
} cpus SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_CALLS);
	__type(key, __u32);
	__type(value, struct call_stats);
} ledger SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct call_entries);
} entries SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, N_LATENCIES);
	__type(key, __u32);
	__type(value, struct hist);
} latencies SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, N_SIGNALS);
	__type(key, __u32);
	__type(value, struct signal_stats);
} signals SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct signal_key);
	__type(value, struct signal_state);
} signals_out SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_SIGIO_SOURCES);
	__type(key, struct sigio_source);
	__type(value, __u64); /* signals generated */
} sigio_sources SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct interest_key);
	__type(value, __u32); /* its place */
} interests SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, __u32);
	__type(value, struct interest);
} interest_places SEC(".maps") __weak;

/* Places of interests that were given back. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, MAX_INTERESTS);
	__type(value, __u32);
} free_interests SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct registration_key);
	__type(value, __u64); /* its data */
} registrations SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct watcher_key);
	__type(value, struct watcher);
} watchers SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct left_key);
	__type(value, struct interest_key);
} lists SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_INTERESTS);
	__type(key, struct interest_key);
	__type(value, struct stall);
} stalls SEC(".maps") __weak;

/* How long data lay about, by enum waker_context of who ended that: so each has one writer. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, N_WAKER_CONTEXTS);
	__type(key, __u32);
	__type(value, struct hist);
} left_times SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct largest_left);
} largest_left SEC(".maps") __weak;

/* What was left behind last, by key 0. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stall);
} last_left SEC(".maps") __weak;

/* Processes that were taken in while tracing was under way, for user space. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, MAX_ARRIVALS);
	__type(value, __u32);
} arrivals SEC(".maps") __weak;

/* Tells user space that there is a stall to be watched, or that a process has arrived. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} alarms SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_EPOLLS);
	__type(key, __u64);   /* address of the struct eventpoll */
	__type(value, __u64); /* the id of the instance that lives there now */
} epoll_ids SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_EPOLLS);
	__type(key, __u32); /* id; 0: all instances that did not fit */
	__type(value, struct epoll_state);
} epolls SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_THREADS);
	__type(key, struct thread_key);
	__type(value, struct thread_stats);
} threads SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_WAKERS);
	__type(key, struct waker_key);
	__type(value, struct waker);
} wakers SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_HELD);
	__type(key, __u64); /* address of the struct sock */
	__type(value, struct held);
} helds SEC(".maps") __weak;

/* Pipes and eventfds that were disarmed, by their private data: the file that is registered. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_HELD);
	__type(key, __u64);
	__type(value, __u64);
} disarmed SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_EVIDENCE);
	__type(key, struct evidence_key);
	__type(value, struct evidence);
} evidences SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_KEEPERS);
	__type(key, __u32); /* tgid */
	__type(value, struct keeper);
} keepers SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, struct fcntl_key);
	__type(value, struct fcntl_stats);
} fcntls SEC(".maps") __weak;

#endif
