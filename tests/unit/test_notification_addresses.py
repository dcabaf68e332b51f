"""What Apprise makes of addresses: which are refused, what of them is told, and that no log holds any."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import apprise
import pytest

from dashboard.notifications import apprise_quietly
from dashboard.notifications.addresses import FILE_OPTIONS, REFUSED, describe
from dashboard.notifications.delivery import NOT_TAKEN, Sender, reason_of
from dashboard.notifications.message import Message
from dashboard.notifications.routes import RefusedAddress
from tests.unit.documents import ROOT, table_rows

SECRET = "hunter2hunter2hunter2"
PLUGINS = Path(apprise.__file__).parent / "plugins"
MESSAGE = Message("<b>Title</b>", "text", "bad")


@pytest.mark.parametrize(("url", "shown"), [
    (f"json://user:{SECRET}@hooks.test/{SECRET}?x={SECRET}", ("json", "JSON", "hooks.test")),
    (f"jsons://[::1]:8443/{SECRET}", ("jsons", "JSON", "[::1]")),
    (f"mailtos://watch:{SECRET}@example.com", ("mailtos", "E-Mail", "example.com")),
    (f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET}abc/#ops", ("slack", "Slack", "")),
    (f"https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/{SECRET}abc", ("slack", "Slack", "")),
    (f"tgram://123456789:{SECRET}/12315544", ("tgram", "Telegram", "")),
    (f"ntfy://{SECRET}", ("ntfy", "ntfy", "")),
    (f"discord://4174216298/{SECRET}", ("discord", "Discord", "")),
    (f"gotify://gotify.test/{SECRET}", ("gotify", "Gotify", "gotify.test")),
])
def test_what_is_told_of_an_address(url, shown):
    told = describe(url)
    assert (told.scheme, told.service, told.host) == shown and SECRET not in repr(told)


@pytest.mark.parametrize(("url", "host"), [
    ("json://user:p@hunter2/rest@hooks.test", ""), ("json://user:p@hunter2?rest@hooks.test", ""),
    ("json://user:p@hunter2#rest@hooks.test", ""), ("json://hunter2/rest@hooks.test", ""),
    ("ncloud://user:pass@cloud.test/@someone", "cloud.test"), ("mailtos://u:p@example.com?to=a@b.test", "example.com"),
    ("json://u:p%40ss@hooks.test/x?+X-Token=a@b", "hooks.test"),
])
def test_no_part_of_a_password_that_was_written_as_it_is_is_told_as_a_host(url, host):
    assert describe(url).host == host


@pytest.mark.parametrize("scheme", ["json", "gotifys", "mmost", "rocket"])
def test_an_at_that_is_not_written_as_it_must_be_is_told_without_the_address(scheme):
    """Apprise would connect to what stands between the two, a part of the password."""
    with pytest.raises(RefusedAddress, match="%40") as refused:
        describe(f"{scheme}://user:pa@{SECRET}@hooks.test/x")
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(("url", "words"), [
    ("syslog://", "the log of this machine"), ("macosx://", "a program on this machine"),
    ("kde://", "the desktop of this machine"), ("windows://", "the desktop of this machine"),
    ("gnome://", "the desktop of this machine"), ("blink1://", "a light"),
    (f"vapid://user@example.com/{SECRET}", "files on this machine"),
    (f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET}abc?Template=/etc/passwd", "names a file"),
    (f"discord://4174216298/{SECRET}?template=file:///etc/passwd", "names a file"),
    (f"mailto://u:{SECRET}@example.com?PGPpub=/etc/passwd", "names a file"),
    (f"fcm://project/device?keyfile=/{SECRET}", "names a file"),
    (f"exec://{SECRET}", "no address"), (f"https://example.com/{SECRET}", "no address"), (SECRET, "no address"),
    (f"file:///{SECRET}", "no address"), ("json://", "no address"), (f"slack://{SECRET}", "no address"),
    ("", "no address"),
])
def test_what_is_refused_and_why_without_the_address(url, words):
    with pytest.raises(RefusedAddress, match=words) as refused:
        describe(url)
    assert SECRET not in str(refused.value)
    outcome = Sender("Monitoring")(url, MESSAGE)
    assert not outcome.ok and words in outcome.reason and SECRET not in outcome.reason


@pytest.mark.parametrize("separator", ["?", "?to=a@b.test&", "?pgp=encrypt;", "?to=a?b;", "/?x=%3F;"])
@pytest.mark.parametrize("name", ["pgppub", " PGPprv", "%20pgppub", "pgp%70ub%20", "%09pgpprv"])
def test_however_an_option_that_names_a_file_is_written_it_is_refused(separator, name):
    with pytest.raises(RefusedAddress, match="names a file"):
        describe(f"mailtos://u:{SECRET}@example.com{separator}{name}=/etc/passwd")


@pytest.mark.parametrize("url", [
    f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET}abc?x=1;%20Template%20=/etc/passwd",
    f"https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/{SECRET}abc?x=1;template=/etc/passwd",
    f"fcm://project/device?mode=oauth2;%20keyfile=/{SECRET}",
])
def test_so_is_what_other_services_read(url):
    with pytest.raises(RefusedAddress, match="names a file"):
        describe(url)


@pytest.mark.parametrize("option", ["pgppub", "pgpprv"])
def test_what_the_plugin_holds_is_enough_to_refuse_it(option, monkeypatch):
    """Whatever Apprise comes to understand as the name of an option."""
    monkeypatch.setattr(apprise_quietly, "options", lambda url: set())
    with pytest.raises(RefusedAddress, match="names a file"):
        describe(f"mailtos://u:{SECRET}@example.com?pgp=encrypt&{option}=/etc/passwd")


def test_a_service_of_somebody_elses_is_refused():
    @apprise.decorators.notify(on="ours")
    def ours(body, title, notify_type, **more):
        raise AssertionError("it was used")

    try:
        with pytest.raises(RefusedAddress, match="own services"):
            describe(f"ours://{SECRET}")
    finally:
        apprise.NotificationManager().remove("ours")


def test_whatever_in_apprise_reaches_for_the_machine_is_known():
    """A later Apprise may bring another one: it is looked at before it is allowed."""
    reaching = re.compile(r"^\s*(?:import|from)\s+(?:subprocess|ctypes|syslog|dbus|gi|win32\w*|winreg|hid|blink1\w*)\b"
                          r"|subprocess\.(?:run|Popen)|os\.(?:system|popen)", re.MULTILINE)
    found = {path.relative_to(PLUGINS).parts[0].removesuffix(".py") for path in PLUGINS.rglob("*.py")
             if reaching.search(path.read_text(encoding="utf-8"))}
    assert found and found <= REFUSED.keys()
    assert all((PLUGINS / f"{name}.py").exists() or (PLUGINS / name).is_dir() for name in REFUSED)


def test_options_that_name_files_are_known():
    option = re.compile(r'"(\w*(?<!pro)file|pgp(?:pub|prv))":\s*\{\s*"name"')
    found = {name for path in PLUGINS.rglob("*.py") for name in option.findall(path.read_text(encoding="utf-8"))}
    assert {"keyfile", "pgppub"} <= found <= FILE_OPTIONS


def test_addresses_of_the_documentation_are_ones():
    rows = table_rows(ROOT / "docs" / "notifications.md", "service | address")
    urls = [url for row in rows for url in re.findall(r"`([a-z]+://[^`]{3,})`", row[1])]
    assert len(urls) >= 8
    filled = [url.replace("T000/B000/XXXX", "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
              .replace("BOTTOKEN", "123456789:abcdefg_hijklmnop").replace("CHATID", "12315544") for url in urls]
    assert all(describe(url).service for url in filled)


def test_nothing_is_logged_whatever_the_level(caplog):
    """Also at the lowest level, at which Apprise and urllib3 write whole addresses; what we say ourselves is heard."""
    with caplog.at_level(1):
        for url in (f"json://user:{SECRET}@127.0.0.1:9/{SECRET}?y={SECRET}", f"slack://{SECRET}/{SECRET}/{SECRET}",
                    f"mailto://user:{SECRET}@127.0.0.1:9", f"{SECRET}://{SECRET}"):
            Sender("Monitoring")(url, MESSAGE)
        assert SECRET not in caplog.text
        with apprise_quietly.hushed():
            logging.getLogger("apprise").error("dropped")
            logging.getLogger("urllib3.connectionpool").debug("dropped")
            logging.getLogger("dashboard.notifications").error("heard")
        logging.getLogger("apprise").error("heard again")
    assert "dropped" not in caplog.text and "heard\n" in caplog.text and "heard again" in caplog.text


def test_options_that_would_hide_a_failure_or_wait_for_minutes_have_no_effect():
    with apprise_quietly.hushed():
        plugin = apprise_quietly.instantiate(
            "json://h/p?optional=yes&retry=5&wait=60&redirect=yes&rto=9999&cto=9999&emojis=yes", "Name", "")
    assert (plugin.optional, plugin.retry, plugin.redirects, plugin.interpret_emojis) == (False, 0, False, False)
    assert plugin.request_timeout == (10.0, 15.0) and plugin.app_id == "Name"


@pytest.mark.parametrize(("said", "reason"), [
    (["Failed to send JSON POST notification: Unauthorized, error=401."], "The service answered 401 (Unauthorized)"),
    (["error=599"], "The service answered 599"),
    (["Socket Exception: (535, b'5.7.8 no')", "A Connection error"], "The mail server answered 535"),
    ([f"HTTPSConnectionPool(host='x'): url: /{SECRET} (Caused by NameResolutionError(…))"], "The host name is unknown"),
    (["[SSL: CERTIFICATE_VERIFY_FAILED] certificate"], "The TLS certificate of the service is not trusted"),
    ([f"read timed out {SECRET}"], "The service did not answer in time"),
    (["[Errno 111] Connection refused"], "Nothing answers at the address"),
    ([f"something about {SECRET}"], NOT_TAKEN),
    ([], NOT_TAKEN),
])
def test_why_it_failed_is_said_in_words_of_ours(said, reason):
    assert reason_of(said) == reason
