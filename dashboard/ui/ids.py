"""Every component id of the page, once. The first block is fixed: hosts and other people's tests rely on it."""

STATUS_STRIP = "status-strip"
ALERT_TABLE = "alert-table"
ACKNOWLEDGE = "acknowledge"
RESOLVE = "resolve"
RESOLVE_NOTES = "resolve-notes"
SOURCE_SELECT = "source-select"
RANGE_SELECT = "range-select"
LIVE_TOGGLE = "live-toggle"
THEME_TOGGLE = "theme-toggle"

# How updates travel: interval or a change of view -> tick (what is asked) -> live (what is answered).
INTERVAL = "interval"
WAKE = "wake"  # written by the page's scripts: "ask now"
TICK = "tick"
LIVE = "live"
DRAWN = "drawn"  # output of the drawing script, read by nobody
FILTERS_SEEN = "filters-seen"  # likewise
ZONE_SELECT = "zone-select"

HEALTH = "health"  # the panel around two sections

# Sections that the server sends as components, and only when they changed.
NOTICE = "notice"
HEALTH_SCORE = "health-score"
HEALTH_COMPONENTS = "health-components"
GAUGES = "gauges"
TILES = "tiles"
MORE_TILES = "more-tiles"
CHARTS = "charts"
FACTS = "facts"
JOBS = "jobs"
FEED = "feed"
RAW_PANEL = "raw-panel"
RAW_CHOICE = "raw-choice"
RAW_LOAD = "raw-load"
RAW = "raw"
COMMAND_LOG = "command-log"
SECTIONS = (NOTICE, HEALTH_SCORE, HEALTH_COMPONENTS, GAUGES, TILES, CHARTS, MORE_TILES, FACTS, JOBS, FEED, COMMAND_LOG)

# The strip: filled by the page's scripts from what a tick brings.
WORST = "worst"
COUNTS = "alert-counts"
LIVENESS = "liveness"
DATA_AGE = "data-age"
CONNECTION = "connection"

ZOOM_RESET = "zoom-reset"
OFFLINE = "offline"  # the banner that the page raises itself, when its server is away

# The bell: how the viewer wants to be told of new alerts.
BELL = "bell"
BELL_BUTTON = "bell-button"
BELL_LEVEL = "bell-level"
BELL_SOUND = "bell-sound"
BELL_TRY = "bell-try"
BELL_STATE = "bell-state"

# Since you last looked.
PERSON = "person"  # the name of who is looking
LOOKED = "looked"  # output of the script that keeps when, read by nobody
SINCE_ASKED = "since-asked"  # which time away is asked about
SINCE = "since"
SINCE_DISMISS = "since-dismiss"

# Alerts.
ALERTS = "alerts"  # the panel, where the skip link leads
ALERTS_STAMP = "alerts-stamp"  # rises when the table should be asked for again
ALERT_ROWS = "alert-rows"  # the rows of the last answer, on their way to the table
ALERTS_KNOWN = "alerts-known"  # which alerts matched when the rows were last free to move
ALERT_OPEN = "alert-open"  # key of the alert shown in full; it need not be on the page of the table
ALERT_DETAIL_ASKED = "alert-detail-asked"  # {key, number}: asked for again with the rows, while one is open
ALERTS_DONE = "alerts-done"  # ids the last action is done with: their ticks go
ALERT_SUMMARY = "alert-summary"
ALERT_DETAIL = "alert-detail"
ALERT_CLOSE = "alert-close"
ALERT_FEEDBACK = "alert-feedback"
ALERT_EMPTY = "alert-empty"
NEW_ALERTS = "new-alerts"
FILTER_STATE = "filter-state"
FILTER_LEVEL = "filter-level"
FILTER_SOURCE = "filter-source"
FILTER_TEXT = "filter-text"

# The alert console, beside what it shares with the panel.
CONSOLE = "alert-console"  # the table's panel, where the skip link leads
FILTER_LINE = "filter-line"
FILTER_CHIPS = "filter-chips"
FILTER_SAVED = "filter-saved"  # filled by the page's scripts
FILTER_NAME = "filter-name"
FILTER_ERROR = "filter-error"
ALERT_ASIDE = "alert-aside"
ALERT_STORY = "alert-story"
ALERT_CHART = "alert-chart"
ALERT_CHART_CAPTION = "alert-chart-caption"
ALERT_CHART_ASKED = "alert-chart-asked"
ALERT_CHART_DATA = "alert-chart-data"
ALERT_CHART_DRAWN = "alert-chart-drawn"
ALERT_BAR = "alert-bar"
ALERT_TARGET = "alert-target"  # what the actions are for
ALERT_UNDO = "alert-undo"
ALERT_ASKED = "alert-asked"  # what is to be done, on its way to the server
ALERT_ACTED = "alert-acted"  # what became of it
ALERT_ACTED_SEEN = "alert-acted-seen"
ACKNOWLEDGE_FOR = "acknowledge-for"
UNACKNOWLEDGE = "unacknowledge"
REOPEN = "reopen"
SNOOZE = "snooze"
SNOOZE_FOR = "snooze-for"
UNSNOOZE = "unsnooze"
ASSIGN = "assign"
ASSIGN_TO = "assign-to"
ASSIGN_ME = "assign-me"
ASSIGN_PEOPLE = "assign-people"  # who has had an alert, filled by the page's scripts
BULK_DIALOG = "bulk-dialog"
BULK_TITLE = "bulk-title"
BULK_QUESTION = "bulk-question"
BULK_CANCEL = "bulk-cancel"
BULK_CONFIRM = "bulk-confirm"
HELP = "help"
HELP_DIALOG = "help-dialog"
HELP_TITLE = "help-title"

