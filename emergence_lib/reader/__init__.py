"""What the reader touches: figures, explorables, twins, predictions and quizzes.

Knows no science; every drawing and every answer is handed in.
"""

from emergence_lib.reader.browse import browse
from emergence_lib.reader.explore import Choice, Explorable, Slider, Switch, explore
from emergence_lib.reader.figure import show
from emergence_lib.reader.predict import place, predict
from emergence_lib.reader.twin import twin
from emergence_lib.reader.wall import wall
from emergence_lib.reader.workbench import workbench

__all__ = [
    "Choice",
    "Explorable",
    "Slider",
    "Switch",
    "browse",
    "explore",
    "place",
    "predict",
    "show",
    "twin",
    "wall",
    "workbench",
]
