"""How many options well-known tasks offer, by the names that lm-evaluation-harness gives them.

Only tasks whose questions all, or all but a few, have the same number of options: where it varies
(truthfulqa_mc, headqa, most of BIG-bench Hard), nobody here says what guessing scores.
"""

from __future__ import annotations

import re

from emergence_lib.audit.reading.table import column_name

SUBJECTS = """
abstract_algebra anatomy astronomy business_ethics clinical_knowledge college_biology
college_chemistry college_computer_science college_mathematics college_medicine college_physics
computer_security conceptual_physics econometrics electrical_engineering elementary_mathematics
formal_logic global_facts high_school_biology high_school_chemistry high_school_computer_science
high_school_european_history high_school_geography high_school_government_and_politics
high_school_macroeconomics high_school_mathematics high_school_microeconomics high_school_physics
high_school_psychology high_school_statistics high_school_us_history high_school_world_history
human_aging human_sexuality international_law jurisprudence logical_fallacies machine_learning
management marketing medical_genetics miscellaneous moral_disputes moral_scenarios nutrition
philosophy prehistory professional_accounting professional_law professional_medicine
professional_psychology public_relations security_studies sociology us_foreign_policy virology
world_religions
"""
"""Names of the subjects of MMLU [hendrycks2021measuring]."""

PATTERNS: dict[int, tuple[str, ...]] = {
    2: (
        "piqa|winogrande|boolq|copa|storycloze(_201[68])?|story_cloze(_201[68])?",
        "x?winograd|(xcopa|xstorycloze|xwinograd|paws)_[a-z]{2}",
        "rte|wic|wsc|wsc273|wnli|qnli|qqp|mrpc|sst2?|sst_2",
        r"blimp(_\w+)?",
    ),
    3: (
        "social_?iqa|siqa|pubmedqa|cb|anli|anli_r[123]",
        "mnli|mnli_(mm|mismatch(ed)?|matched)|xnli|xnli_[a-z]{2}",
    ),
    4: (
        "hellaswag|swag|arc_easy|arc_challenge|ai2_arc|(arc|hellaswag)_[a-z]{2}",
        "open_?book_?qa|race|race_(high|middle|h|m)|sciq|logi_?qa2?|medmcqa|medqa_4options|prost",
        f"mmlu|hendryckstest|(mmlu|hendryckstest)_({'|'.join(SUBJECTS.split())})",
        "mmlu_(stem|humanities|social_sciences|other|continuation)|m_mmlu_[a-z]{2}",
        r"c?mmlu|cmmlu_\w+|ceval_valid(_\w+)?|belebele(_\w+)?",
        "gpqa|gpqa_(main|diamond|extended)(_zeroshot|_n_shot)?",
    ),
    5: ("commonsense_qa|csqa|mathqa",),
    10: ("mmlu_pro",),
    0: (
        r"lambada(_\w+)?|trivia_?qa|nq_open|natural_questions|web_?qs|squad|squad_completion|drop",
        r"gsm8k(_\w+)?|mgsm_\w+|asdiv|svamp|(minerva|hendrycks)_math(_\w+)?|math(_\w+)?_hard",
        "arithmetic_([2-5]d[as]|2dm|1dc)|human_?eval(_plus|_instruct)?|mbpp(_plus|_instruct)?",
    ),
}
"""Names of tasks by the number of options; 0 where there is nothing to choose from."""
TASKS = {number: re.compile("|".join(names)) for number, names in PATTERNS.items()}
ORDINARY = {"cb", "drop", "math_hard", "prost", "race", "squad", "swag"}
"""Names that may mean something else where they head a column of somebody's own table."""
ELSEWHERE = re.compile(
    r"truthful_?qa(_\w+)?|head_?qa(_\w+)?|(bbh|big_?bench|bbeh)(_\w+)?|agi_?eval(_\w+)?|if_?eval"
    r"|musr(_\w+)?|math|math_?500|aime(_?20[0-9]{2})?|gsm_plus|(live_?code|swe_)bench(_\w+)?|apps"
    r"|co_?qa|quac|qasper|narrative_?qa|crows_pairs(_\w+)?|toxigen|winogender(_\w+)?|glue|super_?glue"
)
"""Names of other tasks that columns may have, whose number of options varies or is not known."""
LEADERBOARD = re.compile(
    r"(?:leaderboard|harness|lighteval)[_|]|\|[0-9]+$|:_average(?=\||$)"
    r"|:(?:mc|rc)(?=::|$)|::.*$|:[a-z_]+=.*$"
    r"|_\(?[0-9]+_shots?\)?$"
)
"""What leaderboards, OLMES, HELM and tables in papers write around the name:
``harness|arc:challenge|25``, ``arc_easy:mc::olmes``, ``mmlu:subject=anatomy``,
``MMLU (5-shot)``."""


def is_known(task: str) -> bool:
    """Tell whether a name is that of a well-known task."""
    name = _plain(task)
    return options(task, files=False) is not None or ELSEWHERE.fullmatch(name) is not None


def options(task: str, files: bool) -> int | None:
    """Return how many options each question of a task offers, 0 if none, and None if unknown.

    Parameters
    ----------
    task : str
        Its name; capitals, hyphens and blanks do not count.
    files : bool
        Whether the name comes from result files: in a table, "race" may be anything.
    """
    name = _plain(task)
    if name in ORDINARY and not files:
        return None
    return next((number for number, names in TASKS.items() if names.fullmatch(name)), None)


def _plain(task: str) -> str:
    return LEADERBOARD.sub("", column_name(task)).replace(":", "_")
