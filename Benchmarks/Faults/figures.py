"""From what became of each query to the figures of a line, and to whether
Sinkhole is not worse than its peers."""

import statistics

SLOT = 0.5              # seconds; recovery is told in these
SLACK = 0.025           # seconds that a shared machine may add to any latency

# How far Sinkhole may be behind and still be called not worse.
SHARE_TOLERANCE = 1.0   # percentage points of right answers
LATENCY_FACTOR = 1.25   # times the p99 of the best peer, and SLACK
RECOVERY_TOLERANCE = 0.5
LATE_ALLOWED = 0.01     # share of a slot's queries that may be late in a slot that is well
RECOVERY_LIMIT = 2.0    # seconds: worse than this is worse than promised

KINDS = ("new", "warm")


def read(text):
    """(kind, sent, latency, verdict) of each line of the asker."""
    for line in text.splitlines():
        kind, sent, latency, verdict = line.split()
        yield kind, float(sent), float(latency), verdict


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def summary(records):
    """Shares in percent, latencies of the right answers in seconds."""
    count = max(len(records), 1)
    verdicts = [record[3] for record in records]
    right = [record[2] for record in records if record[3] == "right"]
    share = {name: 100 * verdicts.count(name) / count for name in ("right", "servfail", "lost", "wrong")}
    return {"asked": len(records), **share, "other": 100 - sum(share.values()),
            "p50": percentile(right, 0.5), "p99": percentile(right, 0.99)}


def recovery(records, limit):
    """Seconds from the end of the fault to the first slot in which every query
    for a new name was answered right, and all but LATE_ALLOWED of them within
    the limit; None: never."""
    if not records:
        return None
    begins = records[0][1]
    slots = {}
    for _, sent, latency, verdict in records:
        slots.setdefault(int((sent - begins) / SLOT), []).append((verdict == "right", latency > limit))
    good = [slot for slot, queries in sorted(slots.items())
            if all(right for right, _ in queries)
            and sum(late for _, late in queries) <= LATE_ALLOWED * len(queries)]
    return good[0] * SLOT if good else None


def figures(records, begins, ends):
    """One server under one fault, which lasted from `begins` to `ends`."""
    records = sorted(records, key=lambda record: record[1])
    new = [record for record in records if record[0] == "new"]
    before = [record for record in new if record[1] < begins and record[3] == "right"]
    base = statistics.median(record[2] for record in before) if before else None
    result = {kind: summary([record for record in records
                             if record[0] == kind and begins <= record[1] < ends])
              for kind in KINDS}
    after = [record for record in new if record[1] >= ends]
    result["base_p50"] = base
    result["base_right"] = 100 * len(before) / max(1, sum(record[1] < begins for record in new))
    result["recovery"] = recovery(after, 2 * base + SLACK) if base is not None else None
    return result


def worse(ours, peers):
    """In what Sinkhole is behind the best of its peers, in words; empty: in nothing."""
    found = []
    for kind in KINDS:
        best = max(peers, key=lambda name: peers[name][kind]["right"])
        highest = peers[best][kind]["right"]
        if ours[kind]["right"] < highest - SHARE_TOLERANCE:
            found.append(f"{kind}: right {ours[kind]['right']:.1f} % < {highest:.1f} % ({best})")
        if ours[kind]["wrong"] > min(peer[kind]["wrong"] for peer in peers.values()):
            found.append(f"{kind}: wrong {ours[kind]['wrong']:.1f} %")
        # Who answers only what is easy is quick: those count that answer as much as the best.
        rivals = {name: peer[kind]["p99"] for name, peer in peers.items()
                  if peer[kind]["p99"] is not None and peer[kind]["right"] >= ours[kind]["right"] - SHARE_TOLERANCE}
        if rivals and ours[kind]["p99"] is not None:
            quickest = min(rivals, key=rivals.get)
            if ours[kind]["p99"] > LATENCY_FACTOR * rivals[quickest] + SLACK:
                found.append(f"{kind}: p99 {milliseconds(ours[kind]['p99'])} ms"
                             f" > {milliseconds(rivals[quickest])} ms ({quickest})")
    recovered = [peer["recovery"] for peer in peers.values() if peer["recovery"] is not None]
    if ours["recovery"] is None or ours["recovery"] >= RECOVERY_LIMIT \
            or (recovered and ours["recovery"] > min(recovered) + RECOVERY_TOLERANCE):
        best = f" > {min(recovered):.1f} s" if recovered else ""
        found.append(f"recovery {seconds(ours['recovery'])} s{best}")
    return found


def milliseconds(value):
    return "-" if value is None else f"{1e3 * value:.0f}"


def seconds(value):
    return "never" if value is None else f"{value:.1f}"


# --- the table ---------------------------------------------------------------

HEAD = ("| fault | upstreams | server | right % | SERVFAIL % | lost % | wrong % | other % | p50 ms | p99 ms"
        " | warm right % | warm p99 ms | recovery s | not worse |")
RULE = "| --- " * 3 + "| ---: " * 10 + "| --- |"


def line(fault, upstreams, server, result, verdict):
    new, warm = result["new"], result["warm"]
    cells = [fault, str(upstreams), server,
             *(f"{new[name]:.1f}" for name in ("right", "servfail", "lost", "wrong", "other")),
             milliseconds(new["p50"]), milliseconds(new["p99"]),
             f"{warm['right']:.1f}", milliseconds(warm["p99"]), seconds(result["recovery"]), verdict]
    return "| " + " | ".join(cells) + " |"


def table(results):
    """Markdown. `results`: {(fault, number of upstreams): {server: figures}}."""
    lines = [HEAD, RULE]
    for (fault, upstreams), servers in results.items():
        peers = {name: result for name, result in servers.items() if result["peer"]}
        for name, result in servers.items():
            verdict = ""
            if not result["peer"] and peers:
                verdict = "; ".join(worse(result, peers)) or "yes"
            lines.append(line(fault, upstreams, name, result, verdict))
    return "\n".join(lines) + "\n"
