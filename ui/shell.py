"""What surrounds every page and must be there before it: styles, and caches that fit the source.

It imports little, for the first page of a new server waits for it.
"""

import streamlit as st

from ui import address, imports, registry, renewal, state, waits, wire

AFTER_S = 1.0  # the first page of a new server, in which its browser draws it
STYLE = """
<style>
[data-testid="stMainBlockContainer"] { max-width: 1680px; padding-top: 4.5rem; padding-bottom: 3rem; }
h1 { padding-bottom: 0.1rem; }
.st-key-answer p { font-size: 1.25rem; line-height: 1.45; }
.st-key-answer p + p { font-size: 0.95rem; margin-top: -0.75rem; } /* intervals and counts */
.st-key-headline { min-height: 3.65rem; } /* two lines, whether or not they are full */
.st-key-buttons { position: relative; row-gap: 0 !important; z-index: 1; } /* the answer's margin lies over it */
/* two rows of them fit */
@media (min-width: 641px) { .st-key-buttons button { min-height: 1.8rem; padding-block: 0; } }
@media (max-width: 1320px) { .st-key-buttons button > div > [aria-hidden="true"] { display: none; } }
[data-testid="stCaptionContainer"] p { font-size: 0.9rem; }
/* as tall as the boxes beside them, so that labels in a row stand in one line */
[data-testid="stButtonGroup"]:not(.st-key-figure *) [data-variant="segmented_control"] { min-height: 2.5rem; }
[data-testid="stButtonGroup"] button[data-selected="true"] * { color: light-dark(#4a4e9e, #a9aef7); }
*:has(> .st-key-preload), *:has(> .st-key-waits):not(:has(.bilstm-waits p)) { position: absolute; visibility: hidden; }
.bilstm-waits p { font-size: 0.9rem; margin: 0; opacity: 0.6; }
/* over the figure's upper margin: it takes no room of its own, whether it says something or not */
*:has(> .st-key-status) { max-height: 0; min-height: 0; margin-bottom: -1rem; z-index: 1; overflow: visible; }
/* what changes several times a second moves at once: an animation would draw the page sixty times */
.st-key-status *, .st-key-figure [data-testid="stElementContainer"] { transition: none !important; }
/* the switch of the class mode, in the header */
.st-key-view-switch { position: fixed; right: 4.75rem; top: 0.8rem; width: auto !important; z-index: 999991; }
*:has(> .st-key-view-switch), [data-testid="stMainBlockContainer"] > * > *:has(> * > * > .st-key-view-switch) {
  position: absolute; }
.st-key-phone-settings, [data-testid="stStatusWidget"] button { display: none; }
@media (max-height: 800px) and (min-width: 641px) { /* a projector: the replay is in sight, too */
  [data-testid="stMainBlockContainer"] { padding-top: 3.75rem; }
  h1 { padding-top: 0.75rem !important; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-top: 3.75rem; }
  .st-key-phone-settings { display: flex; }
  [data-testid="stButtonGroup"] > div { flex-wrap: wrap; row-gap: 0.25rem; }
  .st-key-controls:not(:has(.st-key-phone-settings input:checked)) :is(
    :has(> [class*="st-key-setting-"]), [data-testid="stColumn"]:has([class*="st-key-setting-"])) { display: none; }
  h1 { font-size: 1.5rem !important; }
  .st-key-answer p { font-size: 1.1rem; }
  .st-key-headline { flex-wrap: wrap; row-gap: 0; min-height: 0; }
  /* as many lines as an answer of the page has: what is said while it trains is shorter */
  .stMain:has(.st-key-status) .st-key-answer { min-height: calc(3 * 1.45 * 1.1rem); }
  .stMain:has(.st-key-setting-starts) .st-key-answer { min-height: calc(4 * 1.45 * 1.1rem); }
  .stMain:not(:has(.st-key-phone-settings input:checked)) :has(> .st-key-setting-singly) { display: none; }
  *:has(> .st-key-status) { max-height: none; min-height: 3rem; margin-bottom: 0; }
  .st-key-headline > *:has(.st-key-answer) { flex-basis: 100%; }
  [data-testid="stColumn"]:has(.st-key-figure), *:has(> .st-key-figure) { order: 1; }
  [data-testid="stColumn"]:has(.st-key-controls), *:has(> .st-key-controls) { order: 2; }
  [data-testid="stColumn"]:has(.st-key-figure) ~ [data-testid="stColumn"]:not(:has(.st-key-controls)) { order: 3; }
  *:has(> .st-key-rest) { order: 4; }
  *:has(> * > [data-testid="stColumn"] .st-key-beside), *:has(> [data-testid="stColumn"] .st-key-beside) {
    display: contents; }
  *:has(> .st-key-go) { order: -1; }
  /* what starts and ends a training: one row under the headline; the settings open between it and the figure */
  [data-testid="stColumn"] .st-key-go, .st-key-controls:has(.st-key-setting-starts) {
    flex-flow: row wrap; align-items: center; }
  .st-key-phone-settings { width: auto !important; }
  [data-testid="stColumn"] .st-key-go > :first-child { flex: 1; }
  [data-testid="stColumn"]:has(.st-key-go), [data-testid="stColumn"] :has(.st-key-go) { display: contents; }
  [data-testid="stColumn"] .st-key-controls:has(.st-key-go) > * { flex: 1 1 100%; order: 2; }
  [data-testid="stColumn"] :is(.st-key-go, :has(> [class*="st-key-setting-"])) { flex: 1 1 100%; order: 0 !important; }
  [data-testid="stMainBlockContainer"] > * > :has(> .st-key-controls .st-key-setting-starts) { order: 0; }
  .st-key-controls :is([data-testid="stHorizontalBlock"], :has(> * > [data-testid="stColumn"])):has(
    .st-key-setting-starts, .st-key-setting-live) { display: contents; }
  .st-key-controls:has(.st-key-setting-starts) :is(.stMarkdown, [data-testid="stColumn"]) { flex: 1 1 100%; order: 1; }
  .st-key-controls:has(.st-key-setting-starts) [data-testid="stColumn"]:has(
    [data-testid="stBaseButton-primary"], [class*="-stop"]) { flex: 1; min-width: 0; order: -1; }
}
</style>
"""


def enter(script: str) -> None:
    """Make a page that was opened directly pass through app.py, on a host that runs app.py as a plain script.

    There Streamlit takes the pages folder for its older kind of multipage app, until st.navigation has been called once
    in a server's life, and runs a page that a link leads to without app.py.
    """
    if not state.DRESSED.get():
        st.navigation([st.Page(lambda: None, title="-", default=True), st.Page(script)], position="hidden")
        st.rerun()


def dress(*, light: bool) -> None:
    """The app's own styles and notices, after what an older source has cached is forgotten.

    light: the page itself needs neither pandas nor the job service; see `beside`
    """
    state.DRESSED.set(True)
    wire.install()
    waits.begin()
    renewal.renew()
    st.html(STYLE)
    with st.container():  # there or not, so that what follows keeps its place
        wire.notice()
        address.notice()
        if imports.over() or not light:
            from ui import elsewhere

            elsewhere.notices()


def beside(page: registry.Page, *, light: bool) -> None:
    """What goes on beside the page: other pages' trainings, below it.

    For them, and for the notices, pandas and the job service are imported, which takes a second. A light page of a new
    server is shown before, and has them once they are there.
    page: that is looked at
    """
    early = light and not imports.over()
    imports.begin(AFTER_S)
    if early:
        waits.again_when(imports.over)
        waits.listen()
    else:
        from ui import elsewhere

        elsewhere.listen(page)
