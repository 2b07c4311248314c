"""The page Cell: the cell as a picture, its equations with the numbers in them, and what moves from line to line."""

import html

import streamlit as st

from bilstm_core import figures
from bilstm_core.network.inference import trace
from bilstm_core.network.introspection import gates_frame
from bilstm_core.network.stepping import GATES, lines
from ui import evaluations, state, wording
from ui.cell import sentences, subject
from ui.cell.subject import LINES, Walk
from ui.chart.component import Click, chart
from ui.sequence import sequences

STYLE = """
<style>
.cell-lines { font-size: 0.95rem; line-height: 1.35; }
.cell-lines p { font-size: 1.1rem; font-weight: 600; margin: 0 0 0.4rem; min-height: 3em; }
.cell-lines ol { list-style: none; margin: 0; padding: 0; }
.cell-lines li { border-left: 4px solid transparent; margin: 0; padding: 0.16rem 0 0.16rem 0.6rem; }
.cell-lines li[aria-current] {
  background: light-dark(#e6edff, #1e2a4d); border-left-color: light-dark(#2d66f7, #4a7afb); }
.cell-lines code { background: none; color: inherit; font-size: 0.9rem; padding: 0; white-space: pre-wrap; }
.cell-lines .why { opacity: 0.75; }
.cell-lines .filled { display: block; font-variant-numeric: tabular-nums; font-weight: 600; padding-left: 1rem; }
@media (min-width: 641px) {
  .st-key-cell-go { flex-wrap: nowrap; }
  .st-key-cell-go > :last-child { flex: 1 1 0; min-width: 0; }
}
</style>
"""


def controls(page: str, walk: Walk) -> None:
    """Which unit, and which sequence."""
    which, onward, what = st.columns([2, 1.2, 3], vertical_alignment="bottom", gap="small")
    with which:
        chosen = state.UNIT(page)
        box = state.Entry(state.widget(page, "unit", walk.run.digest), walk.unit)
        box.set(walk.unit)
        st.selectbox(
            "Unit",
            walk.order,
            help=sentences.UNIT_HELP,
            key=box.key,
            on_change=lambda: chosen.set(box.get()),
        )
    onward.button(
        "New sequence", key=state.widget(page, "next"), on_click=subject.next_sequence, args=(page,), width="stretch"
    )
    name = wording.sequence(walk.number, edited=False) if walk.number else sentences.WORKED_EXAMPLE
    what.caption(f"{name}. {sentences.NETWORK}")


def picture(page: str, walk: Walk) -> None:
    """The cell at the line that is at work."""
    step = walk.step
    numbers = {
        **{f"z_{gate}": value for gate, value in step.z.items()},
        **step.gates,
        "x": step.x,
        "h_before": step.h_before,
        "c_before": step.c_before,
        "c": step.c,
        "h": step.h,
    }
    reach = max(1.0, *(abs(each.c) for each in walk.steps))
    chart(
        figures.cell(numbers, walk.known, walk.line, reach=reach),
        key=f"{page}-cell",
        alt=sentences.described(step, walk.line, len(walk.order), len(walk.steps)),
    )


def stepping(page: str, walk: Walk) -> None:
    """Back, Next, and a slider over the timesteps."""
    last = len(walk.steps) * len(LINES) - 1
    with st.container(key="cell-go", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Back",
            key=state.widget(page, "back"),
            icon=":material/arrow_back:",
            disabled=walk.place == 0,
            on_click=subject.go,
            args=(page, walk.place - 1),
        )
        st.button(
            "Step",
            key=state.widget(page, "step"),
            icon=":material/arrow_forward:",
            type="primary",
            disabled=walk.place == last,
            on_click=subject.go,
            args=(page, walk.place + 1),
        )
        at = state.STANDS_AT(page)
        slider = state.Entry(state.widget(page, "timestep", len(walk.steps)), walk.at)
        slider.set(walk.at)
        st.slider(
            "Timestep", 1, len(walk.steps), key=slider.key, on_change=lambda: at.set(slider.get()), width="stretch"
        )


def equations(walk: Walk) -> None:
    """The lines of the equations as they stand in the source; the one at work is marked, with its numbers filled in."""
    step, rows = walk.step, []
    for name, line in lines().items():
        code, _, why = line.partition("  # ")
        numbers = "".join(f'<span class="filled">{html.escape(row)}</span>' for row in sentences.filled_in(step, name))
        rows.append(
            f"<li{' aria-current=step' if name == walk.line else ''}><code>{html.escape(code)}</code>"
            + (f' <span class="why">{html.escape(why)}</span>' if why and name != walk.line else "")
            + (numbers if name == walk.line or (name in walk.known and name != "z") else "")
            + "</li>"
        )
    at_work = sentences.at_work(step, walk.line, len(walk.order))
    words = f"{sentences.place(walk.at, LINES.index(walk.line) + 1, len(LINES))} {at_work}"
    st.html(f'{STYLE}<div class="cell-lines"><p>{html.escape(words)}</p><ol>{"".join(rows)}</ol></div>')


def through_time(page: str, walk: Walk) -> None:
    """The whole sequence, whose blocks lead to their timesteps, and the unit's gates and states through it."""
    left, right = st.columns(2, gap="medium")
    problem = walk.run.spec.problem

    def choose(click: Click) -> bool:
        timestep = round(click["x"] or 0)
        if not 1 <= timestep <= len(walk.steps):
            return False
        state.STANDS_AT(page).set(timestep)
        return True

    with left:
        st.markdown(sentences.SEQUENCE)
        chart(
            sequences.figure(
                problem, walk.rows, figures.color("forward"), chosen=walk.at, counted=not state.COVERED.get()
            ),
            key=f"{page}-timeline",
            alt=sentences.SEQUENCE_ALT,
            on_click=choose,
        )
    with right:
        st.markdown(sentences.through(walk.unit))
        model = walk.run.spec.model
        [branch] = trace(problem, model, walk.run.weights, walk.batch.x)
        frame = gates_frame(branch, walk.unit - 1)
        chart(
            figures.gates(frame, figures.color("forward"), flip=walk.flip, row=60),
            key=f"{page}-gates",
            alt=sentences.through_alt(walk.unit, GATES.values()),
        )
    st.caption(f"{sentences.ROUNDED} {evaluations.origin(walk.run)}")
