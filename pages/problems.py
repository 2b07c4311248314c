"""Need both?: when do you really need both?"""

import pandas as pd
import streamlit as st

from bilstm_core.analysis import deciding
from ui import best_possible, code, derivation, evaluations, files, lesson, live, registry, share, shell
from ui.problems import grid, opened, own, taken
from ui.sequence import timeline

shell.enter(__file__)
PAGE = registry.PROBLEMS.name

cell = grid.SETTINGS.read().cell
wanted = grid.row_specs(PAGE, cell)
live.train_linked(PAGE, grid.spec_of(PAGE, cell) if wanted else None, wanted)
st.title(registry.PROBLEMS.question)
answer, how = derivation.headline()
with how:
    derivation.popover(grid.spec_of(PAGE, cell).problem)
    code.popover_of_run(PAGE, grid.run_of(PAGE, cell), window=opened.WINDOW)
    offered = st.container(width="content")
    share.popover(PAGE, wanted or [grid.spec_of(PAGE, cell)])
specs = grid.specs_of(PAGE, [*grid.NINE, cell[0]])
complete = best_possible.known(specs)
table = grid.cells(PAGE, grid.NINE)
with offered:
    files.popover(PAGE, lambda: taken.offer(PAGE, cell, table))
own_row = own.row(PAGE, cell)
answer.markdown(*own.headline(PAGE, cell, own_row, deciding.headline(table)))
lesson.came_out(PAGE, lambda: grid.cannot(table))
wide, narrow = st.columns([2.1, 1], gap="medium")
with wide:
    with st.container(key="controls"):
        grid.choose(PAGE)
    with st.container(key="figure"):
        own.panel(PAGE, cell)
        grid.grid(PAGE, table if own_row is None else pd.concat([own_row, table], ignore_index=True), cell, "nine")
        opened.buttons(PAGE, cell)
        grid.origin(PAGE, [*grid.NINE, *own.rows(cell)])
with narrow, st.container(key="aside"):
    run = opened.opened(PAGE, cell)
with st.container(key="rest"):
    if run:
        timeline.expected_and_predicted(PAGE, run, evaluations.evaluated(run))
    grid.more(PAGE, cell)
best_possible.complete_later(specs, complete)
