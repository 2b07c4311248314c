"""What the lesson asks on each page, and what it says once the runs of the page have answered.

It imports little, for the Overview is shown before the core is there. An answer is made of numbers that its page has
measured: the options that are right, and a sentence that says what came out and why.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bilstm_core.choices import DIRECTIONS, MERGE_MODES


class Question(NamedTuple):
    """A guess that is asked for.

    options: what can be guessed; none where the page asks for a guess itself
    meanwhile: what is said once there is a guess, until the page has measured what comes of it
    before_class: whether the figure is seen before the answer: it asks, or is a replay that waits to be played
    answered_by: the setting without which the page says the premise of its question alone; "" where it always answers
    """

    text: str
    options: tuple[str, ...] = ()
    meanwhile: str = "The answer comes with the runs."
    before_class: bool = False
    answered_by: str = ""


class Answer(NamedTuple):
    """What came out. right: those options that it makes right; settled: whether it makes the others wrong"""

    right: tuple[str, ...]
    sentence: str
    settled: bool = True


SHARES = ("under 25%", "25 to 50%", "50 to 75%", "over 75%")
READERS = ("forward alone", "backward alone", "both of these", "none")
MOMENTS = ("before the label flips", "where the label flips", "after the label flips")
REACTIONS = ("its own alone", "its own and earlier ones", "its own and later ones", "all of them")
HELPS = ("yes", "no, backward is enough", "no, forward is enough", "it can't be told")

UNITS = {"1 or 2": 2, "3 to 5": 5, "6 to 10": 10, "more than 10": 1_000}  # the most of each
AT_TIMESTEPS = 10  # where units are asked for
QUESTIONS: Mapping[str, Question] = {  # by the page's name
    "Problem": Question(
        "At which timestep does the label flip most often?",
        ("3", "4", "5", "6", "7"),
        before_class=True,
    ),
    "Train": Question("What share of new sequences does this network get wholly right?", SHARES, before_class=True),
    "Directions": Question("Which direction ends with the lowest loss?", DIRECTIONS, before_class=True),
    "Why": Question(
        "Guess below. Then press one change at a time.",
        meanwhile="Press one change at a time to find out.",
        before_class=True,
        answered_by="stage",
    ),
    "Problems": Question("Where both sides decide, who can never be perfect?", READERS),
    "Merge modes": Question("Which merge learns slowest?", MERGE_MODES, before_class=True),
    "Cell": Question("Where does this unit's cell state change most?", MOMENTS, before_class=True),
    "Inside": Question("To which values does an output react?", REACTIONS),
    "Sweeps": Question("How many units are enough at 10 timesteps?", tuple(UNITS)),
    "Your data": Question("On these sequences, does reading both ways help?", HELPS),
}


TO_A_CLASS: Mapping[str, str] = {  # where the lesson asks for something else, for nothing, or on the page itself
    "Overview": "Which values reach output 3? Follow the arrows.",
    "Problem": "At which timestep does this sequence's label flip?",
    "Why": "Is bidirectional's gain still there? What the runs say and how they end is covered: Reveal (R) shows it.",
}


def to_a_class(page: str) -> str:
    """What a class is asked while the page's answer is covered, with what can be guessed."""
    if page in TO_A_CLASS:
        return f"**Your guess?** {TO_A_CLASS[page]}"
    question = QUESTIONS[page]
    return f"**Your guess?** {question.text} **{' · '.join(question.options)}**"


def turning(shares: Sequence[float], limit: float) -> Answer:
    """Problem. shares: of labels 1 by timestep; limit: that the running sum must reach"""
    turns = [share - before for share, before in zip(shares, [0.0, *shares], strict=False)]
    most = max(range(len(turns)), key=turns.__getitem__)
    return Answer(
        (str(most + 1),),
        f"Over all sequences it flips most often at timestep {most + 1}, in {turns[most]:.0%} of them; the one below "
        f"is a single sequence. A value is 0.5 on average, so it takes about {limit / 0.5:g} of them to reach "
        f"{limit:g}.",
    )


def wholly_right(exact: float, accuracy: float) -> Answer:
    """Train. exact, accuracy: shares of sequences and of single labels that are right"""
    return Answer(
        (SHARES[min(int(exact * 4), 3)],),
        f"It gets {exact:.0%} of sequences wholly right, though {accuracy:.0%} of single labels: one wrong label "
        "spoils a whole sequence.",
    )


def lowest(losses: Mapping[str, float], sequences: int, level: Sequence[str] = ()) -> Answer:
    """Directions. losses: mean over starts, by label; level: labels that the starts do not tell from the lowest"""
    best, *others = sorted(losses, key=losses.__getitem__)
    if len(level) > 1:
        seen = ", ".join(f"{label} {losses[label]:.3f}" for label in (best, *others))
        return Answer((), f"After {sequences:,} sequences it can't be told which is lowest ({seen}).", settled=False)
    said = ", ".join(f"{label} {losses[label]:.3f}" for label in others)
    why = " It has two states, one from each end; the next page asks why that helps." if best == "bidirectional" else ""
    return Answer(
        (best,), f"After {sequences:,} sequences it is {best}, with a loss of {losses[best]:.3f} ({said}).{why}"
    )


