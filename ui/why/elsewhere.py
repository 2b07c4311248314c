"""Whether Why's conclusion holds at other learning rates and another T: trained on demand, told in a small table."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core.analysis.ablation import FORWARD
from bilstm_core.analysis.statistics import against, amounts
from bilstm_core.comparison import elsewhere, is_long
from bilstm_core.specs import RunSpec
from ui import evaluations, live, session, state
from ui.compare import launch
from ui.compare.comparison import runs_of, scores_of
from ui.why import words
from ui.why.findings import PAGE, Pressed, left


def _try(shown: Pressed, specs: list[RunSpec]) -> None:
    if live.active(PAGE):
        return
    settings = shown.settings
    state.AGAIN(PAGE).set(False)
    about = launch.about(shown.comparison, settings, again=False)
    live.start(PAGE, specs, about=about, sequences=settings.sequences)


def panel(shown: Pressed) -> None:
    """Once everything has been tried: a button, and then a row for each other setting."""
    of_data = shown.settings.problem.problem.fixed is not None  # whose timesteps are as they are
    if of_data or is_long(shown.settings) or left(shown.progress) or state.COVERED.get():
        return
    try:
        places = elsewhere(shown.settings)
    except ValueError:  # that many timesteps are not allowed with these units
        return
    every = [spec for specs in places.values() for group in specs.values() for spec in group]
    missing = [spec for spec in every if session.find(spec) is None]
    st.markdown(words.ELSEWHERE)
    if missing:
        st.button(
            words.TRY_ELSEWHERE,
            key=state.widget(PAGE, "elsewhere"),
            on_click=_try,
            args=(shown, missing),
            disabled=shown.busy,
            help=words.ELSEWHERE_HELP,
        )
        return
    rows = []
    for (timesteps, rate), specs in places.items():
        settings, runs = replace(shown.settings, timesteps=timesteps), runs_of(specs)
        scores = scores_of(runs, settings, evaluations.PATIENCE_S)
        if scores is None:
            evaluations.again_when_scored([run for group in runs.values() for run in group], settings.sequences)
            return
        rows.append({"": words.setting(timesteps, rate), **_differences(scores)})
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _differences(scores: pd.DataFrame) -> dict[str, str]:
    """By label, its loss minus forward's and the interval of that."""
    table = against(scores, FORWARD)
    numbers = table[["middle", "low", "high"]].to_numpy(np.float64).tolist()
    return {
        label: words.difference(seen, *amounts(*each)[1:])
        for label, seen, each in zip(table["label"].tolist(), table["seen"].tolist(), numbers, strict=True)
    }
