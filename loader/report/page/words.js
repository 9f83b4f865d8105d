/* What the page says, in each of its languages. {0} is what is put in. */
const LANGUAGES = ["en", "zh"];
const WORDS = {
	other: ["中文", "English"],
	contents: ["Contents", "目录"],
	ran: ["What ran", "运行了什么"],
	findings: ["Findings", "发现"],
	differs: ["What differs", "不同之处"],
	tables: ["Tables", "表格"],
	data: ["The data", "数据"],
	command: ["Command", "命令"],
	target: ["Target", "对象"],
	model: ["Model", "模型"],
	load: ["Load", "负载"],
	kernel: ["Kernel", "内核"],
	where: ["Recorded", "记录于"],
	lasted: ["Lasted", "时长"],
	events: ["Events", "事件"],
	on: ["{0} on {1} ({2}, {3} CPUs)", "{0}，{1}（{2}，{3} 个 CPU）"],
	all_events: ["{0}, all of them on the timeline", "{0} 个，全部在时间线上"],
	some_events: [
		"{0}: {1} are shown one by one, around the start and around what was found; elsewhere the timeline shows sums",
		"{0} 个：在开头和发现附近逐个显示 {1} 个，其余时间只显示合计"],
	other_threads: ["{0} events of further threads are on no timeline", "其余线程的 {0} 个事件不在时间线上"],
	cut: ["The recording is incomplete: {0}. What was recorded up to there is shown.",
		"记录不完整：{0}。此处显示到中断为止的内容。"],
	dropped: ["Intervals that were not recorded in time, and are joined to the following ones: {0}",
		"未能及时记录、已并入后一个的时间段：{0} 个"],
	lost: ["Lost while tracing: {0}", "跟踪时丢失：{0}"],
	wrong: ["wrong", "有错"],
	note: ["note", "提示"],
	show: ["Show on the timeline, at {0}", "在时间线 {0} 处查看"],
	nothing_found: ["Nothing was found.", "没有发现问题。"],
	filter: ["Filter", "筛选"],
	rows: ["{0} of {1} rows", "{1} 行中的 {0} 行"],
	download: ["Download {0} as NDJSON", "下载 {0}（NDJSON）"],
	data_is: [
		"The lines that “wakelab replay --format ndjson” prints of the recording: start, intervals, findings, summary, and the events that are shown one by one.",
		"“wakelab replay --format ndjson” 对该记录输出的各行：开始、各时间段、发现、汇总，以及逐个显示的事件。"],
	zeros: ["Columns that are 0 or empty everywhere are left out.", "全为 0 或空的列已省略。"],
	syscalls: ["System calls", "系统调用"],
	threads: ["Threads", "线程"],
	wakers: ["Who woke", "唤醒者"],
	epolls: ["epoll instances", "epoll 实例"],
	interests_busiest: ["Registered descriptors", "已注册的描述符"],
	stalled: ["Stalls", "停滞"],
	listeners: ["Listeners", "监听套接字"],
	signals: ["Signals", "信号"],
	fcntl: ["fcntl", "fcntl"],
	evidence: ["What findings rest on", "发现的依据"],
	counts: ["All counts", "全部计数"],
	name: ["name", "名称"],
	value: ["value", "值"],
	each_second: ["/s", "/秒"],
	ratio: ["ratio", "比值"],
	all_rows: ["Show also what hardly differs", "也显示相差不大的"],
	same: ["Nothing differs by more than a tenth, and more than chance does.", "没有哪一项相差超过十分之一且超出偶然。"],
	differs_is: [
		"{0} against {1}: counts a second, and latencies, that differ by more than a tenth and, of counts, by more than chance does. One recording each says nothing about how much runs vary.",
		"{0} 与 {1}：每秒计数和延迟中相差超过十分之一、且计数之差超出偶然的项。各只有一份记录，看不出每次运行之间的波动。"],
	no_events: [
		"The recording has no single events, so there is no timeline. Record with --events all.",
		"记录中没有单个事件，因此没有时间线。记录时请加 --events all。"],
	old_browser: ["This browser cannot unpack the events: there is no timeline.", "此浏览器无法解开事件数据：没有时间线。"],
};

let language = 0;

/* The words of that name, with what is put in. */
function say(name, ...values) {
	return WORDS[name][language].replace(/\{(\d)\}/g, (_, n) => values[n]);
}
