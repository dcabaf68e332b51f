"""Progress of the jobs a source reports, newest first."""

from __future__ import annotations

from dash import html

from dashboard.number_text import count, figure
from dashboard.source_state import Job
from dashboard.ui.moment import Moment
from dashboard.ui.said import words
from dashboard.ui.times import clock

JOBS_SHOWN = 6


def jobs(moment: Moment) -> list:
    """One panel with a bar for each job; nothing where none was reported."""
    if moment.state is None or not moment.state.jobs:
        return []
    newest = sorted(moment.state.jobs, key=lambda job: job.received, reverse=True)[:JOBS_SHOWN]
    return [html.Div(className="panel", children=[
        html.Div(className="panel-head", children=[html.H2("Jobs")]),
        *(_job(job, moment) for job in newest),
    ])]


def _job(job: Job, moment: Moment) -> html.Div:
    share = _share(job)
    title = " · ".join(part for part in (job.run_id, job.phase) if part)
    lines = [html.Div([html.Strong(title), html.Span("" if share is None else f" {share:.0f} %")])]
    if share is not None:
        lines.append(html.Progress(value=f"{share:.1f}", max="100", **{"aria-label": title}))
    counts = [f"{count(value)} {word}" for value, word in (
        (job.completed, "done"), (job.processed, "processed"), (job.failed, "failed"), (job.remaining, "to go"),
        (job.total, "in all"))
        if value is not None]
    if job.current_symbol:
        counts.append(f"now {job.current_symbol}")
    if job.avg_processing_time_ms is not None:
        counts.append(f"{figure(job.avg_processing_time_ms)} ms each")
    if job.estimated_completion:
        counts.append(f"until {words(job.estimated_completion, moment.view.zone, moment.now)}")
    counts.append(f"heard {clock(job.received, moment.view.zone, moment.now)}")
    lines.append(html.Div(" · ".join(counts), className="muted"))
    return html.Div(lines, className="job")


def _share(job: Job) -> float | None:
    """Percent done: as reported, else worked out from the counts; None where neither says it."""
    if job.percentage is not None:
        return min(max(job.percentage, 0.0), 100.0)
    done = job.processed if job.processed is not None else job.completed
    return min(max(100.0 * done / job.total, 0.0), 100.0) if job.total and done is not None else None