# Commands.
COMMAND_ASKED = "command-asked"
COMMAND_DIALOG = "command-dialog"
COMMAND_TITLE = "command-title"
COMMAND_QUESTION = "command-question"
COMMAND_CONFIRM = "command-confirm"
COMMAND_CANCEL = "command-cancel"
COMMAND_FEEDBACK = "command-feedback"
COMPONENT_TYPE = "component-type"
COMPONENT_NAME = "component-name"

# The page of closed alerts.
PAST = "past"  # the panel, where the skip link leads
PAST_STAMP = "past-stamp"  # rises when the table should be asked for again
PAST_ROWS = "past-rows"  # the rows of the last answer, on their way to the table
PAST_KNOWN = "past-known"  # what matched when the rows were last free to move
PAST_OPEN = "past-open"  # key of the alert shown in full
PAST_COUNTED = "past-counted"  # rises when the figures should be made again
PAST_SEEN = "past-seen"  # output of the script that writes the address, read by nobody
PAST_SUMMARY = "past-summary"
PAST_NEW = "past-new"
PAST_NOTE = "past-note"
PAST_CSV = "past-csv"
PAST_JSON = "past-json"
PAST_SPAN = "past-span"
PAST_TIMES = "past-times"
PAST_FROM = "past-from"
PAST_TO = "past-to"
PAST_LEVEL = "past-level"
PAST_SOURCE = "past-source"
PAST_TEXT = "past-text"
PAST_TABLE = "past-table"
PAST_EMPTY = "past-empty"
PAST_DETAIL = "past-detail"
PAST_CLOSE = "past-close"
PAST_FIGURES = "past-figures"
PAST_NOISE = "past-noise"

# The page of silences.
SILENCE_FORM = "silence-form"  # the panel, where the skip link leads
SILENCE_STAMP = "silence-stamp"  # rises when the preview should be made again
SILENCE_SEEN = "silence-seen"  # output of the script that writes the address, read by nobody
SILENCE_LEVELS = "silence-levels"
SILENCE_SOURCE = "silence-source"
SILENCE_COMPONENT = "silence-component"
SILENCE_TEXT = "silence-text"
SILENCE_REASON = "silence-reason"
SILENCE_KIND = "silence-kind"
SILENCE_ONCE = "silence-once"
SILENCE_SPAN = "silence-span"
SILENCE_WEEKLY = "silence-weekly"
SILENCE_DAYS = "silence-days"
SILENCE_FROM = "silence-from"
SILENCE_TO = "silence-to"
SILENCE_ZONE = "silence-zone"
SILENCE_STARTS = "silence-starts"
SILENCE_END_FIELD = "silence-end-field"
SILENCE_UNTIL = "silence-until"
SILENCE_ZONE_NOTE = "silence-zone-note"  # which clock the two times above go by
SILENCE_HITS = "silence-hits"
SILENCE_PREVIEW = "silence-preview"
SILENCE_SAVE = "silence-save"
SILENCE_FEEDBACK = "silence-feedback"
SILENCE_ENDED = "silence-ended"
SILENCE_LIST = "silence-list"
SILENCES_OVER = "silences-over"
# Names that are offered while one is typed.
SILENCE_SOURCES = "silence-sources"
SILENCE_COMPONENTS = "silence-components"
ZONE_NAMES = "zone-names"

