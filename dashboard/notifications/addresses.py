"""Which URLs a message may be sent to, and what of a URL may be told.

Only admins make routes, and an admin of the console need not be one of the machine. So what would run a program, write
a file or send the content of one is refused; what speaks to the network is not, since reaching a host inside of it is
what a webhook is for.
"""

from __future__ import annotations

import re
from typing import Any

from dashboard.notifications import apprise_quietly
from dashboard.notifications.routes import Description, RefusedAddress

REFUSED = {
    "blink1": "a light on this machine",
    "dbus": "the desktop of this machine",
    "glib": "the desktop of this machine",
    "gnome": "the desktop of this machine",
    "macosx": "a program on this machine",
    "syslog": "the log of this machine",
    "vapid": "files on this machine",
    "windows": "the desktop of this machine",
}
"""Apprise's modules that act on the machine itself, and on what."""
FILE_OPTIONS = frozenset({"keyfile", "subfile", "pgppub", "pgpprv"})
"""Options that name a file, should a plugin keep it in a way `_holds_a_file` does not see. `template` does for some
services only, so there it is left to that."""
HOST_SHOWN = frozenset({
    "apprise", "apprises", "form", "forms", "gotify", "gotifys", "hassio", "hassios", "irc", "ircs", "json", "jsons",
    "mailto", "mailtos", "mmost", "mmosts", "mqtt", "mqtts", "ncloud", "nclouds", "nctalk", "nctalks", "rocket",
    "rockets", "rsyslog", "synology", "synologys", "xml", "xmls", "xmpp", "xmpps",
})
"""Schemas whose host is the name of a machine. With most others it is a token: `slack://TOKEN/…`."""
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?")
_MODULES = "apprise.plugins."


def describe(url: str) -> Description:
    """What may be told of a URL. Raises RefusedAddress. Loads Apprise; sends nothing."""
    with apprise_quietly.hushed():
        plugin = plugin_for(url)
        scheme = scheme_of(url, plugin)
        host = plugin.host if scheme in HOST_SHOWN and isinstance(plugin.host, str) else ""
        if host and _parts(url)[0].count("@") > 1:
            raise RefusedAddress("its name or password holds an @, which is written %40 there")
        return Description(scheme, _service(plugin), host if _HOST.fullmatch(host) and _is_host(url) else "")


def plugin_for(url: str, app_name: str = "", app_url: str = "") -> Any:
    """Apprise's plugin for an address to which something may be sent. Call it `hushed`. Raises RefusedAddress."""
    known = apprise_quietly.service_class(url.partition("://")[0].lower())
    if known is not None:
        _check_service(known)
    try:
        plugin = apprise_quietly.instantiate(url, app_name, app_url)
    except Exception:  # whatever a plugin raises may hold the URL
        plugin = None
    if plugin is None:
        raise RefusedAddress("it is no address that Apprise can send to")
    _check_service(type(plugin))
    if apprise_quietly.options(url) & FILE_OPTIONS or _holds_a_file(plugin):
        raise RefusedAddress("it names a file on this machine")
    return plugin


def _is_host(url: str) -> bool:
    """Whether what Apprise takes for the host of a URL can be no part of a password that was written as it is.

    It ends the password at the first `@`, and the host at the first of `/?#`. A later `@` that begins no part of the
    path and stands in no value of an option may be the one before the host.
    """
    return not any("@" in part.partition("=")[0][1:] for part in _parts(url)[1:])


def _parts(url: str) -> list[str]:
    """What stands before the path, and then each part of path and options."""
    return re.split("[/?#&;]", url.partition("://")[2])


def scheme_of(url: str, plugin: Any) -> str:
    """The schema an address has, or would have were it not written as the service itself writes it."""
    scheme = url.partition("://")[0].lower()
    if apprise_quietly.service_class(scheme) is type(plugin):
        return scheme
    own = plugin.secure_protocol or plugin.protocol
    return str(own if isinstance(own, str) else own[0])


def _check_service(service: Any) -> None:
    """A class of Apprise's that acts on nothing but the network, and can be used here. Raises RefusedAddress."""
    module = service.__module__
    name = module.removeprefix(_MODULES).partition(".")[0]
    if not module.startswith(_MODULES):
        raise RefusedAddress("it is not one of Apprise's own services")
    if name in REFUSED:
        raise RefusedAddress(f"it would act on {REFUSED[name]}")
    if not service.enabled:
        raise RefusedAddress(f"{_service(service)} needs a package that is not installed here")


def _service(plugin: Any) -> str:
    return str(plugin.service_name)[:80]


def _holds_a_file(plugin: Any) -> bool:
    """Whether the plugin, or anything of Apprise's inside of it, was given a file to read, by whatever option.

    Apprise reads each file of an address through an `AppriseAttachment`; the keys of PGP lie one object deeper.
    """
    from apprise import AppriseAttachment

    waiting, seen = [plugin], set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, AppriseAttachment):
            if len(value) > 0:
                return True
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple | set | frozenset):
            waiting.extend(value)
        elif type(value).__module__.partition(".")[0] == "apprise":
            waiting.extend(getattr(value, "__dict__", {}).values())
    return False
