"""Prints the results as one markdown table, with ratios against nginx from the same run."""

from statistics import median

HEAD = (
    "| calls | connections | through | calls/s: median (least–most) | of nginx | p50 / p99 ms "
    "| CPU per call | × nginx | peak memory | errors |"
)


def markdown(results, plan, facts, command):
    lines = [HEAD, "|---|---|---|---|---|---|---|---|---|---|"]
    for shape, connections in plan:
        group = [r for r in results if (r.shape, r.connections) == (shape, connections)]
        names = list(dict.fromkeys(r.subject for r in group))
        nginx = [r for r in group if r.subject == "nginx"]
        lines += [row(name, [r for r in group if r.subject == name], nginx) for name in names]
    return "\n".join([*lines, "", f"{facts}. `{command}`"])


def added(results, sync):
    """What each proxy adds to a call when it is not busy: its percentiles less those of the provider alone."""
    lines = ["| load | through | p50 added ms | p99 added ms | p50 in syncs |", "|---|---|---|---|---|"]
    for load in dict.fromkeys(load for load, _result in results):
        group = [result for its, result in results if its == load]
        floor = [r for r in group if r.subject == "direct"]
        for name in dict.fromkeys(r.subject for r in group if r.subject != "direct"):
            p50, p99 = (more([r for r in group if r.subject == name], floor, which) for which in ("p50_us", "p99_us"))
            lines.append(f"| {load} | {name} | {p50 / 1000:.2f} | {p99 / 1000:.2f} | {p50 / sync:.1f} |")
    return "\n".join(lines)


def more(runs, floor, which):
    """The median of a percentile over runs less that of the floor's, in microseconds."""
    return median(getattr(r, which) for r in runs) - median(getattr(r, which) for r in floor)


def row(name, runs, nginx):
    rates = [r.calls_per_second for r in runs]
    cpu = median(r.cpu_us_per_call for r in runs)
    of_rate = of_cpu = "–"
    if nginx and name not in ("nginx", "direct"):
        of_rate = f"{median(rates) / median(r.calls_per_second for r in nginx):.2f}"
        of_cpu = f"{cpu / median(r.cpu_us_per_call for r in nginx):.1f}"
    p50 = median(r.p50_us for r in runs) / 1000
    p99 = median(r.p99_us for r in runs) / 1000
    rate = f"{median(rates):,.0f} ({min(rates):,}–{max(rates):,})"
    memory = max(r.memory_mib for r in runs)
    errors = sum(r.errors for r in runs)
    return (
        f"| {runs[0].shape} | {runs[0].connections} | {name} | {rate} | {of_rate} | {p50:.2f} / {p99:.2f} "
        f"| {cpu:.1f} µs | {of_cpu} | {memory:.0f} MiB | {errors} |"
    )
