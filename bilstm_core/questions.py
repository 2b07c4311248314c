"""What each page asks, by the last part of its address. It imports nothing, for the first page does not wait."""

QUESTIONS = {
    "overview": "What does reading both ways mean?",
    "problem": "When does the label flip?",
    "train": "Can this model learn it, and where does it still err?",
    "directions": "Does direction matter, and for how long?",
    "why": "Why: is it the future?",
    "problems": "When do you really need both?",
    "merge_modes": "Does the merge matter?",
    "inside": "What does each state carry?",
}
