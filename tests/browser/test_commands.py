"""Commands: nothing leaves before it was confirmed, and it is told who heard it."""

from __future__ import annotations

from playwright.sync_api import expect


def button(console, name):
    return console.page.get_by_role("button", name=name, exact=True)


def test_a_command_is_asked_about_then_sent_once_and_what_became_of_it_is_told(console, publisher, control,
                                                                               redis_server, host):
    publisher.update({"system": {"cpu_percent": 5}})
    console.open()
    dialog = console.page.get_by_role("dialog")
    button(console, "Clear cache").click()
    expect(dialog).to_contain_text("Send this command?")
    expect(dialog).to_contain_text("Empties the producer's caches")
    expect(dialog).to_contain_text("CLEAR_CACHE goes out on tickstock:monitoring:control")
    button(console, "Cancel").click()
    expect(dialog).to_be_hidden()
    assert control.nothing()

    button(console, "Clear cache").click()
    button(console, "Send").click()
    console.say("#command-feedback", "Clear cache: heard by 1.")
    expect(dialog).to_be_hidden()
    command = control.next()
    assert (command["action"], command["requested_by"]) == ("CLEAR_CACHE", "ada")
    assert control.nothing()
    console.say("#command-log", "Clear cache, ada: heard by 1")

    publisher.payload("command_result", request_id=command["request_id"], status="done", message="412 entries")
    console.say("#command-log", "TickStockPL says done: 412 entries")

    # Enabling a component needs its type and name.
    console.page.locator(".enable-component summary").click()
    button(console, "Enable…").click()
    button(console, "Send").click()
    console.say("#command-feedback", "Not sent: type is missing.")
    console.page.fill("#component-type", "pattern")
    console.page.fill("#component-name", "Doji")
    button(console, "Enable…").click()
    console.say("#command-question", "Type “pattern”, name “Doji”.")
    button(console, "Send").click()
    console.say("#command-feedback", "heard by 1")
    command = control.next()
    assert (command["action"], command["type"], command["name"]) == ("ENABLE_COMPONENT", "pattern", "Doji")

    # Escape sends nothing, the button asks again; and it is told that nobody listens.
    control.close()
    expect(dialog).to_be_hidden()
    before = host.services.commands.recent
    button(console, "Health check").click()
    # Visible it is at once; it hears the keyboard when it has taken the focus.
    console.until("() => document.querySelector('[role=dialog]')?.contains(document.activeElement)")
    console.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert host.services.commands.recent == before
    button(console, "Health check").click()
    button(console, "Send").click()
    console.say("#command-feedback", "Health check: sent, nobody is listening.")
    assert len(host.services.commands.recent) == len(before) + 1

    # Without Redis it says that it was not sent.
    redis_server.kill()
    button(console, "Free memory").click()
    button(console, "Send").click()
    console.say("#command-feedback", "Not sent: Nothing answers at the address of Redis.")
