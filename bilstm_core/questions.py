"""What each page is called and what it asks, by the last part of its address.

It imports nothing, for the first page does not wait.
"""

TITLES = {
    "overview": "Overview",
    "problem": "The problem",
    "train": "Train",
    "directions": "Directions",
    "why": "Why",
    "problems": "Need both?",
    "merge_modes": "Merge modes",
    "cell": "Cell",
    "inside": "Inside",
    "sweeps": "How small?",
    "your_data": "Your data",
}

QUESTIONS = {
    "overview": "What does reading both ways mean?",
    "problem": "When does the label flip?",
    "train": "Can this model learn it, and where does it still err?",
    "directions": "Does direction matter, and for how long?",
    "why": "Why: is it the future?",
    "problems": "When do you really need both?",
    "merge_modes": "Does the merge matter?",
    "cell": "How does a cell remember?",
    "inside": "What does each output react to?",
    "sweeps": "How small is enough?",
    "your_data": "Would both ways help on mine?",
}
