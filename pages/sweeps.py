"""How small?: how small is enough?"""

import streamlit as st

from ui import derivation, lesson, live, registry, share, shell
from ui.sweeps import beside, board, fronts, launch, opened, resolved, squares, taken

shell.enter(__file__)
PAGE = registry.SWEEPS.name

live.address(PAGE, launch.take_up)
launch.settle()
st.title(registry.SWEEPS.question)
answer, how = derivation.headline()
launch.go_on()
shown = launch.resolved()
with how:
    derivation.popover(resolved.problem(shown), first=resolved.computed(shown))
    taken.popovers(shown)
    share.popover(PAGE, resolved.of_data(shown))
if isinstance(shown, resolved.Map):
    answer.markdown(*resolved.told(shown))
lesson.came_out(PAGE, lambda: resolved.enough(shown))
with st.container(key="controls"):
    launch.row(shown)
wide, narrow = st.columns([2.4, 1], gap="medium")
with wide, st.container(key="figure"):
    squares.draw(shown)
with narrow, st.container(key="beside"):
    launch.beside(shown)
with st.container(key="rest"):
    if isinstance(shown, resolved.Map):
        beside.draw(shown)
        opened.draw(shown)
        fronts.draw(shown)
    board.draw(shown)
