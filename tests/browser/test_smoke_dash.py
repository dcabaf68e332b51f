"""The page under dash's own test driver, as a Dash developer would look at it: served by us, not by its runner."""

from __future__ import annotations

from tests.browser.host import PAGE


def test_the_page_is_whole_under_dash_testing(dash_br, host, publisher):
    publisher.update({"system": {"cpu_percent": 41.5, "thread_count": 88}})
    publisher.alert("a", "pool empty")
    dash_br.driver.get(host.url + "/login")
    dash_br.find_element("[name=name]").send_keys("ada")
    dash_br.find_element("button").click()
    dash_br.wait_for_text_to_equal("body", "The host's own page")
    dash_br.server_url = host.url + PAGE
    dash_br.wait_for_text_to_equal('[title="system.thread_count"] .tile-value', "88")
    dash_br.wait_for_contains_text("#alert-table", "pool empty")
    assert dash_br.get_logs() == []