# Explore: a change of the view -> wake -> asked -> answer -> drawn; the list and the panels likewise.
EXPLORE_WAKE = "explore-wake"
EXPLORE_ASKED = "explore-asked"
EXPLORE_ANSWER = "explore-answer"
EXPLORE_DRAWN = "explore-drawn"
EXPLORE_LIST_WAKE = "explore-list-wake"
EXPLORE_LIST_ASKED = "explore-list-asked"
EXPLORE_LIST_ANSWER = "explore-list-answer"
EXPLORE_LIST_DRAWN = "explore-list-drawn"
EXPLORE_PANEL_WAKE = "explore-panel-wake"
EXPLORE_PANEL_ASKED = "explore-panel-asked"
EXPLORE_PANEL_DRAWN = "explore-panel-drawn"
EXPLORE_NOTE_WAKE = "explore-note-wake"
EXPLORE_NOTE_ASKED = "explore-note-asked"
EXPLORE_NOTED = "explore-noted"
EXPLORE_NOTE_SHOWN = "explore-note-shown"
EXPLORE_PLOTLY = "explore-plotly"  # an empty plot: with it comes plotly.js
EXPLORE_METRICS = "explore-metrics"
EXPLORE_CHOSEN = "explore-chosen"
EXPLORE_SEARCH = "explore-search"
EXPLORE_SOURCE = "explore-source"  # whose metrics are listed: also of sources that are heard no more
EXPLORE_SOURCES = "explore-sources"
EXPLORE_LIST = "explore-list"
EXPLORE_LIST_FEEDBACK = "explore-list-feedback"
EXPLORE_FROM = "explore-from"
EXPLORE_TO = "explore-to"
EXPLORE_MOMENTS = "explore-moments"
EXPLORE_PRESET = "explore-preset"
EXPLORE_PROBLEM = "explore-problem"
EXPLORE_SPAN = "explore-span"
EXPLORE_COMPARE = "explore-compare"
EXPLORE_PER = "explore-per"
EXPLORE_FOCUS = "explore-focus"
EXPLORE_HEAT_KIND = "explore-heat-kind"
EXPLORE_EXPORT_FEEDBACK = "explore-export-feedback"
EXPLORE_NOTES = "explore-notes"  # what of the address was not understood, and what the viewer should know
EXPLORE_CHARTS = "explore-charts"
EXPLORE_PANEL = "explore-panel"
EXPLORE_MOVED = "explore-moved"
EXPLORE_MOVED_FOUND = "explore-moved-found"
EXPLORE_BRUSH_FROM = "explore-brush-from"
EXPLORE_BRUSH_TO = "explore-brush-to"
EXPLORE_BRUSH_PROBLEM = "explore-brush-problem"
EXPLORE_AT = "explore-at"
EXPLORE_AT_PROBLEM = "explore-at-problem"
EXPLORE_EVENTS = "explore-events"
EXPLORE_HOW = "explore-how"
NOTE_FORM = "note-form"
NOTE_TEXT = "note-text"
NOTE_FROM = "note-from"
NOTE_TO = "note-to"
NOTE_FEEDBACK = "note-feedback"
# The page of notifications.
ROUTE_STATUS = "route-status"
ROUTE_LIST = "route-list"
ROUTE_FEEDBACK = "route-feedback"
ROUTE_FORM = "route-form"  # the panel, where the skip link leads
ROUTE_TITLE = "route-title"
ROUTE_EDITED = "route-edited"  # the route that somebody wants to edit; empty: a new one
ROUTE_SHOWN = "route-shown"  # id and revision of the one the form was filled from
ROUTE_STAMP = "route-stamp"  # rises when the preview should be made again
ROUTE_SEEN = "route-seen"  # output of the script that writes the address, read by nobody
ROUTE_NAME = "route-name"
ROUTE_LEVELS = "route-levels"
ROUTE_SOURCES = "route-sources"
ROUTE_COMPONENTS = "route-components"
ROUTE_KEPT_FIELD = "route-kept-field"
ROUTE_KEPT = "route-kept"  # the addresses it has, each to be kept or not
ROUTE_URLS = "route-urls"
ROUTE_HITS = "route-hits"
ROUTE_PREVIEW = "route-preview"
ROUTE_SAVE = "route-save"
ROUTE_CANCEL = "route-cancel"
ROUTE_SAVED = "route-saved"
ROUTE_ASKED = "route-asked"
ROUTE_DIALOG = "route-dialog"
ROUTE_QUESTION = "route-question"
ROUTE_CONFIRM = "route-confirm"
ROUTE_KEEP = "route-keep"
DELIVERY_LIST = "delivery-list"


def chart(key: str) -> dict[str, str]:
    """Id of the graph of one chart group."""
    return {"type": "chart", "key": key}


def gauge(key: str) -> dict[str, str]:
    """Id of the graph of one gauge."""
    return {"type": "gauge", "key": key}


def command(action: str) -> dict[str, str]:
    """Id of the button that asks for one action."""
    return {"type": "command", "action": action}


def silence_end(silence_id: str) -> dict[str, str]:
    """Id of the button that ends one silence."""
    return {"type": "silence-end", "id": silence_id}


def route_act(action: str, route_id: str) -> dict[str, str]:
    """Id of the button that does one of `edit`, `test`, `switch`, `remove` to one route."""
    return {"type": "route-act", "action": action, "id": route_id}
