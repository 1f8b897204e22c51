"""The targets of the project, each with what was measured and whether it was met.

A line appears for what was measured in this run; what no program here measures (money beyond a hard limit, refusals
while the money fitted) is not a figure but a test, and `make test` says it.
"""

from statistics import median

from .table import more


def markdown(results, added, sync, parts):
    """`parts` holds what ledger, memory and begin measured, each where it was measured."""
    rows = [*throughput(results), *latency(added, sync)]
    if "ledger" in parts:
        rows += of_ledger(parts["ledger"])
    if "memory" in parts:
        rows += of_memory(parts["memory"])
    if "begin" in parts:
        rows += of_begin(parts["begin"])
    lines = ["| what | target | measured | met |", "|---|---|---|---|"]
    lines += [f"| {what} | {target} | {said} | {'yes' if met else '**no**'} |" for what, target, said, met in rows]
    return "\n".join(lines)


def throughput(results):
    connections = max((r.connections for r in results), default=0)
    rows = []
    for shape in dict.fromkeys(r.shape for r in results):

        def middle(subject, field):
            found = [r for r in results if (r.subject, r.shape, r.connections) == (subject, shape, connections)]
            return median(getattr(r, field) for r in found) if found else None

        for mode in ("full", "relaxed"):
            rate, cpu = (middle(f"seawall-{mode}", field) for field in ("calls_per_second", "cpu_us_per_call"))
            if rate is None:
                continue
            where = f"{shape}, {connections} connections, {mode}"
            beside = {name: middle(name, "calls_per_second") for name in ("nginx", "hyper", "litellm")}
            if shape == "plain" and beside["nginx"]:
                part = rate / beside["nginx"]
                times = cpu / middle("nginx", "cpu_us_per_call")
                rows.append((f"calls/s, {where}", "≥ 0.25 × nginx first, then 0.5, 0.8", f"{rate:,.0f}: {part:.2f} ×", part >= 0.25))
                rows.append((f"CPU per call, {where}", "≤ 5 × nginx first, then 3", f"{cpu:.0f} µs: {times:.1f} ×", times <= 5))
            if shape == "stream" and beside["hyper"]:
                part = rate / beside["hyper"]
                of_nginx = f", {rate / beside['nginx']:.2f} × nginx" if beside["nginx"] else ""
                said = f"{rate:,.0f}: {part:.2f} ×{of_nginx}"
                rows.append((f"calls/s, {where}", "≥ 1 × hyper pass-through first, then 0.5 × nginx", said, part >= 1))
    return rows


def latency(added, sync):
    rows = []
    for load in dict.fromkeys(load for load, _result in added):
        group = [result for its, result in added if its == load]
        runs, floor = ([r for r in group if r.subject == name] for name in ("seawall-full", "direct"))
        if not runs or not floor:
            continue
        p50, p99 = (more(runs, floor, which) for which in ("p50_us", "p99_us"))
        at_most = sync + 300
        rows.append((f"added latency p50, {load}", f"≤ a sync + 0.3 ms = {at_most / 1000:.2f} ms", f"{p50 / 1000:.2f} ms", p50 <= at_most))
        rows.append((f"added latency p99, {load}", f"≤ 3 × that = {3 * at_most / 1000:.2f} ms", f"{p99 / 1000:.2f} ms", p99 <= 3 * at_most))
    return rows


def of_ledger(found):
    part = found.holds / found.update
    said = f"{found.holds:,.0f} against {found.update:,.0f}: {part:.1f} × (256 updates a transaction: {found.update_batched:,.0f})"
    return [
        ("`decide` + `apply`, 10 hard limits, one core", "≥ 1,000,000 /s", f"{found.decisions:,.0f} /s", found.decisions >= 1_000_000),
        ("holds/s on one organization, SQLite", "≥ 10 × one-row `UPDATE`", said, part >= 10),
    ]


def of_memory(found):
    return [
        ("memory, idle", "≤ 40 MB", f"{found.idle:.1f} MiB", found.idle * 1.048576 <= 40),
        ("memory per open stream", "≤ 64 KB", f"{found.stream:.1f} KiB", found.stream * 1.024 <= 64),
        ("memory per organization with 10 hard limits", "≤ 4 KB", f"{found.organization:.1f} KiB", found.organization * 1.024 <= 4),
    ]


def of_begin(found):
    return [
        (f"start to first answer, {found.entries:,} entries, from its snapshot", "≤ 1 s", f"{found.snapshot:.2f} s", found.snapshot <= 1),
        ("the same, reading the whole journal", "≤ 1 s", f"{found.whole:.2f} s", found.whole <= 1),
    ]
