"""What may be one curve: settings that differ split it, unless the reader pools them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.phrases import on_command_line
from emergence_lib.audit.reading.read import read
from tests.audit.reads import refused
from tests.hostile import HOSTILE

SIZES = [70_000_000, 160_000_000, 410_000_000, 1_000_000_000, 2_800_000_000, 6_900_000_000]


def table(**columns: list[Any]) -> pd.DataFrame:
    """Return scores of as many models as the columns have rows."""
    models = len(next(iter(columns.values())))
    scores = [0.1 + 0.8 * at / models for at in range(models)]
    return pd.DataFrame({"params": SIZES[:models], "score": scores, "n": 100} | columns)


def parts(curves: list[Curve]) -> dict[str, int]:
    return {curve.name: len(curve.scale) for curve in curves}


# Tables.


@pytest.mark.parametrize("column", ["n_shot", "version", "Prompt", "chat template", "family"])
@pytest.mark.parametrize(("one", "two"), [("0", "5"), ("a", "b"), ("", "x")])
def test_a_known_setting_that_changes_half_way_splits_the_curve(
    column: str, one: str, two: str
) -> None:
    curves = read(table(**{column: [one] * 3 + [two] * 3}))
    assert [curve.scale.tolist() for curve in curves] == [SIZES[:3], SIZES[3:]]
    name = column.lower().replace(" ", "_")
    assert [curve.notes for curve in curves] == [
        (f"Split by {name}: {one or 'empty'} here; also {two}.",),
        (f"Split by {name}: {two} here; also {one or 'empty'}.",),
    ]


def test_a_column_of_words_that_the_audit_does_not_know_splits_too() -> None:
    curves = read(table(wording=["short"] * 3 + ["long"] * 3))
    assert parts(curves) == {"curve, wording short": 3, "curve, wording long": 3}


@pytest.mark.parametrize("absent", ["none", "None", "-", "null", "n/a", "NaN", "", "0"])
def test_what_is_absent_beside_a_word_is_a_value_of_a_setting(absent: str) -> None:
    curves = read(table(adapter=[absent] * 3 + ["lora"] * 3))
    assert [curve.scale.tolist() for curve in curves] == [SIZES[:3], SIZES[3:]]


@pytest.mark.parametrize("absent", ["none", "-", "n/a"])
def test_it_is_one_beside_the_scores_of_a_wide_table_too(absent: str) -> None:
    frame = table(adapter=[absent] * 3 + ["lora"] * 3).rename(columns={"score": "quiz"})
    assert [len(curve.scale) for curve in read(frame)] == [3, 3]


def test_several_settings_split_together() -> None:
    frame = table(n_shot=[0, 0, 5, 5, 5, 5], version=[1, 1, 1, 1, 2, 2])
    assert parts(read(frame)) == {
        "curve, n_shot 0, version 1": 2,
        "curve, n_shot 5, version 1": 2,
        "curve, n_shot 5, version 2": 2,
    }


def test_one_setting_in_two_spellings_is_one() -> None:
    (curve,) = read(table(n_shot=["0", "0.0", "0"], chat=["True", "true", "TRUE"]))
    assert curve.notes == ()


def test_what_is_left_of_one_model_is_left_out_by_name() -> None:
    (curve,) = read(table(prompt=["a", "a", "a", "b"]))
    assert curve.scale.tolist() == SIZES[:3]
    assert "Left out, for one model is no curve: prompt b." in curve.notes


def test_words_that_would_leave_one_model_alone_are_for_the_reader_to_judge() -> None:
    frame = table(wording=["a", "a", "b"])
    said = refused(frame)
    assert "models of different settings: wording a (2), wording b (1)." in said
    assert "by=['wording']" in said
    assert "pool=['wording']" in said
    with on_command_line():
        said = refused(frame)
    assert "--by wording" in said
    assert "--pool wording" in said
    # Both remedies work.
    (apart,) = read(frame, by=["wording"])
    assert apart.notes == ("Left out, for one model is no curve: wording b.",)
    (pooled,) = read(frame, pool=["wording"])
    assert pooled.notes == ("One curve although 'wording' differs, as asked: a, b.",)


def test_a_setting_that_every_model_has_for_itself_is_refused_or_pooled() -> None:
    frame = table(version=["v1", "v2", "v3"])
    assert "each of one model and so no curve" in refused(frame)
    (curve,) = read(frame, pool="version")
    assert curve.scale.tolist() == SIZES[:3]


@pytest.mark.parametrize("column", ["date", "checkpoint", "lab", "wording", "revision", "seed"])
def test_what_differs_in_every_row_is_a_label(column: str) -> None:
    (curve,) = read(table(**{column: ["a", "b", "c", "d"]}))
    assert (len(curve.scale), curve.notes) == (4, ())


def test_words_of_many_values_are_told_and_left() -> None:
    (curve,) = read(table(lab=["a", "a", "b", "c", "d"]))
    assert curve.notes == ("'lab' has 4 values along this curve and was not looked at.",)


UNLISTED = ["n_examples", "demonstrations", "scratchpad", "prompt_no", "samples", "context_length"]


@pytest.mark.parametrize("column", UNLISTED)
def test_a_number_of_unknown_name_that_changes_half_way_splits(column: str) -> None:
    assert parts(read(table(**{column: [1] * 3 + [64] * 3}))) == {
        f"curve, {column} 1": 3,
        f"curve, {column} 64": 3,
    }
    (pooled,) = read(table(**{column: [1] * 3 + [64] * 3}), pool=column)
    assert len(pooled.scale) == 6


@pytest.mark.parametrize(
    "column", ["learning_rate", "seed", "loss", "size", "date", "index", "acc_norm", "ci", "layers"]
)
def test_a_number_that_is_no_setting_by_its_name_splits_nothing(column: str) -> None:
    (curve,) = read(table(**{column: [1] * 3 + [64] * 3}))
    assert (len(curve.scale), curve.notes) == (6, ())


def test_a_stray_number_switches_no_splitting_off() -> None:
    frame = table(k=[0, 0, 0, 1, 1, 64])
    assert "pool=['k']" in refused(frame)
    assert parts(read(frame, by="k")) == {"curve, 0": 3, "curve, 1": 2}
    (pooled,) = read(frame, pool="k")
    assert len(pooled.scale) == 6


def test_a_number_that_changes_with_every_row_is_no_setting() -> None:
    (curve,) = read(table(gain=[1, 2, 3, 4, 5, 5]))
    assert (len(curve.scale), curve.notes) == (6, ())
    (curve,) = read(table(gain=[0, 1, 0, 1, 0, 1]))
    assert curve.notes == ("'gain' has 2 values along this curve and was not looked at.",)


@pytest.mark.parametrize(
    ("column", "one", "two"),
    [
        ("run", "zero-shot", "five-shot"),
        ("checkpoint", "base", "instruct"),
        ("source", "own", "leaderboard"),
        ("notes", "greedy", "majority"),
        ("notes", "", "majority"),
    ],
)
def test_a_label_of_few_values_is_a_setting(column: str, one: str, two: str) -> None:
    curves = read(table(**{column: [one] * 3 + [two] * 3}))
    assert [curve.scale.tolist() for curve in curves] == [SIZES[:3], SIZES[3:]]
    (curve,) = read(table(**{column: [""] * 5 + [two]}))
    assert (len(curve.scale), curve.notes) == (6, ())


def test_words_of_several_values_are_for_the_reader_to_judge() -> None:
    frame = table(lab=["a", "a", "b", "b", "c", "d"])
    said = refused(frame)
    assert "by=['lab']" in said
    assert "pool=['lab']" in said
    assert parts(read(frame, by="lab")) == {"curve, a": 2, "curve, b": 2}
    (pooled,) = read(frame, pool="lab")
    assert len(pooled.scale) == 6


def test_what_is_constant_within_each_task_splits_nothing() -> None:
    rows = [
        {"task": task, "kind": kind, "params": size, "score": 0.5, "n": 9}
        for task, kind in (("add", "sums"), ("spell", "words"))
        for size in SIZES[:3]
    ]
    assert parts(read(pd.DataFrame(rows))) == {"add": 3, "spell": 3}


def test_two_metrics_of_one_task_are_split_alike() -> None:
    rows = [
        {"task": "add", "metric": metric, "n_shot": shots, "params": size, "score": 0.5, "n": 9}
        for metric in ("exact", "digits")
        for size, shots in zip(SIZES, [0, 0, 0, 5, 5, 5], strict=True)
    ]
    curves = read(pd.DataFrame(rows), other="digits")
    assert parts(curves) == {"add (exact), n_shot 0": 3, "add (exact), n_shot 5": 3}
    assert all(curve.other is not None for curve in curves)


def test_wide_tables_are_split_and_settings_are_no_tasks() -> None:
    frame = table(n_shot=[0, 0, 5, 5], prompt=["a"] * 4).rename(columns={"score": "quiz"})
    assert parts(read(frame)) == {"quiz, n_shot 0": 2, "quiz, n_shot 5": 2}


@pytest.mark.parametrize("counts", [[0, 0, 1, 1], [1, 8, 8, 64], [4] * 4, [0.7] * 4])
def test_counts_and_constants_beside_scores_are_no_tasks(counts: list[float]) -> None:
    frame = table(quiz=[0.1, 0.2, 0.8, 0.9], k=counts).drop(columns="score")
    curves = read(frame)
    assert {curve.name.partition(",")[0] for curve in curves} == {"quiz"}
    assert "Not taken as scores: k." in curves[0].notes
    assert parts(read(frame, tasks=["quiz"])).keys() == {curve.name for curve in curves}
    if counts == [0, 0, 1, 1]:
        assert parts(curves) == {"quiz, k 0": 2, "quiz, k 1": 2}
        assert parts(read(frame, tasks=["k"])) == {"k": 4}


def test_tasks_that_nobody_chose_split_no_other() -> None:
    frame = table(quiz=[0.1, 0.2, 0.8, 0.9], easy=[0.5, 0.5, 1.0, 1.0]).drop(columns="score")
    assert parts(read(frame, tasks=["quiz"])) == {"quiz": 4}


def test_whole_numbers_alone_are_judged_as_scores() -> None:
    frame = table(quiz=[10, 20, 80, 90]).drop(columns="score")
    assert "Divide the column by 100" in refused(frame, percent=False)
    (curve,) = read(frame)
    assert curve.score.tolist() == [0.1, 0.2, 0.8, 0.9]


def test_families_split_where_each_has_two_models() -> None:
    names = ["lab/pythia-70m", "lab/pythia-160m", "opt-410m", "opt-1b"]
    assert parts(read(table(model=names))) == {"curve, family pythia": 2, "curve, family opt": 2}
    (pooled,) = read(table(model=names), pool="family")
    assert "One curve although 'family' differs, as asked: pythia, opt." in pooled.notes
    (curve,) = read(table(model=[*names[:3], "pythia-1b"]))
    assert len(curve.scale) == 4
    assert "Models of several families, not all of them with two: pythia (3), opt (1)." in (
        curve.notes
    )
    assert parts(read(table(model=[*names[:3], "pythia-1b"]), by="family")) == {"curve, pythia": 3}


@pytest.mark.parametrize(("stray", "left"), [("cat-56b", "cat"), ("gpt2", "gpt2")])
def test_a_stray_model_switches_no_splitting_off(stray: str, left: str) -> None:
    frame = table(model=["ant-1b", "ant-2b", "bee-3b", "bee-4b", stray])
    curves = read(frame)
    assert parts(curves) == {"curve, family ant": 2, "curve, family bee": 2}
    for curve in curves:
        assert f"Left out, for one model is no curve: family {left}." in curve.notes
    frame = table(model=["ant", "ant", "bee", "bee", stray])
    assert parts(read(frame)) == {"curve, model ant": 2, "curve, model bee": 2}


def test_chat_models_are_another_family() -> None:
    names = ["m-70m", "m-160m-hf", "m-410m-v0.1", "m-1b-chat", "m-2.8b-chat"]
    assert parts(read(table(model=names))) == {"curve, family m": 3, "curve, family m chat": 2}


def test_checkpoints_of_several_models_are_several_curves() -> None:
    frame = table(model=["small"] * 3 + ["large"] * 3)
    assert parts(read(frame)) == {"curve, model small": 3, "curve, model large": 3}
    (pooled,) = read(frame, pool="model")
    assert "One curve although 'model' differs, as asked: small, large." in pooled.notes


def test_seeds_are_repeats_and_no_setting() -> None:
    frame = table(seed=["a", "a", "b", "b"], n_shot=[0] * 4).assign(params=[1e8, 2e8, 1e8, 2e8])
    assert "scale 100 million again" in refused(frame)
    (curve,) = read(frame, repeats="pool")
    assert curve.scale.tolist() == [1e8, 2e8]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pool": "promt"}, "pool: no column 'promt'. Remedy: Is 'prompt' meant"),
        ({"pool": ["prompt"], "by": ["prompt"]}, "pool: found 'prompt', which separates curves"),
        ({"by": "promt"}, "no column 'promt'"),
    ],
)
def test_a_column_to_pool_or_split_by_has_to_be_there(
    options: dict[str, Any], message: str
) -> None:
    assert message in refused(table(prompt=["a", "a", "b", "b"]), **options)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_value_of_a_setting_steers_a_terminal(name: str) -> None:
    mark = HOSTILE[name]
    one, two = f"a{mark}b", f"c{mark}d"
    curves = [
        *read(table(prompt=[one, one, two, two])),
        *read(table(prompt=[one, one, one, two])),
        *read(table(prompt=[one, one, two, two]), pool="prompt"),
        *read(table(model=[f"{mark}-1m", f"{mark}-2m", f"{one}-3m", f"{one}-4m"])),
    ]
    assert all(map(str.isprintable, (note for curve in curves for note in curve.notes)))
    assert all(map(str.isprintable, refused(table(**{mark + "x": [one, one, two]})).split("\n")))


def test_long_values_that_look_alike_stay_apart() -> None:
    long = ["x" * 500 + letter + "x" * 500 for letter in "ab"]
    curves = read(table(prompt=[long[0]] * 2 + [long[1]] * 2))
    assert [len(curve.scale) for curve in curves] == [2, 2]
    assert len({curve.name for curve in curves}) == 2
    assert max(len(note) for curve in curves for note in curve.notes) < 400


@st.composite
def half_way(draw: st.DrawFn) -> tuple[pd.DataFrame, str]:
    """Draw a table in which a setting changes once along the scale, in any order of rows."""
    models = draw(st.integers(3, 9))
    at = draw(st.integers(1, models - 1))
    column, values = draw(
        st.sampled_from(
            [
                ("n_shot", ["0", "5"]),
                ("shots", ["1", "25"]),
                ("version", ["1.0", "2.0"]),
                ("temperature", ["0", "0.7"]),
                ("prompt", ["a b", "c"]),
                ("wording", ["short", "long"]),
                ("chat_template", ["none", "chatml"]),
                ("family", ["opt", "bloom"]),
            ]
        )
    )
    scale = draw(
        st.lists(st.integers(10**6, 10**10), min_size=models, max_size=models, unique=True)
    )
    changing = [values[0]] * at + [values[1]] * (models - at)
    frame = pd.DataFrame(
        {
            "params": sorted(scale),
            draw(st.sampled_from(["score", "quiz"])): draw(
                st.lists(st.floats(0, 1), min_size=models, max_size=models)
            ),
            "n_items": 100,
            column: changing,
        }
    )
    return frame.iloc[draw(st.permutations(range(models)))], column


@settings(max_examples=150, deadline=None)
@given(half_way())
def test_a_setting_that_changes_half_way_never_comes_back_as_one_curve(
    drawn: tuple[pd.DataFrame, str],
) -> None:
    frame, column = drawn
    setting = dict(zip(frame["params"], frame[column], strict=True))
    try:
        curves = read(frame)
    except CurveError as error:
        assert f"pool=['{column}']" in str(error)  # noqa: PT017
    else:
        for curve in curves:
            assert len({setting[size] for size in curve.scale}) == 1
            assert any(column in note for note in curve.notes)
    (pooled,) = read(frame, pool=column)
    assert pooled.scale.tolist() == sorted(frame["params"])
    assert any(column in note for note in pooled.notes)


# Result files.


def files(folder: Path, *changes: dict[str, Any]) -> Path:
    """Write result files of models of growing size, with changes to each."""
    for at, change in enumerate(changes):
        score = 0.1 + 0.1 * at
        content: dict[str, Any] = {
            "results": {"quiz": {"acc,none": score, "acc_stderr,none": 0.02}},
            "configs": {"quiz": {}},
            "n-shot": {"quiz": 0},
            "versions": {"quiz": 1.0},
            "n-samples": {"quiz": {"original": 500, "effective": 500}},
            "chat_template": None,
            "model_name": f"lab/m-{at}",
        }
        arguments = f"pretrained=lab/m-{at},revision=main"
        config = {"model_args": arguments, "model_num_parameters": SIZES[at], "limit": None}
        content |= {key: value for key, value in change.items() if key != "config"}
        content["config"] = config | change.get("config", {})
        (folder / f"{at}.json").write_text(json.dumps(content))
    return folder


HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"n-shot": {"quiz": 5}}, "n_shot: {} here; also {}."),
        ({"versions": {"quiz": 2.0}}, "version: {} here; also {}."),
        ({"chat_template": "{{messages}}"}, "chat_template: {} here; also {}."),
        ({"chat_template": "x" * 999, "chat_template_sha": HASH}, "chat_template: {} here"),
        ({"system_instruction": "Think."}, None),
        ({"fewshot_as_multiturn": True}, None),
        ({"config": {"limit": 100}}, "limit: {} here; also {}."),
        ({"config": {"model_dtype": "torch.float16"}}, None),
        ({"config": {"model_args": "pretrained=m,revision=v2"}}, "revision: {} here; also {}."),
        ({"config": {"model_args": {"load_in_4bit": True}}}, "quantisation: {} here"),
        ({"config": {"gen_kwargs": {"temperature": 1}}}, None),
    ],
)
def test_a_setting_in_result_files_splits_them(
    tmp_path: Path, change: dict[str, Any], told: str | None
) -> None:
    here = {"fewshot_as_multiturn": False, "system_instruction": None}
    config = {"model_dtype": "torch.bfloat16", "gen_kwargs": None}
    plain = {**here, "config": config}
    changed = {**plain, **change, "config": {**config, **change.get("config", {})}}
    curves = read(files(tmp_path, plain, plain, plain, changed, changed, changed))
    assert [curve.scale.tolist() for curve in curves] == [SIZES[:3], SIZES[3:]]
    assert {curve.name.partition(",")[0] for curve in curves} == {"quiz"}
    assert all(curve.notes[0].startswith("Split by ") for curve in curves)
    if told:
        head, _, tail = told.partition("{}")
        for curve in curves:
            assert head in curve.notes[0]
            assert tail.partition("{}")[0] in curve.notes[0]


def of_task(**fields: Any) -> dict[str, Any]:
    return {"configs": {"quiz": {"output_type": "generate_until", **fields}}}


def loaded(arguments: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"config": {"model_args": arguments, **more}}


DEEP = [
    (of_task(doc_to_text="{{q}}"), of_task(doc_to_text="Think. {{q}}"), "config.doc_to_text"),
    (of_task(), of_task(generation_kwargs={"max_gen_toks": 9}), "config.generation_kwargs"),
    (of_task(description=""), of_task(description="Solve."), "config.description"),
    (of_task(repeats=1), of_task(repeats=64), "config.repeats"),
    (of_task(test_split="test"), of_task(test_split="validation"), "config.test_split"),
    (of_task(dataset_path="a"), of_task(dataset_path="b"), "config.dataset_path"),
    (loaded("pretrained=m"), loaded("pretrained=m,peft=lora"), "model_args.peft"),
    (loaded("pretrained=m"), loaded({"enable_thinking": True}), "model_args.enable_thinking"),
    (loaded("pretrained=m,dtype=float16"), loaded("pretrained=m,dtype=float32"), "dtype"),
    (loaded("pretrained=m", model="hf"), loaded("pretrained=m", model="vllm"), "backend"),
]


@pytest.mark.parametrize(("one", "two", "column"), DEEP)
def test_what_a_file_says_of_task_and_model_splits_too(
    tmp_path: Path, one: dict[str, Any], two: dict[str, Any], column: str
) -> None:
    curves = read(files(tmp_path, one, one, one, two, two, two))
    assert [curve.scale.tolist() for curve in curves] == [SIZES[:3], SIZES[3:]]
    splits = [[each for each in curve.notes if each.startswith("Split by ")] for curve in curves]
    assert all(only.startswith(f"Split by {column}: ") for (only,) in splits)
    (pooled,) = read(tmp_path, pool=column)
    assert len(pooled.scale) == 6
    assert len(read(tmp_path, by=column)) == 2


def test_fields_that_change_no_score_split_nothing(tmp_path: Path) -> None:
    changes = [
        of_task(
            metadata={"version": at // 2},
            alias=f"quiz {at // 2}",
            process_docs=f"<function process at 0x7f{at}>",
        )
        | loaded(f"pretrained=m{at},device_map=cuda:{at // 2},batch_size={at // 2}")
        for at in range(4)
    ]
    (curve,) = read(files(tmp_path, *changes))
    assert len(curve.scale) == 4
    assert curve.notes == ("The answers are written out; what guessing scores then, nobody says.",)


def test_a_field_of_its_own_for_each_model_is_a_label(tmp_path: Path) -> None:
    changes = [of_task(doc_to_text=f"{at}") for at in range(4)]
    (curve,) = read(files(tmp_path, *changes))
    assert len(curve.scale) == 4
    assert curve.notes == ("The answers are written out; what guessing scores then, nobody says.",)


def test_a_setting_that_some_files_do_not_tell_splits_them(tmp_path: Path) -> None:
    old: dict[str, Any] = {"n-shot": None, "versions": None, "config": {}}
    curves = read(files(tmp_path, old, old, {}, {}))
    assert parts(curves) == {
        "quiz, n_shot unsaid, version unsaid": 2,
        "quiz, n_shot 0, version 1": 2,
    }
    assert "Split by n_shot and version: unsaid and unsaid here; also 0 and 1." in curves[0].notes
    (pooled,) = read(tmp_path, pool=["n_shot", "version"])
    assert "One curve although 'n_shot' differs, as asked: unsaid, 0." in pooled.notes


def test_what_one_file_does_not_tell_leaves_it_out_by_name(tmp_path: Path) -> None:
    (curve,) = read(files(tmp_path, {}, {}, {}, {"n-shot": None}))
    assert curve.scale.tolist() == SIZES[:3]
    assert "Left out, for one model is no curve: n_shot unsaid." in curve.notes


def test_older_files_say_the_shots_once(tmp_path: Path) -> None:
    few = {"n-shot": None, "config": {"num_fewshot": 5}}
    assert parts(read(files(tmp_path, {}, {}, few, few))) == {
        "quiz, n_shot 0": 2,
        "quiz, n_shot 5": 2,
    }


def test_each_model_may_have_a_revision_or_a_template_of_its_own(tmp_path: Path) -> None:
    changes = [
        {
            "chat_template": f"template {at}",
            "config": {"model_args": f"pretrained=m{at},revision=step{at}"},
        }
        for at in range(4)
    ]
    (curve,) = read(files(tmp_path, *changes))
    assert (len(curve.scale), curve.notes) == (4, ())
    # Two models, one asked without a template: that is no pair of templates.
    for path in tmp_path.iterdir():
        path.unlink()
    assert "chat_template" in refused(files(tmp_path, {}, {"chat_template": "{{messages}}"}))


def test_shots_are_pooled_on_demand(tmp_path: Path) -> None:
    few = {"n-shot": {"quiz": 5}}
    (curve,) = read(files(tmp_path, {}, {}, few, few), pool="n_shot")
    assert (curve.name, len(curve.scale)) == ("quiz", 4)
    assert "One curve although 'n_shot' differs, as asked: 0, 5." in curve.notes
