"""What the server does when a control is moved: `python -m benchmarks.reruns`.

Every page runs in this process, as Streamlit's tests run it, with 20 trained runs in the tray; a number, else the
first choice among buttons, else a slider, is changed 15 times; Why a second time, with all its changes tried. Seconds
are of the processor, so that other work on the machine does not count; Streamlit's own reading of the page for tests
does.
"""

import statistics
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from bilstm_core.analysis.ablation import GUESSES
from bilstm_core.presets import MODELS_BY_DIRECTION, WHY_STEPS
from bilstm_core.specs import RunSpec, TrainingSpec

ROOT = Path(__file__).parents[1]
ROUNDS, IN_TRAY = 15, 20
SO_FAR = "**What came out so far**"  # begins what Why says of its changes
SETTLING_S = 8.0  # in which what a page shows is evaluated, in threads of this process


def tray() -> list[dict[str, object]]:
    """Twenty recorded runs, as a session keeps them."""
    from ui import session

    runs = [
        session.find(RunSpec(model=model, training=TrainingSpec(seed=seed)))
        for model in list(MODELS_BY_DIRECTION.values())[: IN_TRAY // 10]
        for seed in range(10)
    ]
    return [{"key": session.run_key(run), "name": f"run {n}", "shown": True} for n, run in enumerate(runs) if run]


def move(visit: AppTest, number: int) -> None:
    """Change a control of the page to a value that it did not have."""
    if visit.number_input:
        box = visit.number_input[0]
        box.set_value(2 + number)
    elif visit.get("button_group"):
        group = visit.get("button_group")[0]
        group.set_value(group.options[number % len(group.options)])
    elif visit.slider:
        slider = visit.slider[0]
        slider.set_value(int(slider.min) + number % int(slider.max - slider.min + 1))
    else:
        raise LookupError("this page has no control to move")


def main() -> None:
    """Print a line a page."""
    visit = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    entries = tray()
    assert len(entries) == IN_TRAY
    visit.session_state["session.tray"] = entries
    print("| page | a rerun, CPU (median, least, most) |\n|---|---|")
    pages = [(path.stem, path) for path in sorted((ROOT / "pages").glob("*.py"))]
    for name, path in [*pages, ("why, all tried", ROOT / "pages" / "why.py")]:
        if name not in dict(pages):
            visit.session_state["Why.guess"], visit.session_state["Why.stage"] = GUESSES[0], len(WHY_STEPS)
        visit.switch_page(f"pages/{path.name}").run()
        time.sleep(SETTLING_S)
        visit.run()
        if name not in dict(pages):
            (bullets,) = [text.value for text in visit.markdown if text.value.startswith(SO_FAR)]
            assert bullets.count("\n- ") == len(WHY_STEPS), bullets
        spent = []
        for number in range(ROUNDS):
            move(visit, number)
            start = time.process_time()
            visit.run()
            spent.append(1e3 * (time.process_time() - start))
            assert not visit.exception, visit.exception
        print(f"| {name} | {statistics.median(spent):.0f} ms ({min(spent):.0f} to {max(spent):.0f}) |")


if __name__ == "__main__":
    main()
