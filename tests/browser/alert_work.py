"""What a person does in the alert console, and what is read there. For tests."""

from __future__ import annotations


def work(console, query=""):
    """Open the console and wait for its table."""
    console.page.goto(console.host.url + "/admin/monitoring/alerts/" + query)
    console.until("() => window.monitoring && monitoring.answer && monitoring.shownRows")
    return console


def state_of(console, words):
    return console.row(words).locator("[data-dash-column=state]")


def open_row(console, words):
    console.row(words).locator("[data-dash-column=what]").click()
    console.say("#alert-detail", words)


def stored(host, alert_id):
    return host.services.alerts.find(alert_id)[0]


def said(console, words):
    console.say("#alert-feedback", words)


def timeline(console):
    return console.page.locator("#alert-story .timeline li")
