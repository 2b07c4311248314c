"""How the numbers of a page are computed: in a few words, and as docs/problems.md derives the best possible."""

import re
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core.problems import formula
from bilstm_core.specs import ProblemSpec
from ui import looks, wording

DOCUMENT = Path(__file__).parents[1] / "docs" / "problems.md"
GENERAL = "What the best possible means"
LOSS = """
**The loss** is the mean over fresh sequences that no model was trained on, the same for all models. **Whole sequence
right** is the share of them with every label right; its 95% interval is Wilson's.
"""
POSITION = """
**A guess by position** names each timestep's most frequent label and never looks at a value. How often it is right is
computed like the best possible, from the problem's own rule. The bars are counted on fresh sequences.
"""
REACTION = """
**Reaction** is the size of an output's derivative with respect to a value: how fast the output changes as the value is
raised a little. It is computed exactly, by carrying derivatives forward through the network's own equations. Where an
output has not read a value, it is exactly zero. It is measured on the output's log-odds, and of several classes on
their logits, all together: a probability near 0 or 1 hardly moves.
"""
PAIRED = """
All models of one start see the same training data, so they are compared start by start. **The interval** is a 95%
interval of the mean difference over starts (Student's t), as far below the mean as above it. A model is called lower
when three things hold: the interval leaves out zero, a sign test of the wins is below 5%, and most starts go the same
way as the mean.
"""
BEST = """
**The best possible** (Bayes risk) is the lowest loss that any model, of whatever size, can have after reading what this
one has read. As a share of whole sequences, it takes the likelier label at each timestep by itself.
"""


def section(text: str, name: str) -> str:
    """The part of a Markdown text under the heading of this name, quotes and backticks aside; "" if there is none."""
    headings = list(re.finditer(r"^(#+) (.*)$", text, re.MULTILINE))
    for place, heading in enumerate(headings):
        if re.sub(r"[`\"]", "", heading[2]).strip().lower() == name.lower():
            level = len(heading[1])
            ends = (later.start() for later in headings[place + 1 :] if len(later[1]) <= level)
            return text[heading.end() : next(ends, len(text))].strip()
    return ""


@st.cache_data(show_spinner=False)
def _derived(name: str) -> str:
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.is_file() else ""
    return "\n\n".join(part for heading in (GENERAL, name) if (part := section(text, heading)))


def headline() -> tuple[looks.Answer, DeltaGenerator]:
    """Where a page's measured answer goes, and beside it the place of its buttons."""
    with st.container(horizontal=True, vertical_alignment="top", key="headline"):
        answer = looks.answer()
        return answer, st.container(horizontal=True, gap="small", width="content", key="buttons")


def _heading(problem: ProblemSpec) -> str:
    return "formula" if formula.is_formula(problem.name) else problem.name


def popover(problem: ProblemSpec | None, paired: bool = False, first: str = LOSS) -> None:
    """A button that opens what the page's numbers are made of.

    problem: whose best possible is derived; paired: whether models are compared start by start; first: what the page
    measures
    """
    best = [BEST, _derived(_heading(problem) if problem else "")]
    if problem and problem.problem.fixed:
        first, best = first.replace("fresh sequences", "held-out sequences"), [wording.NO_BEST]
    with st.popover("How is this computed?", type="tertiary", icon=":material/function:"):
        st.markdown("\n".join([first, *([PAIRED] if paired else []), *best]))
