/*
 * load: asks a DNS server over UDP, as fast as it answers or at a fixed rate,
 * and checks every reply.
 *
 *	load --server 127.0.0.1:PORT [options]		(load --help)
 *
 * Closed loop: each of S clients keeps W queries in flight and sends the next
 * when a reply arrives. Fixed rate: a query leaves when it is due, whatever
 * the server does, as long as a slot is free.
 *
 * A run has three parts: the warm-up, whose queries are checked and not
 * counted; the measured part; and the drain, in which nothing is sent and
 * every query still in flight is answered or, after the timeout, lost.
 *
 * Prints one line of JSON. The fields are described in README.md.
 */
#define _GNU_SOURCE
#include "clients.h"
#include "net.h"

#include <getopt.h>
#include <sys/prctl.h>

enum part { WARM_UP, MEASURED, DRAIN, FINISHED };

struct options {
	struct sockaddr_in server;
	bool server_given;
	unsigned sockets, window, train;
	unsigned mix_unique, mix_cycle;
	const char *names, *zone;
	double rate, seconds, warm_up, timeout;
	uint64_t count;
	int pid;
	bool edns, echo;
};

/* User and system time of the server, ns. */
struct cpu_time { double user, system; };

struct run {
	struct options options;
	struct clients clients;
	enum part part;
	uint64_t started_at, part_ends_at, swept_at;
	uint64_t measured_from, measured_to;
	struct cpu_time cpu_from, cpu_to;
	double furthest_behind;		/* seconds; fixed rate only */
	unsigned next_client;
};

/* --- options ------------------------------------------------------------ */

static const char usage[] =
"usage: load --server 127.A.B.C:PORT [options]\n"
"  --names FILE     lines NAME TYPE [ANSWER]; ANSWER is an IPv4 address,\n"
"                   upstream, nodata, nxdomain or refused\n"
"  --unique ZONE    names never asked before, below ZONE\n"
"  --mix N/D        with both: N of every D queries are unique\n"
"  --sockets S      clients (8)\n"
"  --window W       queries in flight on each (16)\n"
"  --rate Q         fixed rate, queries a second (as fast as answered)\n"
"  --seconds T      measured part (5)\n"
"  --warm-up T      before it (0.5)\n"
"  --count N        instead: N queries in all, no warm-up\n"
"  --timeout T      a query not answered by then is lost (1)\n"
"  --train N        up to N queries to the kernel as one UDP_SEGMENT train (1)\n"
"  --edns           queries carry an OPT\n"
"  --echo           the server only sets QR: do not look at the answer\n"
"  --pid PID        report the CPU time of this process\n";

_Noreturn static void fail_usage(const char *why)
{
	fprintf(stderr, "load: %s\n%s", why, usage);
	exit(64);
}

static double number(const char *text, double least, double most)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= least && value <= most)) {
		fprintf(stderr, "load: %s: expected a number from %g to %g\n",
		    text, least, most);
		exit(64);
	}
	return value;
}

static void read_mix(struct options *o, const char *text)
{
	if (sscanf(text, "%u/%u", &o->mix_unique, &o->mix_cycle) != 2
	    || o->mix_unique > o->mix_cycle || o->mix_cycle == 0)
		fail_usage("--mix: expected N/D");
}

static void set_option(struct options *o, int option, const char *value)
{
	switch (option) {
	case 's':
		o->server = need_loopback_address(value);
		o->server_given = true;
		break;
	case 'n': o->names = value; break;
	case 'u': o->zone = value; break;
	case 'm': read_mix(o, value); break;
	case 'S': o->sockets = (unsigned)number(value, 1, CLIENTS_MAX); break;
	case 'W': o->window = (unsigned)number(value, 1, WINDOW_MAX); break;
	case 'r': o->rate = number(value, 1, 1e7); break;
	case 't': o->seconds = number(value, 0.1, 86400); break;
	case 'w': o->warm_up = number(value, 0, 60); break;
	case 'c': o->count = (uint64_t)number(value, 1, 1e9); break;
	case 'o': o->timeout = number(value, 0.01, 60); break;
	case 'G': o->train = (unsigned)number(value, 1, TRAIN_MAX); break;
	case 'e': o->edns = true; break;
	case 'E': o->echo = true; break;
	case 'p': o->pid = (int)number(value, 1, 4194304); break;
	case 'h': fputs(usage, stdout); exit(0);
	default: fail_usage("unknown option");
	}
}

