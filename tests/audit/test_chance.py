"""Who says what guessing scores, and who goes before whom; unknown stays unknown."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib import datasets
from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.reading import harness, read, tasks
from tests.hostile import HOSTILE

LEVELS = st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.4, 0.6])
MAYBE = st.none() | LEVELS


def table(text: str, **options: Any) -> list[Curve]:
    return read(pd.read_csv(io.StringIO(text)), **options)


def one(text: str, **options: Any) -> Curve:
    (curve,) = table(text, **options)
    return curve


def plain_table(task: str, chance: float | None) -> str:
    cell = "" if chance is None else chance
    return f"task,scale,score,n,chance\n{task},1,.7,90,{cell}\n{task},2,.8,90,{cell}\n"


# Precedence.


@given(
    st.sampled_from(["hellaswag", "quiz"]),
    *[MAYBE] * 4,
)
def test_who_goes_before_whom(
    task: str, everywhere: float | None, named: float | None, said: float | None, rest: float | None
) -> None:
    chance = {
        key: value for key, value in ((task, named), (None, rest)) if value is not None
    } or None
    curve = one(plain_table(task, said), chance=chance, chance_for_all=everywhere)
    built_in = 0.25 if task == "hellaswag" else None
    ranked = [
        (everywhere, "given"),
        (named, "given"),
        (said, "as the table says"),
        (rest, "given"),
        (built_in, "as built in for hellaswag: four options"),
        (None, ""),
    ]
    wanted = next(((level, source) for level, source in ranked if level is not None), (None, ""))
    assert (curve.chance, curve.chance_source) == wanted
    unused = wanted[1] == "as the table says" and rest not in (None, said)
    assert len(curve.notes) == unused


@given(LEVELS)
def test_one_number_is_the_rest_of_a_mapping(rest: float) -> None:
    text = plain_table("hellaswag", None)
    numbers = [one(text, chance=given) for given in (rest, {None: rest})]
    assert [(each.chance, each.chance_source) for each in numbers] == [(rest, "given")] * 2


def test_a_number_that_is_not_used_is_told_with_the_way_to_use_it() -> None:
    (note,) = one(plain_table("quiz", 0.5), chance=0.25).notes
    assert note == (
        "Chance is 0.5 as the table says, so the 0.25 given for what nobody else says is not used "
        "here; chance={'quiz': 0.25} would set it."
    )
    assert one(plain_table("quiz", 1 / 3), chance=0.333).notes == ()


def test_a_blank_cell_is_unknown_for_its_task_only() -> None:
    text = (
        "task,scale,score,n,chance\nquiz,1,.3,90,0.25\nquiz,2,.8,90,0.25\n"
        "write,1,.1,90,\nwrite,2,.2,90,\nhalf,1,.6,90,\nhalf,2,.7,90,0.5\n"
    )
    assert [curve.chance for curve in table(text)] == [0.25, None, 0.5]


def test_levels_that_differ_within_a_curve_are_refused_unless_something_goes_before() -> None:
    text = "task,scale,score,n,chance\nquiz,1,.3,90,0.25\nquiz,2,.8,90,0.5\n"
    for chance in (None, 0.5, {None: 0.5}):
        with pytest.raises(CurveError, match=r"chance is 0\.25 and 0\.5 within one curve"):
            table(text, chance=chance)
    assert one(text, chance={"quiz": 0.5}).chance == 0.5
    assert one(text, chance_for_all=0.1).chance == 0.1


def test_a_second_score_has_a_chance_level_of_its_own() -> None:
    text = "scale,score,n,chance,other,other_chance\n1,.3,90,0.25,.6,{0}\n2,.8,90,0.25,.7,{0}\n"
    for cell, options, level in (
        (0.5, {}, (0.5, "as the table says")),
        ("", {}, (None, "")),
        ("", {"chance": 0.1}, (None, "")),
        (0.5, {"chance_for_all": 0.1}, (0.1, "given")),
    ):
        other = one(text.format(cell), **options).other
        assert other is not None
        assert (other.chance, other.chance_source) == level


def test_a_wide_table_may_have_a_chance_level_beside_a_task() -> None:
    text = "scale,n,quiz,quiz_chance,hellaswag,spell_acc\n1,90,.3,.5,.3,.1\n2,90,.8,.5,.8,.2\n"
    assert [curve.chance for curve in table(text)] == [0.5, 0.25, None]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chance_for_all": 25}, "chance_for_all: found 25, want a fraction"),
        ({"chance_for_all": {"quiz": 0.5}}, "chance_for_all: found {'quiz': 0.5}, want a fraction"),
        ({"chance": {None: 25}}, "chance: found 25, want a fraction"),
        ({"chance": {"quizz": 0.5}}, "chance: there is no task 'quizz'. Remedy: Is 'quiz' meant"),
        ({"chance": float("nan")}, "chance: found nan"),
    ],
)
def test_a_bad_level_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(CurveError, match=f"^{re.escape(message)}"):
        table(plain_table("quiz", None), **options)


# Tasks that are known.


def test_the_table_of_tasks_agrees_with_the_published_tables() -> None:
    # Gadre et al. count two options of SIQA and four of CommonsenseQA; these have three and five.
    doubtful = {("gadre_tasks", "siqa"), ("gadre_tasks", "commonsense_qa")}
    seen = set()
    for name in datasets.names():
        data = datasets.load(name)
        key = next((each for each in ("task", "benchmark") if each in data), None)
        if key is None or "chance" not in data:
            continue
        for task, chance in data[[key, "chance"]].dropna().drop_duplicates().to_numpy():
            number = tasks.options(task, files=True)
            if number is None or (name, task) in doubtful:
                continue
            seen.add(task)
            assert chance == pytest.approx(1 / number if number else 0, abs=1e-4), (name, task)
    assert len(seen) >= 30


@pytest.mark.parametrize(
    ("task", "number"),
    [
        ("hellaswag", 4),
        ("HellaSwag", 4),
        ("ARC-Challenge", 4),
        ("harness|arc:challenge|25", 4),
        ("harness|hendrycksTest-world_religions|5", 4),
        ("hendrycksTest-abstract_algebra", 4),
        ("mmlu_high_school_us_history", 4),
        ("leaderboard_mmlu_pro", 10),
        ("commonsense_qa", 5),
        ("anli_r3", 3),
        ("xnli_de", 3),
        ("winogrande", 2),
        ("xcopa_et", 2),
        ("blimp_adjunct_island", 2),
        ("lambada_openai", 0),
        ("lambada_openai_mt_de", 0),
        ("gsm8k", 0),
        ("arithmetic_2da", 0),
        ("minerva_math_algebra", 0),
        ("MMLU (5-shot)", 4),
        ("GSM8K 8-shot", 0),
        ("arithmetic", None),
        ("arithmetic_mean", None),
        ("mmlu_mean", None),
        ("mmlu_redux_virology", None),
        ("truthfulqa_mc1", None),
        ("headqa_en", None),
        ("squadv2", None),
        ("bbh_boolean_expressions", None),
        ("my hellaswag", None),
        ("hellaswag2", None),
        ("", None),
        ("hellaswag\x1b", None),
    ],
)
def test_well_known_tasks_by_whole_names(task: str, number: int | None) -> None:
    assert tasks.options(task, files=True) == number
    assert tasks.options(task, files=False) == number


@pytest.mark.parametrize("task", sorted(tasks.ORDINARY))
def test_an_ordinary_word_means_a_task_in_result_files_only(task: str) -> None:
    assert tasks.options(task, files=True) is not None
    assert tasks.options(task, files=False) is None


def test_no_name_stands_for_two_numbers_of_options() -> None:
    names = [
        name
        for pattern in tasks.PATTERNS.values()
        for each in pattern
        for name in re.split(r"\|", re.sub(r"\([^()]*\)|\[[^]]*\]|[()?+*\\]", "", each))
    ]
    for name in names:
        assert sum(1 for each in tasks.TASKS.values() if each.fullmatch(name)) <= 1, name


@pytest.mark.parametrize(
    ("metric", "task", "chance"),
    [
        ("acc", "hellaswag", 0.25),
        ("acc_norm", "hellaswag", 0.25),
        ("accuracy", "hellaswag", 0.25),
        ("exact_match", "hellaswag", None),
        ("exact_match,strict-match", "mmlu", None),
        ("f1", "boolq", None),
        ("mcc", "rte", None),
        ("exact_match,strict-match", "gsm8k", 0.0),
        ("pass@1", "humaneval", 0.0),
        ("f1", "squad_completion", 0.0),
        ("something", "gsm8k", None),
        ("acc", "quiz", None),
    ],
)
def test_a_number_of_options_is_the_chance_level_of_some_metrics_only(
    metric: str, task: str, chance: float | None
) -> None:
    rows = [(task, metric, scale, score, 90) for scale, score in ((1, 0.3), (2, 0.8))]
    frame = pd.DataFrame(rows, columns=["task", "metric", "scale", "score", "n"])
    (curve,) = read(frame)
    assert curve.chance == chance
    assert bool(curve.chance_source) == (chance is not None)


def test_the_name_of_the_column_of_scores_is_a_metric() -> None:
    text = "task,scale,{},n\nhellaswag,1,.3,90\nhellaswag,2,.8,90\n"
    columns = ("score", "accuracy", "acc", "value", "exact_match")
    found = [one(text.format(each)).chance for each in columns]
    assert found == [0.25, 0.25, 0.25, 0.25, None]


# Result files.

FOUR = {"output_type": "multiple_choice", "doc_to_choice": ["A", "B", "C", "D"]}
SOME = {"output_type": "multiple_choice", "doc_to_choice": "{{choices}}"}
FREE = {"output_type": "generate_until"}


def results(
    folder: Path, task: str, config: dict[str, Any], metric: str = "acc", **more: Any
) -> Path:
    for at, score in enumerate((0.3, 0.6, 0.8)):
        scores = {f"{metric},none": score, f"{metric}_stderr,none": 0.02}
        content = {"results": {task: scores}, "configs": {task: config}, **more}
        content["config"] = {"model_num_parameters": 10**at}
        content["model_name"] = f"m{at}"
        (folder / f"{at}.json").write_text(json.dumps(content))
    return folder


@pytest.mark.parametrize(
    ("task", "config", "metric", "chance", "source"),
    [
        ("quiz", FOUR, "acc", 0.25, "as the files say"),
        ("quiz", FOUR, "f1", None, ""),
        ("quiz", FREE, "exact_match", None, ""),
        ("quiz", FREE, "f1", None, ""),
        ("gsm8k", FREE, "exact_match", 0.0, "as built in for gsm8k: no options to choose from"),
        ("quiz", FREE, "pct_stereotype", None, ""),
        ("quiz", SOME, "acc", None, ""),
        ("quiz", {}, "acc", None, ""),
        ("arc_easy", SOME, "acc", 0.25, "as built in for arc_easy: four options"),
        ("drop", {}, "em", 0.0, "as built in for drop: no options to choose from"),
        # Two options by the file, whatever the table of tasks says of the name.
        ("arc_easy", {**FOUR, "doc_to_choice": ["A", "B"]}, "acc", 0.5, "as the files say"),
        # An answer that is written out may name none of the options.
        ("mmlu_pro", FREE, "exact_match", None, ""),
        ("hellaswag", FREE, "acc", None, ""),
    ],
)
def test_what_result_files_say(
    tmp_path: Path,
    task: str,
    config: dict[str, Any],
    metric: str,
    chance: float | None,
    source: str,
) -> None:
    (curve,) = read(results(tmp_path, task, config, metric), metric=metric)
    assert (curve.chance, curve.chance_source) == (chance, source)
    explained = config in (SOME, FREE) and chance is None and metric != "pct_stereotype"
    assert len(curve.notes) == explained


def test_a_question_answered_in_words_may_have_two_answers(tmp_path: Path) -> None:
    path = results(tmp_path, "yes_or_no", FREE, "exact_match")
    (unsaid,) = read(path)
    assert unsaid.chance is None
    assert unsaid.notes == ("The answers are written out; what guessing scores then, nobody says.",)
    (told,) = read(path, chance=0.5)
    assert (told.chance, told.chance_source, told.notes) == (0.5, "given", ())


def test_files_of_written_and_of_chosen_answers_are_no_curve(tmp_path: Path) -> None:
    path = results(tmp_path, "quiz", FOUR)
    file = path / "1.json"
    file.write_text(file.read_text().replace("multiple_choice", "generate_until"))
    kind = "config.output_type"
    with pytest.raises(CurveError, match=rf"models of different settings: {kind}"):
        read(path)
    with pytest.raises(CurveError, match="answers written out in one file, chosen among options"):
        read(path, pool=kind)
    assert read(path, pool=kind, chance={"quiz": 0.5})[0].chance == 0.5


def test_files_that_disagree_are_refused_unless_the_caller_says_it(tmp_path: Path) -> None:
    path = results(tmp_path, "quiz", FOUR)
    file = path / "1.json"
    file.write_text(file.read_text().replace('"A", "B", "C", "D"', '"A", "B"'))
    choices = "config.doc_to_choice"
    with pytest.raises(CurveError, match=rf"models of different settings: {choices}"):
        read(path)
    with pytest.raises(CurveError, match=r"1\.json.*chance is 0.25 and 0.5 within one curve"):
        read(path, pool=choices)
    assert read(path, pool=choices, chance={"quiz": 0.5})[0].chance == 0.5


@pytest.mark.parametrize("name", HOSTILE)
def test_no_note_repeats_what_could_steer_a_terminal(tmp_path: Path, name: str) -> None:
    task = f"a{HOSTILE[name]}b"
    path = results(tmp_path, task, SOME)
    (unsaid,) = read(path)
    results(tmp_path, task, FOUR)
    (unused,) = read(path, chance=0.5)
    for curve in (unsaid, unused):
        (note,) = curve.notes
        assert note.isprintable()
        assert len(note) < 300
        assert curve.chance_source.isprintable()


def test_a_long_name_makes_no_long_note(tmp_path: Path) -> None:
    (curve,) = read(results(tmp_path, "x" * 100_000, SOME))
    assert len(curve.notes[0]) < 300


@pytest.mark.parametrize("name", ["x" * 70, "colour \x1b[31m"])
def test_no_option_holds_a_part_of_a_name(tmp_path: Path, name: str) -> None:
    (unsaid,) = read(results(tmp_path, name, SOME))
    assert unsaid.notes[0].endswith("for four, give chance=0.25, of this task alone with tasks.")
    results(tmp_path, name, FOUR)
    (unused,) = read(tmp_path, chance=0.5)
    option = "chance_for_all=0.5, of this task alone with tasks, would set it."
    assert unused.notes[0].endswith(option)
    assert read(tmp_path, tasks=[name], chance_for_all=0.5)[0].chance == 0.5


def test_chance_levels_say_where_they_are_from_in_groups(tmp_path: Path) -> None:
    groups = {"group": ["quiz", "write"]}
    chances = harness._chances(
        {"results": {"group": {}}, "configs": {"quiz": FOUR, "write": FREE}}
        | {"group_subtasks": groups}
    )
    assert chances["group"] == "0.25"


def test_scores_are_the_same_whoever_says_the_chance_level(tmp_path: Path) -> None:
    path = results(tmp_path, "quiz", FOUR)
    curves = [read(path, chance=chance)[0] for chance in (None, 0.25, {"quiz": 0.1})]
    for curve in curves:
        assert np.array_equal(curve.score, curves[0].score)
