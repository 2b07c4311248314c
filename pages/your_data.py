"""Your data: would both ways help on mine?"""

import streamlit as st

from ui import derivation, files, lesson, registry, share, shell
from ui.your_data import details, parts, results, subject, taken

shell.enter(__file__)
PAGE = registry.YOUR_DATA.name

parts.open_page()
st.title(registry.YOUR_DATA.question)
answer, how = derivation.headline()
with st.container(key="controls"):
    go = parts.first_questions()
settings = subject.SETTINGS.read()
shown = subject.shown(settings)
results.take_regressions(shown)
known = results.results(shown, settings)
parts.train_linked(shown, settings, known)
verdict = results.verdict(shown, known, available=shown.available(settings))
with go:
    parts.start_and_stop(shown, settings, known)
told = parts.answer(shown, settings, known, verdict)
with how:
    taken.code(shown, settings)
    files.popover(PAGE, lambda: taken.offer(shown, settings, known, told))
    share.popover(PAGE)
wide, narrow = st.columns([2.1, 1], gap="medium")
with wide, st.container(key="figure"):
    parts.figure(shown, settings, known)
    parts.origin(shown, known)
with narrow, st.container(key="aside"):
    parts.training(shown, settings, known)
    parts.sequences(shown)
with st.container(key="rest"):
    details.tabs(shown, known)
answer.markdown(*told)
lesson.came_out(PAGE, lambda: parts.better(known, shown))
