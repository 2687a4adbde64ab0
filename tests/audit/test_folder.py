"""Files and folders that people have: what is read of them, passed over, left out and said."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.reading.read import read
from emergence_lib.cli import main
from tests.audit.reads import only

MODELS = {"m-70m": 70e6, "m-410m": 410e6, "m-1b": 1e9, "m-6.9b": 6.9e9}
SHARES = [0.26, 0.3, 0.5, 0.8]
CHOICE = {
    "output_type": "multiple_choice",
    "doc_to_choice": ["A", "B", "C", "D"],
    "doc_to_text": "{{q}}",
}


def error(p: float, n: int) -> float:
    return math.sqrt(p * (1 - p) / (n - 1))


def result(
    at: int, n: int = 500, tasks: tuple[str, ...] = ("quiz",), **more: Any
) -> dict[str, Any]:
    """Return a result file of a harness of today, of one of the models."""
    name, size = list(MODELS.items())[at]
    p, n = SHARES[at], 500
    scores = {task: {"acc,none": p, "acc_stderr,none": error(p, n)} for task in tasks}
    return {
        "results": scores,
        "configs": dict.fromkeys(tasks, CHOICE),
        "versions": dict.fromkeys(tasks, 1.0),
        "n-shot": dict.fromkeys(tasks, 0),
        "n-samples": {task: {"original": n, "effective": n} for task in tasks},
        "config": {
            "model": "hf",
            "model_args": f"pretrained=lab/{name}",
            "model_num_parameters": int(size),
            "limit": None,
        },
        "model_name": f"lab/{name}",
    } | more


def write(folder: Path, **files: Any) -> Path:
    """Write files; two underscores in a name stand for the slash behind a folder."""
    for name, content in files.items():
        path = folder / (name.replace("__", "/") + ("" if "." in name else ".json"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def four(folder: Path, **more: Any) -> Path:
    return write(folder, **{f"run{at}__results": result(at, **more) for at in range(4)})


def refused(*source: Any, **options: Any) -> str:
    with pytest.raises(CurveError) as caught:
        read(list(source) if source[1:] else source[0], **options)
    return str(caught.value)


def items_of(curve: Curve) -> list[float]:
    assert curve.items is not None
    return curve.items.tolist()


def notes(curves: list[Curve]) -> str:
    return "\n".join(note for curve in curves for note in curve.notes)


# What else lies in a folder.


def test_what_is_no_result_is_named_and_passed_over(tmp_path: Path) -> None:
    four(tmp_path)
    plain = only(read(tmp_path))
    (tmp_path / "notes.txt").write_text("no data")
    write(
        tmp_path,
        package={"name": "x"},
        **{
            "scores.csv": "a,b\n1,2\n",
            "run0__book.ipynb": {"cells": []},
            "run0__samples_quiz_2024.jsonl": "{}",
            "tsconfig.json": "{ // comments }",
            "list.json": [1],
            "empty.json": "",
            ".cache__results.json": result(0),
            "flat.json": {"results": {"quiz": 0.5}},
        },
    )
    curve = only(read(tmp_path))
    assert curve.score.tolist() == plain.score.tolist() == SHARES
    assert curve.notes == (
        "Passed over: .cache/results.json (hidden); empty.json (empty); "
        "flat.json (no scores of a task in its results); list.json, package.json (no results); "
        "run0/book.ipynb, scores.csv (no result file); tsconfig.json (no JSON).",
    )


def test_where_nothing_is_a_result_all_that_was_found_is_listed(tmp_path: Path) -> None:
    write(tmp_path, package={}, **{"scores.csv": "a,b\n1,2\n"})
    said = refused(tmp_path)
    assert "package.json (no results); scores.csv (no result file)" in said
    assert "tables are read when they are named themselves: scores.csv" in said


def test_a_broken_result_is_refused_and_can_be_left_out_as_told(tmp_path: Path) -> None:
    four(tmp_path)
    write(tmp_path, **{"run0__broken.json": '{"results": {"quiz": {'})
    said = refused(tmp_path)
    assert "broken JSON" in said
    assert "without='run0/broken.json'" in said
    curve = only(read(tmp_path, without="run0/broken.json"))
    assert curve.notes == ("Left out, as asked: run0/broken.json.",)


def test_a_task_of_one_model_is_left_out_by_name(tmp_path: Path) -> None:
    four(tmp_path)
    write(tmp_path, run0__results=result(0, tasks=("quiz", "smoke")))
    curve = only(read(tmp_path))
    assert curve.notes == ("Left out, for one model is no curve: smoke.",)


def test_one_model_alone_is_one_line(tmp_path: Path) -> None:
    write(tmp_path, a=result(0, tasks=("one", "two", "three")))
    said = refused(tmp_path)
    assert "one model only, 'lab/m-70m'; want at least two" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("bad", [float("nan"), "N/A", -1, 1e3])
def test_a_task_with_a_fault_leaves_the_others(tmp_path: Path, bad: object) -> None:
    four(tmp_path, tasks=("quiz", "other"))
    content = result(2, tasks=("quiz", "other"))
    content["results"]["other"]["acc,none"] = bad
    write(tmp_path, run2__results=content)
    curve = only(read(tmp_path))
    assert curve.name == "quiz"
    (note,) = curve.notes
    assert note.startswith("Left out: ")
    assert f"run2/results.json, results.other.acc,none: found '{bad}'" in note
    assert "without='other'" in note


def test_metrics_that_are_not_read_are_named(tmp_path: Path) -> None:
    for at in range(4):
        content = result(at)
        content["results"] |= {"gen": {"f1,none": 0.5, "sample_len": 9}, "ask": {"grade": 0.2}}
        write(tmp_path, **{f"{at}": content})
    assert "Not read: f1 (gen), grade (ask); name a metric" in only(read(tmp_path)).notes[0]
    # Who names a metric hears of the tasks that have no such thing.
    with pytest.raises(CurveError, match="neither items nor a standard error"):
        read(tmp_path, metric="f1")
    assert "Not read: f1 (gen), grade (ask)" in notes(read(tmp_path, metric="acc"))


# Choosing.


def test_tasks_and_files_are_chosen_by_name_or_pattern(tmp_path: Path) -> None:
    four(tmp_path, tasks=("quiz_a", "quiz_b", "other"))

    def names(**options: Any) -> list[str]:
        return [curve.name for curve in read(tmp_path, **options)]

    assert names(only="quiz_*") == ["quiz_a", "quiz_b"]
    assert names(without=["quiz_*"]) == ["other"]
    assert names(only=["quiz_*"], without=["quiz_b"]) == ["quiz_a"]
    (curve,) = read(tmp_path, only="other", without="run1")
    assert len(curve.scale) == 3
    assert curve.notes == ("Left out, as asked: run1/results.json, quiz_a, quiz_b.",)
    (curve,) = read(tmp_path, only=["other", "run[01]"])
    assert len(curve.scale) == 2
    whole = str(tmp_path / "run1" / "results.json")
    assert len(read(tmp_path, without=whole)[0].scale) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": "quizz"}, "only: no task or file 'quizz'. Remedy: Is 'quiz' meant."),
        ({"without": "x*"}, "without: no task or file 'x*'"),
        ({"without": "*"}, "no result file is left; left out run0/results.json"),
        ({"only": "quiz", "without": "quiz"}, "nothing is left of quiz"),
    ],
)
def test_a_choice_of_nothing_is_refused(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    assert message in refused(four(tmp_path), **options)


def test_tasks_of_a_table_are_chosen_too(tmp_path: Path) -> None:
    rows = "".join(f"{task},{size},0.5,90\n" for task in "abc" for size in (1e7, 1e8))
    write(tmp_path, **{"long.csv": f"task,params,score,n_items\n{rows}"})
    curves = read(tmp_path / "long.csv", only=["a", "b"], without="b")
    assert [curve.name for curve in curves] == ["a"]
    assert curves[0].notes == ("Left out, as asked: b, c.",)
    assert "no task or file 'd'" in refused(tmp_path / "long.csv", only="d")
    assert "no task is left" in refused(tmp_path / "long.csv", without="?")


# Several sources.


def test_several_folders_and_files_are_as_one_folder(tmp_path: Path) -> None:
    whole = only(read(four(tmp_path / "all")))
    for parts in (
        [tmp_path / "all" / f"run{at}" for at in range(4)],
        [tmp_path / "all" / f"run{at}" / "results.json" for at in range(4)],
        [tmp_path / "all" / "run3", tmp_path / "all"],  # one file twice is one file
    ):
        curve = only(read(parts))
        assert (curve.score.tolist(), items_of(curve)) == (whole.score.tolist(), items_of(whole))
        assert curve.notes == ()


def table(folder: Path, name: str, rows: list[tuple[float, float]], head: str = "params") -> Path:
    text = "".join(f"{size},{share},90\n" for size, share in rows)
    return write(folder, **{name: f"{head},score,n_items\n{text}"}) / name


def test_tables_of_a_row_each_are_one_curve(tmp_path: Path) -> None:
    sizes = list(MODELS.values())
    paths = [
        table(tmp_path, f"{at}.csv", [(sizes[at], SHARES[at])])
        for at in random.Random(1).sample(range(4), 4)
    ]
    curve = only(read(paths))
    assert (curve.scale.tolist(), curve.score.tolist()) == (sizes, SHARES)


def test_tables_of_a_curve_each_are_told_apart(tmp_path: Path) -> None:
    one = table(tmp_path, "one.csv", [(1e7, 0.1), (1e8, 0.2), (1e9, 0.3)])
    two = table(tmp_path, "two.csv", [(2e7, 0.9), (2e8, 0.9), (2e9, 0.9)])
    curves = read([one, two])
    assert [curve.score.tolist() for curve in curves] == [[0.1, 0.2, 0.3], [0.9] * 3]
    assert curves[0].notes == ("Split by file: one here; also two.",)
    assert only(read([one, two], without="two.csv")).scale.tolist() == [1e7, 1e8, 1e9]


def test_sources_that_are_no_one_table_are_refused(tmp_path: Path) -> None:
    one = table(tmp_path, "one.csv", [(1e7, 0.1), (1e8, 0.2)])
    two = table(tmp_path, "two.csv", [(1e7, 0.1), (1e8, 0.2)], head="tokens")
    said = refused(one, two)
    assert f"{two}, row 1: other columns than in {one}: params, tokens." in said
    assert "holds result files" in refused(one, four(tmp_path / "runs"))
    assert "gone.csv: no such file" in refused(tmp_path / "gone.csv", tmp_path / "runs")


# Reruns.


def test_of_reruns_the_newest_counts_and_says_so(tmp_path: Path) -> None:
    for at in range(4):
        late = result(at)
        late["results"]["quiz"]["acc,none"] = SHARES[at] + 0.01
        stamp = f"run{at}__results_202{{}}-03-0{at + 1}T10-00-00.123456"
        write(tmp_path, **{f"{stamp.format(4)}.json": result(at), f"{stamp.format(5)}.json": late})
    curve = only(read(tmp_path))
    assert curve.score.tolist() == [share + 0.01 for share in SHARES]
    assert items_of(curve) == [500] * 4
    assert curve.notes[0].startswith(
        "Of several runs of one model in one setting the newest counts"
    )
    assert "run0/results_2024-03-01T10-00-00.123456.json" in curve.notes[0]
    assert curve.notes[0].endswith("whose scores differ by up to 0.01.")
    pooled = only(read(tmp_path, repeats="pool"))
    assert items_of(pooled) == [1000] * 4
    assert pooled.score == pytest.approx([share + 0.005 for share in SHARES])


def test_the_date_in_a_file_tells_too(tmp_path: Path) -> None:
    four(tmp_path / "a", date=1.7e9)
    content = result(0, date=1.8e9)
    content["results"]["quiz"]["acc,none"] = 0.1
    write(tmp_path, b__results=content)
    assert only(read(tmp_path)).score.tolist() == [0.1, *SHARES[1:]]


@pytest.mark.parametrize("repeats", [None, "pool"])
def test_equal_answers_count_once(tmp_path: Path, repeats: str | None) -> None:
    four(tmp_path / "a")
    four(tmp_path / "copy of a")
    curve = only(read(tmp_path, repeats=repeats))
    assert items_of(curve) == [500] * 4
    assert (
        "Files that repeat the answers of another one, counted once: copy of a/" in curve.notes[0]
    )


def test_runs_of_no_date_that_differ_are_for_the_reader_to_judge(tmp_path: Path) -> None:
    four(tmp_path / "a")
    content = result(0)
    content["results"]["quiz"]["acc,none"] = 0.1
    write(tmp_path, b__results=content)
    said = refused(tmp_path)
    assert "scale 70 million again" in said
    assert "leave files out with without=" in said
    assert only(read(tmp_path, without="b")).score.tolist() == SHARES


def test_another_setting_is_no_rerun(tmp_path: Path) -> None:
    four(tmp_path / "a", date=1.7e9)
    four(tmp_path / "b", date=1.8e9, **{"n-shot": {"quiz": 5}})
    assert [curve.name for curve in read(tmp_path)] == ["quiz, n_shot 0", "quiz, n_shot 5"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 500)), max_size=8))
def test_whatever_was_run_before_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[int, int]]
) -> None:
    path = four(tmp_path_factory.mktemp("runs"), date=2e9)
    for at, (model, right) in enumerate(runs):
        content = result(model, date=1e9 + at)
        content["results"]["quiz"]["acc,none"] = right / 500
        write(path, **{f"{at}__results": content})
    curve = only(read(path))
    assert (curve.score.tolist(), items_of(curve)) == (SHARES, [500] * 4)


# Groups.


def grouped(at: int, weighted: bool, said: object) -> dict[str, Any]:
    """Return a file with a group of two tasks of 100 and 300 items, a group of groups."""
    content = result(at, tasks=("a", "b"))
    sizes, p = {"a": 100, "b": 300}, {"a": SHARES[at], "b": SHARES[at] / 2}
    for task, n in sizes.items():
        content["results"][task] = {"acc,none": p[task], "acc_stderr,none": error(p[task], n)}
        content["n-samples"][task] = {"original": n, "effective": n}
    mean = (p["a"] * 100 + p["b"] * 300) / 400 if weighted else (p["a"] + p["b"]) / 2
    content["results"]["all_of_it"] = {"acc,none": mean, "acc_stderr,none": said}
    content["group_subtasks"] = {"all_of_it": ["inner"], "inner": ["a", "b"]}
    return content


@pytest.mark.parametrize("said", [0.0, "N/A", 0.13])
def test_items_and_errors_of_a_group_are_those_of_its_tasks(tmp_path: Path, said: object) -> None:
    for at in range(4):
        write(tmp_path, **{f"{at}": grouped(at, True, said)})
    curves = read(tmp_path)
    group = next(curve for curve in curves if curve.name == "all_of_it")
    assert items_of(group) == [400] * 4
    assert ("all_of_it (" in notes(curves)) == (said == 0.13)


def test_a_mean_of_tasks_has_the_error_of_a_mean(tmp_path: Path) -> None:
    for at in range(4):
        write(tmp_path, **{f"{at}": grouped(at, False, 0.13)})
    group = next(curve for curve in read(tmp_path) if curve.name == "all_of_it")
    # Two independent shares, each with half the weight.
    by_hand = [math.hypot(error(p, 100), error(p / 2, 300)) / 2 for p in SHARES]
    assert group.stderr == pytest.approx(by_hand)


def test_a_group_that_is_no_mean_of_its_tasks_keeps_its_error(tmp_path: Path) -> None:
    for at in range(4):
        content = grouped(at, False, 0.02)
        content["results"]["all_of_it"]["acc,none"] /= 2
        write(tmp_path, **{f"{at}": content})
    group = next(curve for curve in read(tmp_path) if curve.name == "all_of_it")
    assert group.stderr == pytest.approx([0.02] * 4)


@pytest.mark.parametrize("change", ["prompt", "shots", "tasks"])
def test_a_group_is_split_where_its_tasks_were_asked_another_way(
    tmp_path: Path, change: str
) -> None:
    for at in range(4):
        content = grouped(at, True, 0.02)
        if at > 1 and change == "prompt":
            content["configs"] = {**content["configs"], "b": {**CHOICE, "doc_to_text": "Think."}}
        if at > 1 and change == "shots":
            content["n-shot"] = {"a": 5, "b": 5, "all_of_it": 0}
        if at > 1 and change == "tasks":
            content["group_subtasks"] = {"all_of_it": ["b"]}
        write(tmp_path, **{f"{at}": content})
    parts = [curve for curve in read(tmp_path) if curve.name.startswith("all_of_it")]
    assert [curve.scale.tolist() for curve in parts] == [
        list(MODELS.values())[:2],
        list(MODELS.values())[2:],
    ]


# Settings that differ between harnesses.


def test_files_of_an_older_harness_are_of_the_same_setting(tmp_path: Path) -> None:
    for at in range(4):
        content = result(at, chat_template=None, system_instruction=None)
        task: dict[str, Any] = {
            "dataset_path": "Rowan/hellaswag",
            "fewshot_config": {"sampler": "default"},
        }
        task |= {"process_docs": "def process_docs(d): return d", "unsafe_code": False}
        content["config"] |= {"model_dtype": "torch.float16", "gen_kwargs": None}
        if at < 2:
            del content["chat_template"], content["system_instruction"], content["n-samples"]
            task = {"dataset_path": "hellaswag", "dataset_kwargs": {"trust_remote_code": True}}
            task |= {"process_docs": f"<function process_docs at 0x7f{at}>", "group": ["x"]}
            content["config"] = {"model": "hf-auto", "model_args": f"pretrained={at},dtype=float16"}
        content["configs"] = {"quiz": {**CHOICE, **task}}
        write(tmp_path, **{f"m{at}": content})
    sizes = {f"m{at}": size for at, size in enumerate(MODELS.values())}
    curve = only(read(tmp_path, sizes=sizes))
    assert items_of(curve) == [500] * 4
    assert not [note for note in curve.notes if note.startswith("Split")]


# Percentages.


def test_percentages_of_one_task_are_no_matter_of_another(tmp_path: Path) -> None:
    for at in range(4):
        p = SHARES[at]
        content = result(at)
        content["results"]["squad"] = {"exact_match": 100 * p, "exact_match_stderr": 2.0}
        content["results"]["drop"] = {"exact_match": p / 2, "exact_match_stderr": 0.02}
        content["results"]["slip"] = {"exact_match": p + 40 * (at == 3), "exact_match_stderr": 0.02}
        write(tmp_path, **{f"{at}": content})
    quiz, squad, drop = read(tmp_path)
    assert squad.score == pytest.approx(SHARES)
    assert squad.stderr == pytest.approx([0.02] * 4)
    assert drop.score.tolist() == [share / 2 for share in SHARES]
    assert any("'26.0' as 0.26" in note for note in squad.notes)
    assert "found '40.8', want a fraction" in notes([quiz])
    assert "Divide by 100 if it is a percentage" in notes([quiz])
    assert read(tmp_path, percent=["slip"], only="slip")[0].score[3] == pytest.approx(0.408)


# Other forms.


def leaderboard(at: int) -> dict[str, Any]:
    p = SHARES[at]
    scores = {name: {"acc": p, "acc_stderr": error(p, n)} for name, n in (("a", 100), ("b", 300))}
    tasks = {f"harness|mmlu:{name}|5": each for name, each in scores.items()}
    average = {"acc": p, "acc_stderr": 0.2}
    return {
        "config_general": {"model_name": f"lab/{list(MODELS)[at]}", "max_samples": "None"},
        "results": {"all": average, **tasks, "harness|mmlu:_average|5": average},
    }


def test_details_of_a_leaderboard_are_read(tmp_path: Path) -> None:
    for at in range(4):
        write(tmp_path, **{f"lab__{at}__results_2023-09-05T00-00-00.json": leaderboard(at)})
    a, b, average = read(tmp_path, sizes="names")
    assert a.labels == tuple(f"lab/{name}" for name in MODELS)
    assert [a.name, b.name] == ["harness|mmlu:a|5", "harness|mmlu:b|5"]
    assert (items_of(a), items_of(b), items_of(average)) == ([100] * 4, [300] * 4, [400] * 4)
    assert average.chance == 0.25


def olmes(at: int, task: str = "arc_easy:mc") -> dict[str, Any]:
    return {
        "task_name": task,
        "model_config": {"model": list(MODELS)[at], "revision": None, "model_type": "hf"},
        "task_config": {
            "num_shots": 5,
            "primary_metric": "acc_raw",
            "limit": None,
            "split": "test",
        },
        "num_instances": 400,
        "current_date": "2024-10-01 10:00:00 UTC",
        "metrics": {"acc_raw": SHARES[at], "primary_score": SHARES[at], "index": 1.5},
    }


def summary(at: int) -> dict[str, Any]:
    task = olmes(at)
    simple = {"task": task["task_name"], **task["metrics"]}
    simple |= {key: task[key] for key in ("num_instances", "task_config")}
    return {
        "all_primary_scores": [],
        "metrics": [simple],
        "model_config": {"model": list(MODELS)[at]},
    }


def whole_summary(at: int) -> dict[str, Any]:
    model = {"model": list(MODELS)[at]}
    return {"all_primary_scores": [], "tasks": [olmes(at)], "model_config": model}


@pytest.mark.parametrize("form", ["tasks", "summary", "whole summary", "both"])
def test_runs_of_olmes_are_read(tmp_path: Path, form: str) -> None:
    for at in range(4):
        if form in ("tasks", "both"):
            write(tmp_path, **{f"{at}__task-000-arc_easy:mc-metrics": olmes(at)})
            write(tmp_path, **{f"{at}__task-000-arc_easy:mc-requests.jsonl": "{}"})
        if form != "tasks":
            content = whole_summary(at) if form == "whole summary" else summary(at)
            write(tmp_path, **{f"{at}__metrics": content})
    curve = only(read(tmp_path, sizes="names"))
    assert (curve.name, curve.score.tolist()) == ("arc_easy:mc", SHARES)
    assert (items_of(curve), curve.chance) == ([400] * 4, 0.25)
    assert "Passed over" not in notes([curve])


def helm(folder: Path, at: int, items: bool = True, spec: bool = True) -> None:
    name = f"mmlu:subject=law,model=lab_{at}"
    stats = [
        {"name": {"name": "exact_match", "split": "test"}, "mean": SHARES[at]},
        {"name": {"name": "exact_match", "split": "valid"}, "mean": 0.9},
        {"name": {"name": "exact_match", "split": "test", "perturbation": {}}, "mean": 0.1},
        {"name": {"name": "num_prompt_tokens", "split": "test"}, "mean": 300.0},
    ]
    stats += [{"name": {"name": "num_instances", "split": "test"}, "mean": 250.0}] * items
    adapter = {"model": f"lab/{list(MODELS)[at]}", "method": "multiple_choice_joint"}
    write(folder, **{f"{name}__stats": stats, f"{name}__scenario_state": {}})
    if spec:
        write(folder, **{f"{name}__run_spec": {"name": name, "adapter_spec": adapter}})


def test_runs_of_helm_are_read(tmp_path: Path) -> None:
    for at in range(4):
        helm(tmp_path, at)
    curve = only(read(tmp_path, sizes="names"))
    assert (curve.name, curve.score.tolist()) == ("mmlu:subject=law", SHARES)
    assert items_of(curve) == [250] * 4
    assert "Passed over" not in notes([curve])


def test_runs_that_lack_what_a_curve_needs_are_one_line(tmp_path: Path) -> None:
    for at in range(4):
        helm(tmp_path / "no items", at, items=False)
        helm(tmp_path / "no model", at, spec=False)
    said = refused(tmp_path / "no items", sizes="names")
    assert "and 3 more like it" in said
    assert "neither items nor a standard error" in said
    assert len(said.splitlines()) == 1
    assert items_of(only(read(tmp_path / "no items", sizes="names", items=250))) == [250] * 4
    said = refused(tmp_path / "no model", sizes="names")
    assert "(no run_spec.json beside it, which names the model)" in said
    assert len(said.splitlines()) == 1


# The command line.


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            ["--lower-is-better", "all", "--lower-is-better", "none"],
            "--lower-is-better: found 'all' and 'none', want one of them\n",
        ),
        (
            ["--lower-is-better", "acc", "--lower-is-better", "none"],
            "--lower-is-better: found 'none' and 'acc', want one of them\n",
        ),
        (
            ["--chance-for-all", "0.25", "--chance", "quiz=0.5"],
            "--chance-for-all: it goes before whatever --chance says, so leave out one of them\n",
        ),
    ],
)
def test_options_that_contradict_each_other_are_one_line(
    tmp_path: Path, typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(four(tmp_path)), *typed]) == 2
    assert capsys.readouterr().err == said


def test_the_command_line_takes_several_sources(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    four(tmp_path, tasks=("quiz", "other"))
    sources = [str(tmp_path / f"run{at}") for at in range(4)]
    assert main(["audit", *sources, "--only", "qu*", "--format", "json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert report["curve"]["score"] == SHARES
    assert main(["audit", *sources, "--report", str(tmp_path / "run0" / "results.json")]) == 2