def slowest(losses: Mapping[str, float], sequences: int, _level: Sequence[str] = ()) -> Answer:
    """Merge modes. losses: mean over starts, by label; _level: as of `lowest`, which says nothing of the slowest"""
    *others, worst = sorted(losses, key=losses.__getitem__)
    best, last = losses[others[0]], losses[others[-1]]
    rest = f"{others[0]}'s {best:.3f}" if len(others) == 1 else f"the others' {best:.3f} to {last:.3f}"
    why = "A likely reason: two small numbers multiplied are smaller still." if worst == "mul" else ""
    return Answer(
        (worst,), f"After {sequences:,} sequences {worst}'s loss is {losses[worst]:.3f}, {rest}. {why}".rstrip()
    )


def explains(guess: str, kind: str, found: Sequence[str]) -> Answer:
    """Why. kind: of `analysis.ablation.judged`; found: what came of the changes that judge the guess"""
    if kind == "open":
        return Answer((), "These runs don't settle it.", settled=False)
    return Answer((guess,) if kind == "enough" else (), " ".join(found))


def cannot(best: Mapping[str, float]) -> Answer:
    """Problems. best: the share of whole sequences that the best possible model gets right, by direction"""
    limited = [name for name in ("forward", "backward") if best[name] < 0.995]
    right = {0: READERS[3], 1: f"{limited[0]} alone" if limited else "", 2: READERS[2]}[len(limited)]
    said = " and ".join(f"{name} {best[name]:.0%}" for name in limited).replace(" ", " gets ", 1)
    why = f"At best, {said} of sequences wholly right: values that are not read decide, too." if limited else "All can."
    return Answer((right,), why)


def largest(changes: Sequence[float]) -> int:
    """The timestep, from 1, of the largest change, up or down."""
    return max(range(len(changes)), key=lambda place: abs(changes[place])) + 1


def moment(timestep: int, flip: int) -> str:
    """When a timestep is, by that at which the label flips."""
    return MOMENTS[(timestep > flip) - (timestep < flip) + 1]


def largest_step(changes: Sequence[float], flip: int | None) -> Answer:
    """Cell. changes: of the cell state, by timestep; flip: the timestep at which the label turns"""
    most = largest(changes)
    if flip is None:
        return Answer(MOMENTS, f"Here the label never flips. The largest step is at timestep {most}.")
    right = moment(most, flip)
    step, flips = f"The largest step, {changes[most - 1]:+.2f}, is at timestep {most}", "where the label flips"
    said = f"{step}, {flips}." if most == flip else f"{step}; at {flip}, {flips}, it is {changes[flip - 1]:+.2f}."
    why = dict(zip(MOMENTS, ("It gets ready first.", "It moves with the label.", "It goes on adding."), strict=True))
    return Answer((right,), f"{said} {why[right]}".replace("-", "−"))


def reacts(reached: Sequence[Sequence[bool]]) -> Answer:
    """Inside. reached: whether an output (row) reacts to a value (column)"""
    steps = range(len(reached))
    rules = {
        REACTIONS[0]: [[value == output for value in steps] for output in steps],
        REACTIONS[1]: [[value <= output for value in steps] for output in steps],
        REACTIONS[2]: [[value >= output for value in steps] for output in steps],
        REACTIONS[3]: [[True for _ in steps] for _ in steps],
    }
    found = [list(map(bool, row)) for row in reached]
    right = tuple(name for name, rule in rules.items() if rule == found)
    squares = sum(map(sum, found))
    if squares == len(reached) ** 2:
        return Answer(right, f"All of them: all {squares} squares are not zero.")
    why = ": an output reacts to what it has read, and to nothing else" if right else ""
    return Answer(right, f"{squares} of {len(reached) ** 2} squares are not zero{why}.")


def both_ways(kind: str, scores: Mapping[str, str]) -> Answer:
    """Your data. kind: of `analysis.both_ways.Verdict`; scores: of each direction, in words"""
    right = dict(zip(("both", "future", "past"), HELPS, strict=False)).get(kind, HELPS[-1])
    said = ", ".join(f"{label} {score}" for label, score in scores.items())
    return Answer((right,), f"On sequences that were held out: {said}.")


def enough(units: Sequence[int], shares: Sequence[float], goal: float) -> Answer:
    """How small? units: rising; shares: of whole sequences that as many get right; goal: the share that is enough"""
    reached = next((place for place, share in enumerate(shares) if share >= goal), None)
    if reached is None:
        top = max(range(len(shares)), key=shares.__getitem__)
        return Answer(
            (), f"No network of {units[0]} to {units[-1]} units reaches {goal:.0%}. The most is {shares[top]:.0%}."
        )
    right = next(name for name, most in UNITS.items() if units[reached] <= most)
    named = "1 unit gets" if units[reached] == 1 else f"{units[reached]} units get"
    before = f", {units[reached - 1]} only {shares[reached - 1]:.0%}" if reached else ""
    return Answer((right,), f"{named} {shares[reached]:.0%} of sequences wholly right{before}; {goal:.0%} is enough.")


def verdict(guess: str, answer: Answer) -> str:
    """The guess beside what came out."""
    came = "Right. " if guess in answer.right else "Not quite. " if answer.settled else ""
    return f"You guessed **{guess}**. {came}{answer.sentence}"


def tally(right: int, guesses: int) -> str:
    """The lesson's last word. right: of so many guesses that were settled"""
    return f"**{right} of your {guesses} guesses {'was' if right == 1 else 'were'} right.**" if guesses > 1 else ""
