"""The options: documented, read from the environment, refused where they cannot be used, silent about secrets."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from dashboard.settings import SettingError, Settings

OPTIONS = {option.name: option for option in fields(Settings)}
SECRETS = [name for name, option in OPTIONS.items() if option.metadata["secret"]]
KINDS = {name: str(option.type).removesuffix(" | None") for name, option in OPTIONS.items()}


def in_the_environment(name: str) -> tuple[str, object]:
    """A text for the variable of an option, and the value it must be read as; never the default."""
    kind, default = KINDS[name], OPTIONS[name].default
    if kind == "bool":
        return "off", False
    if kind in ("int", "float"):
        value = default + 1
        return f" {value} ", value
    if name == "public_url":
        return "https://host/some/", "https://host/some"
    return f"/some/{name}", f"/some/{name}"


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_documented(name):
    about = OPTIONS[name].metadata
    assert about["about"].endswith(".") and len(about["about"]) > 10
    assert about["env"].startswith(("MONITORING_", "REDIS_"))
    assert KINDS[name] in ("str", "int", "float", "bool")


def test_no_two_options_share_a_variable():
    assert len({option.metadata["env"] for option in OPTIONS.values()}) == len(OPTIONS)


def test_an_empty_environment_gives_the_defaults():
    assert Settings.from_env({}) == Settings()
    assert Settings.from_env({option.metadata["env"]: "  " for option in OPTIONS.values()}) == Settings()


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_is_read_from_its_variable(name):
    text, value = in_the_environment(name)
    environ = {OPTIONS[name].metadata["env"]: text}
    if name == "delayed_after_s":
        environ["MONITORING_INACTIVE_AFTER_S"] = "99"
    assert getattr(Settings.from_env(environ), name) == value
    assert value != OPTIONS[name].default


def test_the_process_environment_is_read_where_none_is_given(monkeypatch):
    monkeypatch.setenv("MONITORING_TITLE", "Night watch")
    assert Settings.from_env().title == "Night watch"


def test_what_the_caller_says_wins():
    assert Settings.from_env({"MONITORING_TITLE": "Environment"}, title="Caller").title == "Caller"


@pytest.mark.parametrize("text", ["0", "false", "No", "OFF"])
def test_words_for_no(text):
    assert Settings.from_env({"MONITORING_START": text}).start_listener is False


@pytest.mark.parametrize("text", ["1", "true", "yes", "on"])
def test_words_for_yes(text):
    assert Settings.from_env({"MONITORING_START": text}).start_listener is True


def test_more_resolved_alerts_than_a_process_holds_beside_open_ones_are_refused():
    assert Settings(alerts_kept=40_000).alerts_kept == 40_000
    with pytest.raises(SettingError, match="alerts_kept must be at most 40,000"):
        Settings(alerts_kept=40_001)


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.metadata["minimum"] is not None])
def test_bounds_are_kept_and_the_bound_itself_is_within(name):
    minimum = OPTIONS[name].metadata["minimum"]
    with pytest.raises(SettingError, match=name):
        Settings(**{name: minimum - 1})
    others = {"delayed_after_s": minimum} if name == "inactive_after_s" else {}
    assert getattr(Settings(**{name: minimum}, **others), name) == minimum


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind in ("int", "float")])
@pytest.mark.parametrize("text", ["many", "1.5.2", "0x10", "1e", "12 s"])
def test_a_number_that_is_none_is_refused_by_name(name, text):
    with pytest.raises(SettingError, match=name):
        Settings.from_env({OPTIONS[name].metadata["env"]: text})


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind == "float"])
def test_nan_is_no_number(name):
    with pytest.raises(SettingError, match=name):
        Settings.from_env({OPTIONS[name].metadata["env"]: "nan"})


WRONG = {"int": ["500", 500.5, None, True, [500]], "float": ["30", None, True, float("inf"), float("nan")],
         "bool": ["0", 0, None], "str": [None, 5, b"/x"], "str | None": [5, b"secret", ["x"]]}


@pytest.mark.parametrize(("name", "value"), [
    (name, value) for name, option in OPTIONS.items() for value in WRONG[str(option.type)]])
def test_a_value_of_the_wrong_kind_is_refused_by_name(name, value):
    with pytest.raises(SettingError, match=f"^{name} must be ") as refused:
        Settings(**{name: value})
    assert "secret" not in str(refused.value)


def test_a_whole_number_will_do_for_seconds_and_a_path_for_a_folder():
    found = Settings(delayed_after_s=20, assets_folder=Path("here"))
    assert (found.delayed_after_s, found.assets_folder) == (20, "here")
    with pytest.raises(SettingError, match="store_token"):
        Settings(store_token=Path("here"))


@pytest.mark.parametrize("prefix", ["", "/", "//", "admin", "/a b", "/<x>", "/a?b", "/a#b", "\\a", "https://x.org"])
@pytest.mark.parametrize("name", ["page_prefix", "api_prefix"])
def test_prefixes_are_absolute_paths(name, prefix):
    with pytest.raises(SettingError, match=name):
        Settings(**{name: prefix})


def test_prefixes_are_written_in_one_way_only():
    assert Settings(page_prefix="/watch/", api_prefix="/watch/api//").page_prefix == "/watch"
    assert Settings(api_prefix="/watch/api//").api_prefix == "/watch/api"


def test_page_and_api_cannot_share_a_prefix():
    with pytest.raises(SettingError, match="differ"):
        Settings(page_prefix="/watch", api_prefix="/watch/")


def test_inactive_comes_after_delayed():
    with pytest.raises(SettingError, match="inactive_after_s"):
        Settings(delayed_after_s=30, inactive_after_s=29)


def test_secrets_are_never_shown():
    assert set(SECRETS) == {"redis_url", "redis_password", "store_token", "database_url"}
    shown = repr(Settings(**dict.fromkeys(SECRETS, "hunter2")))
    assert "hunter2" not in shown and "title='Monitoring'" in shown


def test_an_error_never_holds_a_value():
    with pytest.raises(SettingError) as error:
        Settings.from_env({"REDIS_PORT": "hunter2", "REDIS_PASSWORD": "hunter2"})
    assert "hunter2" not in str(error.value)


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Settings().title = "other"  # type: ignore[misc]


def test_a_setting_error_is_a_value_error():
    assert issubclass(SettingError, ValueError)