static void read_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {
		{ "server", 1, NULL, 's' }, { "names", 1, NULL, 'n' },
		{ "unique", 1, NULL, 'u' }, { "mix", 1, NULL, 'm' },
		{ "sockets", 1, NULL, 'S' }, { "window", 1, NULL, 'W' },
		{ "rate", 1, NULL, 'r' }, { "seconds", 1, NULL, 't' },
		{ "warm-up", 1, NULL, 'w' }, { "count", 1, NULL, 'c' },
		{ "timeout", 1, NULL, 'o' }, { "train", 1, NULL, 'G' },
		{ "edns", 0, NULL, 'e' }, { "echo", 0, NULL, 'E' },
		{ "pid", 1, NULL, 'p' }, { "help", 0, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	*o = (struct options){ .sockets = 8, .window = 16, .train = 1,
		.mix_unique = 1, .mix_cycle = 2,
		.seconds = 5, .warm_up = 0.5, .timeout = 1 };
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		set_option(o, option, optarg);
	if (!o->server_given || optind != argc)
		fail_usage("--server is needed, and nothing but options");
	if (o->names == NULL && o->zone == NULL)
		fail_usage("--names or --unique is needed");
}

static void open_questions(struct question_source *source, const struct options *o)
{
	if (o->names != NULL)
		read_questions(source, o->names);
	if (o->zone != NULL)
		set_unique_zone(source, o->zone);
	source->run = (uint32_t)(now() >> 10);
	source->unique = o->zone == NULL ? 0 : o->mix_unique;
	source->cycle = o->mix_cycle;
	if (o->names == NULL)
		source->unique = source->cycle;
}

/* --- the server's CPU time ---------------------------------------------- */

/*
 * All threads, from /proc/PID/stat, in ticks of 10 ms. The kernel takes the
 * sum from the scheduler's clock, but splits it between user and system by
 * what it found running at each tick: trust the sum more than the parts.
 */
static struct cpu_time read_cpu_time(int pid)
{
	struct cpu_time time = { 0, 0 };
	char path[32], text[1024];
	unsigned long user = 0, system = 0;
	double tick = 1e9 / (double)sysconf(_SC_CLK_TCK);

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = pid > 0 ? fopen(path, "r") : NULL;
	if (file == NULL)
		return time;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	/* The name in parentheses may hold anything: count from behind it. */
	const char *fields = strrchr(text, ')');
	if (fields != NULL && sscanf(fields + 2,
	    "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2) {
		time.user = (double)user * tick;
		time.system = (double)system * tick;
	}
	return time;
}

/* --- the run ------------------------------------------------------------ */

static uint64_t ns(double seconds)
{
	return (uint64_t)(seconds * 1e9);
}

static void begin_measuring(struct run *run, uint64_t time)
{
	run->part = MEASURED;
	run->clients.measuring = true;
	run->clients.tally.last_reply_at = time;
	run->clients.tally.longest_gap = 0;
	run->furthest_behind = 0;
	run->cpu_from = read_cpu_time(run->options.pid);
	run->measured_from = time;
	run->part_ends_at = time + ns(run->options.seconds);
}

static void end_measuring(struct run *run, uint64_t time)
{
	struct tally *tally = &run->clients.tally;

	run->part = DRAIN;
	run->clients.measuring = false;
	run->cpu_to = read_cpu_time(run->options.pid);
	run->measured_to = time;
	/* A server that fell silent and stayed so. */
	if (time - tally->last_reply_at > tally->longest_gap)
		tally->longest_gap = time - tally->last_reply_at;
}

static bool all_asked(const struct run *run)
{
	return run->options.count > 0 && run->clients.tally.asked >= run->options.count;
}

static void advance(struct run *run, uint64_t time)
{
	bool over = run->options.count > 0
	    ? all_asked(run) && run->clients.waiting == 0
	    : time >= run->part_ends_at;

	if (run->part == WARM_UP && time >= run->part_ends_at)
		begin_measuring(run, time);
	else if (run->part == MEASURED && over)
		end_measuring(run, time);
	else if (run->part == DRAIN && run->clients.waiting == 0)
		run->part = FINISHED;
}

/* How many queries the fixed rate owes by now. */
static double owed(const struct run *run, uint64_t time)
{
	return (double)(time - run->started_at) * 1e-9 * run->options.rate
	    - (double)run->clients.tally.asked;
}

/* One query or a few on each client in turn, until no more are owed. */
static void send_at_rate(struct run *run, uint64_t time)
{
	struct clients *c = &run->clients;
	double debt = owed(run, time);

	if (debt / run->options.rate > run->furthest_behind)
		run->furthest_behind = debt / run->options.rate;
	for (unsigned i = 0; i < c->count && debt >= 1; i++) {
		struct client *client = &c->all[run->next_client++ % c->count];
		unsigned wanted = debt < 32 ? (unsigned)debt : 32;
		debt -= send_queries(c, client, wanted);
	}
}

static void fill_windows(struct run *run)
{
	struct clients *c = &run->clients;
	uint64_t count = run->options.count;

	for (unsigned i = 0; i < c->count && !all_asked(run); i++) {
		uint64_t left = count > 0 ? count - c->tally.asked : c->window;
		send_queries(c, &c->all[i], left < c->window ? (unsigned)left : c->window);
	}
}

/* ns until there is something to do besides receiving. */
static uint64_t patience(const struct run *run)
{
	const double longest = 5e-3;
	double wait = longest;

	if (run->options.rate > 0 && run->part != DRAIN) {
		wait = (1 - owed(run, now())) / run->options.rate;
		if (wait < 0)
			wait = 0;
	}
	return ns(wait < longest ? wait : longest);
}

/* Looks for lost queries four times in a timeout: the slots are many. */
static void sweep(struct run *run, uint64_t time)
{
	uint64_t timeout = ns(run->options.timeout);

	if (time - run->swept_at < timeout / 4)
		return;
	run->swept_at = time;
	give_up_before(&run->clients, time - timeout);
}

static void carry_out(struct run *run)
{
	run->started_at = run->swept_at = now();
	run->part_ends_at = run->started_at + ns(run->options.warm_up);
	if (run->options.count > 0 || run->options.warm_up == 0)
		begin_measuring(run, run->started_at);
	while (run->part != FINISHED) {
		uint64_t time = now();
		advance(run, time);
		if (run->part < DRAIN && !all_asked(run)) {
			if (run->options.rate > 0)
				send_at_rate(run, time);
			else
				fill_windows(run);
		}
		if (run->clients.waiting > 0 || run->part < DRAIN)
			receive_replies(&run->clients, patience(run));
		sweep(run, time);
	}
	/* The last reply may have a double on its heels. */
	receive_replies(&run->clients, ns(0.02));
}

/* --- the report --------------------------------------------------------- */

static double microseconds(const struct run *run, double share)
{
	return (double)histogram_percentile(&run->clients.tally.latency, share) / 1e3;
}

static void report(const struct run *run)
{
	const struct tally *t = &run->clients.tally;
	const struct histogram *h = &t->latency;
	double seconds = (double)(run->measured_to - run->measured_from) / 1e9;
	double replies = t->replies > 0 ? (double)t->replies : 1;
	double user = run->cpu_to.user - run->cpu_from.user;
	double system = run->cpu_to.system - run->cpu_from.system;

	printf("{\"seconds\": %.3f, \"replies_per_second\": %.0f, \"asked\": %lu, "
	    "\"sent\": %lu, \"received\": %lu, \"lost\": %lu, \"bad\": %lu, \"stray\": %lu, ",
	    seconds, (double)t->replies / seconds, t->asked,
	    t->sent, t->received, t->lost, t->bad, t->stray);
	printf("\"faults\": {");
	for (int i = 1; i < FAULT_KINDS; i++)
		printf("%s\"%s\": %lu", i > 1 ? ", " : "", fault_names[i], t->faults[i]);
	printf("}, \"mean_us\": %.1f, \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, "
	    "\"p999_us\": %.1f, \"max_us\": %.1f, \"gap_ms\": %.2f, \"behind_ms\": %.2f, ",
	    h->count > 0 ? (double)h->sum / (double)h->count / 1e3 : 0.0,
	    microseconds(run, 0.5), microseconds(run, 0.9), microseconds(run, 0.99),
	    microseconds(run, 0.999), (double)h->max / 1e3,
	    (double)t->longest_gap / 1e6, run->furthest_behind * 1e3);
	printf("\"server_cpu_ns\": %.0f, \"server_user_ns\": %.0f, \"server_system_ns\": %.0f, "
	    "\"server_busy\": %.3f}\n",
	    (user + system) / replies, user / replies, system / replies,
	    (user + system) / 1e9 / seconds);
}

int main(int argc, char **argv)
{
	static struct run run;

	read_options(&run.options, argc, argv);
	srand((unsigned)now());
	/* Else the kernel may wake a fixed rate 50 us late. */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	open_questions(&run.clients.questions, &run.options);
	run.clients.train = run.options.train;
	run.clients.edns = run.options.edns;
	run.clients.echo_only = run.options.echo;
	open_clients(&run.clients, &run.options.server,
	    run.options.sockets, run.options.window);
	carry_out(&run);
	report(&run);
	return 0;
}
