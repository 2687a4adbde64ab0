"""Result files of evaluation harnesses as rows, one for each task and metric of each file.

All are brought into the form of lm-evaluation-harness. Of that, both ways are read: ``"acc"`` with
``"acc_stderr"``, and ``"acc,none"`` with ``"acc_stderr,none"`` (metric, then the filter that
extracted the answer).
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emergence_lib.audit.phrases import phrase, shown
from emergence_lib.audit.reading.table import BETTER, GUESS, Row, column_name

ACCURACY = re.compile(r"(?:.*_)?(?:acc|accuracy|exact_match|em|mc1|mc2)(?:_.*)?|pass@\d+")
"""Names of metrics that are a share of items: what is read unless the caller names a metric."""
UNKNOWN = "unknown"
"""Chance level of a multiple-choice task whose file does not say how many choices there are."""
UNSAID = "unsaid"
"""Chance level of a task whose file, as older ones, does not even say of what kind the task is."""
FREE = "free"
"""Chance level of a task that is no multiple choice: what guessing scores then, no file says."""
LISTED = re.compile(r"\{\{ *\[ *\w+( *, *\w+)* *\] *\}\}")
"""A template of choices that names each of them: ``{{[sol1, sol2]}}``."""
TINY = 1e-9
"""Smallest standard error that more than a misprint could have."""
WRONG_ERROR = 0.5, 2.0
"""How many times the one of its tasks together the standard error of a group may be."""
SAME_MEAN = 1e-4
"""Difference up to which the score of a group is a mean of its parts."""
NO_METRICS = {"sample_len", "samples", "num_instances"}
"""Numbers beside the scores of a task that count its items."""
QUANTISED = ("load_in_4bit", "load_in_8bit", "autogptq", "gptqmodel")
ONCE = {
    "chat_template": ("chat_template_sha", "chat_template"),
    "system_prompt": ("system_instruction_sha", "system_instruction"),
    "fewshot_as_multiturn": ("fewshot_as_multiturn",),
}
"""Settings that a file says once, and the keys that hold them; older harnesses had none of them."""
ASKED = re.compile(
    r"output_type|dataset_(?:path|name)|(?:test|validation|fewshot)_split|split|doc_to_(?!decont).*"
    r"|process_(?:docs|results)|description|(?:target|fewshot)_delimiter|fewshot_(?:config|source)"
    r"|(?:generation|context|metric)_kwargs|filter_list|repeats|use_prompt|use_chat_format"
    r"|gen_prefix|method|instructions"
)
"""Fields of a task's configuration that say what was asked, how, and what counted as right."""
HOW = re.compile(
    r"revision|dtype|device.*|.*batch_size|.*(?:path|dir|file|url|folder)|parallelize|max_memory.*"
    r"|.*parallel.*|num_concurrent|gpu_.*|max_retries|timeout|seed|trust_remote_code|token"
    r"|tokenizer|base_model|attn_implementation|use_cache|backend|low_cpu_mem_usage|.*offload.*"
    r"|enforce_eager|swap_space|.*prefix_caching|max_num_.*|.*executor.*|tokenize[rd]_.*|disable_.*"
    r"|.*api_key|verify_certificate|logits_cache|use_fast_tokenizer"
)
"""Parts of ``model_args`` that are read otherwise, or say where and how a model was run."""
ADDRESS = re.compile(r"<function .* at 0x[0-9a-fA-F]+>")
FUNCTION = "function"
"""A function in memory: what it does, its name does not tell."""
TASK_FIELD, MODEL_FIELD = "config.", "model_args."
"""What the names of columns begin with that hold a field of either."""
NAMED_BY = ("peft", "delta", "pretrained", "model", "path", "engine")
"""Parts of ``model_args`` that name the model, as the harness itself ranks them."""
DEFAULTS: tuple[object, ...] = (None, "", [], {}, "default")
"""Parts of a setting that change nothing."""
LOADED = ("dtype", "backend", "quantisation", "revision")
"""What not every harness writes down: files that do not say it are not set apart by that."""
AVERAGE = re.compile(r"(.*:)_average(\|[0-9]+)")
"""A group of a leaderboard, ``harness|mmlu:_average|5``, as a mean of its tasks."""


@dataclass(frozen=True)
class Score:
    """A row of a table, with what no cell says: its file, its parts if any, when it was made."""

    row: Row
    file: str
    parts: tuple[str, ...]
    stamp: float | None = None


def content_of(path: Path, content: object) -> dict[str, Any] | str:
    """Return what a file holds in the form of lm-evaluation-harness, or why it holds no results.

    Parameters
    ----------
    path : Path
        Beside which HELM and OLMES write other files.
    content : object
        JSON.
    """
    if isinstance(content, list) and path.name == "stats.json":
        return _from_helm(path, content)
    if not isinstance(content, dict):
        return "no results"
    results = content.get("results")
    if isinstance(results, dict):
        if not any(isinstance(scores, dict) for scores in results.values()):
            return "no scores of a task in its results"
        board = "config_general" in content or any("|" in str(task) for task in results)
        return _from_leaderboard(content) if board else content
    if isinstance(content.get("metrics"), dict) and "task_name" in content:
        return _from_olmes([content], content.get("model_config"))
    for key in ("tasks", "metrics"):
        if isinstance(content.get(key), list) and "all_primary_scores" in content:
            return _from_olmes(_uncovered(path, content[key]), content.get("model_config"))
    return "no results"


def _from_leaderboard(content: dict[str, Any]) -> dict[str, Any]:
    """Return the details of a leaderboard without ``all``, which averages whatever was run."""
    general = content.get("config_general")
    general = general if isinstance(general, dict) else {}
    results = {task: scores for task, scores in content["results"].items() if task != "all"}
    groups = {}
    for task in results:
        found = AVERAGE.fullmatch(task)
        if found:
            of = [each for each in results if each.startswith(found[1]) and each.endswith(found[2])]
            groups[task] = [each for each in of if each != task]
    inside = general.get("model_config")
    names = [of.get("model_name") for of in (general, inside) if isinstance(of, dict)]
    name = next((each for each in names if isinstance(each, str) and each), None)
    said = {"model_dtype": general.get("model_dtype"), "limit": general.get("max_samples")}
    more = {"model_name": name} if name else {}
    config = {**said, **config_of(content)}
    return {**content, "results": results, "group_subtasks": groups, "config": config, **more}


def _uncovered(path: Path, tasks: list[Any]) -> list[Any]:
    """Return the tasks of a summary that have no file of their own beside it."""
    covered = [each.name for each in path.parent.glob("task-*-metrics.json")]
    return [
        task
        for task in tasks
        if isinstance(task, dict)
        and not any(
            name.endswith(f"-{task.get('task_name', task.get('task'))}-metrics.json")
            for name in covered
        )
    ]


def _from_olmes(tasks: list[dict[str, Any]], model: object) -> dict[str, Any]:
    """Return tasks of an OLMES run, where the primary score goes by the name of its metric."""
    model = model if isinstance(model, dict) else {}
    content: dict[str, Any] = {"results": {}, "n-samples": {}, "n-shot": {}, "configs": {}}
    limits = []
    for task in tasks:
        own = task.get("task_config")
        own = own if isinstance(own, dict) else {}
        metadata = own.get("metadata")
        alias = metadata.get("alias") if isinstance(metadata, dict) else None
        name = str(task.get("alias") or alias or task.get("task_name", task.get("task")))
        inside = task.get("metrics")
        scores = dict(inside if isinstance(inside, dict) else task)
        if str(own.get("primary_metric")) in scores:
            scores.pop("primary_score", None)
        content["results"][name] = scores
        content["n-samples"][name] = {"effective": task.get("num_instances")}
        content["n-shot"][name] = own.get("num_shots")
        content["configs"][name] = own
        limits.append(own.get("limit"))
    named = model.get("model") or model.get("model_path")
    known = ("revision", "dtype", "max_length")
    arguments = {name: model[name] for name in known if model.get(name)}
    content["config"] = {"model_args": arguments, "limit": limits[0] if limits else None}
    dates = [task["current_date"] for task in tasks if isinstance(task.get("current_date"), str)]
    return content | {"model_name": named, "date": max(dates, default=None)}


def _from_helm(path: Path, stats: list[Any]) -> dict[str, Any] | str:
    """Return the scores of a HELM run, which is one model on one task."""
    try:
        spec = json.loads((path.parent / "run_spec.json").read_text("utf-8"))
        adapter, run = dict(spec["adapter_spec"]), str(spec["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return "no run_spec.json beside it, which names the model"
    task, _, more = run.partition(":")
    words = [each for each in more.split(",") if not each.startswith(("model=", "model_deploy"))]
    task = f"{task}:{','.join(words)}" if more and words else task
    splits: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for stat in stats:
        name = stat.get("name") if isinstance(stat, dict) else None
        # Means over perturbed questions are other scores of the same task.
        if not isinstance(name, dict) or "perturbation" in name or "mean" not in stat:
            continue
        if name.get("name") == "num_instances" or not str(name.get("name")).startswith("num_"):
            splits[str(name.get("split"))][str(name.get("name"))] = stat["mean"]
    scores = splits.get("test") or splits.get("valid")
    if not scores:
        return "no scores of a test or validation split"
    kind = str(adapter.get("method", ""))
    written = "generate_until" if kind == "generation" else None
    config = {
        "method": kind,
        "output_type": "multiple_choice" if kind.startswith("multiple_choice") else written,
        "instructions": adapter.get("instructions"),
    }
    return {
        "results": {task: scores},
        "n-samples": {task: {"effective": scores.get("num_instances")}},
        "n-shot": {task: adapter.get("max_train_instances")},
        "configs": {task: {key: value for key, value in config.items() if value}},
        "config": {"limit": adapter.get("max_eval_instances")},
        "model_name": adapter.get("model"),
    }


def scores(
    path: Path,
    content: dict[str, Any],
    common: dict[str, str],
    wanted: Collection[str],
    unread: defaultdict[str, list[str]],
) -> Iterator[Score]:
    """Yield the scores of a file.

    Parameters
    ----------
    path : Path
    content : dict
        In the form of lm-evaluation-harness.
    common : dict
        Cells of all rows: the model and its scale.
    wanted : collection of str
        Metrics to read besides the accuracies.
    unread : mapping of metric to list of tasks
        Grows by what is not read.
    """
    chances, groups = _chances(content), _groups(content)
    cells_of: dict[str, dict[str, str]] = {}
    for task, results in content["results"].items():
        here = shown(f"{path}, results.{task}")
        if not isinstance(results, dict):
            unread["no object with scores"].append(task)
            continue
        for key, score in results.items():
            metric, _, extraction = key.partition(",")
            number = isinstance(score, int | float) and not isinstance(score, bool)
            if not number and not ACCURACY.fullmatch(metric):
                continue
            if metric.endswith("_stderr") or metric in NO_METRICS:
                continue
            name = metric if extraction in ("", "none") else key
            if not (metric in wanted or name in wanted or ACCURACY.fullmatch(metric)):
                unread[key if extraction != "none" else metric].append(task)
                continue
            cells = {**common, "task": task, "metric": name, "score": str(score)}
            tail = f",{extraction}" if extraction else ""
            error = results.get(f"{metric}_stderr{tail}")
            if isinstance(error, int | float):
                cells["stderr"] = str(error)
            parts = _leaves(task, groups)
            for each in (task, *parts):
                if each not in cells_of:
                    cells_of[each] = _settings(each, content)
            settings = _together(cells_of[task], {each: cells_of[each] for each in parts})
            cells |= {**_counts(task, content), **settings, GUESS: chances[task]}
            cells |= _better(task, metric, content)
            yield Score(Row(f"{here}.{shown(key)}", cells), str(path), parts)


def _groups(content: dict[str, Any]) -> dict[str, list[str]]:
    """Return the parts of each group, which may be groups."""
    groups = content.get("group_subtasks")
    return {
        group: [part for part in parts if isinstance(part, str) and part != group]
        for group, parts in (groups.items() if isinstance(groups, dict) else ())
        if isinstance(parts, list)
    }


def _leaves(task: str, groups: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the tasks that a group is made of in the end; none of what is no group."""
    left, seen, leaves = list(groups.get(task, ())), {task}, []
    while left:
        part = left.pop()
        if part in seen:
            continue
        seen.add(part)
        if groups.get(part):
            left += groups[part]
        else:
            leaves.append(part)
    return tuple(sorted(leaves))


def _together(own: dict[str, str], parts: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the settings of a group: those of its tasks where they are one, or what tells them."""
    if not parts:
        return own
    found = {}
    for name in dict.fromkeys(name for cells in parts.values() for name in cells):
        of = {task: cells.get(name, "none") for task, cells in parts.items()}
        found[name] = next(iter(of.values())) if len(set(of.values())) == 1 else _brief(of)
    which = {f"{TASK_FIELD}tasks": _brief(sorted(parts))}
    return {name: own[name] for name in ("version",) if name in own} | found | which


def model_args(content: dict[str, Any]) -> dict[str, Any]:
    """Return what the model of a file was loaded with."""
    arguments = config_of(content).get("model_args")
    if isinstance(arguments, str):
        return dict(part.partition("=")[::2] for part in arguments.split(","))
    return arguments if isinstance(arguments, dict) else {}


def config_of(content: dict[str, Any]) -> dict[str, Any]:
    """Return what a file says once of a whole run."""
    config = content.get("config")
    return config if isinstance(config, dict) else {}


def _better(task: str, metric: str, content: dict[str, Any]) -> dict[str, str]:
    """Return which way a metric is better, where the file tells."""
    said = _inside(content, "higher_is_better", task).get(metric)
    listed = _inside(content, "configs", task).get("metric_list")
    if said is None and isinstance(listed, list):
        known = (each for each in listed if isinstance(each, dict) and each.get("metric") == metric)
        said = next((each.get("higher_is_better") for each in known), None)
    return {BETTER: str(said)} if isinstance(said, bool) else {}


def _counts(task: str, content: dict[str, Any]) -> dict[str, str]:
    """Return the number of items, where the file tells it."""
    counts = _inside(content, "n-samples", task)
    count = counts.get("effective", counts.get("original"))
    return {"items": str(count)} if isinstance(count, int | float) else {}


def _settings(task: str, content: dict[str, Any]) -> dict[str, str]:
    """Return how a task was asked of what, as far as the file tells; what it leaves out is left.

    What every file would say if it were so, as a chat template, is none where it says nothing.
    """
    config, arguments = config_of(content), model_args(content)
    own = _inside(content, "configs", task)
    shots = own.get("num_fewshot", config.get("num_fewshot"))
    dtype = config.get("model_dtype") or arguments.get("dtype")
    found = {
        "n_shot": _of_task(content, "n-shot", task, shots),
        "version": _of_task(content, "versions", task, None),
        # Older harnesses wrote neither the one nor the other as newer ones do.
        "dtype": re.sub(r"^torch\.", "", str(dtype or "")),
        "backend": re.sub("^(hf|huggingface)(-.*)?$", "hf", str(config.get("model") or "")),
        "revision": arguments.get("revision", config.get("model_revision")),
        **_fields(task, content),
    }
    if arguments:
        found["revision"] = found["revision"] or "main"
        on = [each for each in QUANTISED if str(arguments.get(each)).lower() == "true"]
        found["quantisation"] = ", ".join(on) or "none"
    known = {name: value for name, value in found.items() if value not in (None, "", [])}
    known["limit"] = own.get("limit", config.get("limit"))
    known["gen_kwargs"] = config.get("gen_kwargs")
    for name, keys in ONCE.items():
        known[name] = next((content[key] for key in keys if content.get(key)), None)
    return {name: _brief(value) for name, value in known.items()}


def _fields(task: str, content: dict[str, Any]) -> dict[str, object]:
    """Return what else a file says of a task and of how its model was loaded, for comparison."""
    arguments, own = model_args(content), _inside(content, "configs", task)
    found: dict[str, object] = {
        f"{TASK_FIELD}{column_name(name)}": value
        for name, value in own.items()
        if ASKED.fullmatch(name)
    }
    path = f"{TASK_FIELD}dataset_path"
    if isinstance(found.get(path), str):
        # Data sets moved below the names of their owners.
        found[path] = str(found[path]).rpartition("/")[2].lower()
    skipped = {*QUANTISED, *NAMED_BY}
    found |= {
        f"{MODEL_FIELD}{column_name(name)}": value
        for name, value in arguments.items()
        if name not in skipped and not HOW.fullmatch(name)
        if str(value).lower() not in ("", "none", "false")
    }
    # An adapter has a name of its own for each model: whether there is one is the setting.
    found |= {f"{MODEL_FIELD}{name}": "given" for name in ("peft", "delta") if arguments.get(name)}
    # Where a file says anything, what it does not say was left as it is.
    found |= {TASK_FIELD: "known"} if own else {}
    return found | ({MODEL_FIELD: "known"} if arguments else {})


def _fill_in(rows: list[Row]) -> None:
    """Make the settings of one task comparable between files, which need not say all of them.

    A field that others have is none where the file would have said so. A function that a file
    names by its place in memory is compared with nothing.
    """
    tasks: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        tasks[row.cells["task"]].append(row)
    for same in tasks.values():
        of: defaultdict[str, set[str]] = defaultdict(set)
        for row in same:
            for name, value in row.cells.items():
                if name in LOADED or name.startswith((TASK_FIELD, MODEL_FIELD)):
                    of[name].add(value)
        for row in same:
            for name, values in sorted(of.items()):
                if FUNCTION in values or name in (TASK_FIELD, MODEL_FIELD):
                    continue
                if name in LOADED:
                    if len(values) == 1:
                        row.cells.setdefault(name, *values)
                elif name.partition(".")[0] + "." in row.cells:
                    row.cells.setdefault(name, "none")
        gone = {TASK_FIELD, MODEL_FIELD, *(name for name in of if FUNCTION in of[name])}
        for row in same:
            for name in gone:
                row.cells.pop(name, None)


def _of_task(content: dict[str, Any], part: str, task: str, otherwise: object) -> object:
    whole = content.get(part)
    return whole.get(task, otherwise) if isinstance(whole, dict) else otherwise


def _brief(value: object) -> str:
    """Return a setting as a cell; long ones, as templates, by the hash that newer files give."""
    value = _said(value)
    if value in (None, "", [], {}) or value is False:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    if ADDRESS.search(text):
        return FUNCTION
    if re.fullmatch("[0-9a-f]{64}", text):
        return text[:8]
    if len(text) <= 40:
        return text
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def _said(value: object) -> object:
    """Return a setting without parts that hold a default, which newer harnesses write out."""
    if isinstance(value, dict):
        inside = {str(name): _said(each) for name, each in value.items()}
        return {name: each for name, each in inside.items() if each not in DEFAULTS}
    return [_said(each) for each in value] if isinstance(value, list) else value


def _chances(content: dict[str, Any]) -> dict[str, str]:
    """Return the chance level of every task; in a group, the multiple-choice tasks decide.

    Groups may hold groups, and one another. A chance level goes up from a task to all that hold it,
    each of them once, so that the work grows with the file and no faster.
    """
    groups = content.get("group_subtasks")
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for group, parts in groups.items() if isinstance(groups, dict) else ():
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, str) and part != group:
                holders[part].append(group)
    tasks = {*content["results"], *holders}
    grouped = set().union(*holders.values())
    found: defaultdict[str, set[str]] = defaultdict(set)
    left = [(task, _chance(task, content)) for task in tasks - grouped]
    while left:
        task, chance = left.pop()
        # Of four, two are numbers that differ: no more is needed to know that nothing is known.
        if chance not in found[task] and len(found[task]) < 4:
            found[task].add(chance)
            left += [(group, chance) for group in holders[task]]
    return {task: _decided(found[task]) for task in tasks}


def _decided(chances: set[str]) -> str:
    """Return the chance level of a group from those of its tasks."""
    said = chances - {UNSAID}
    said = said - {FREE} or said or {UNSAID}
    return said.pop() if len(said) == 1 else UNKNOWN


def _chance(task: str, content: dict[str, Any]) -> str:
    """Return the chance level of a task that is no group."""
    config = _inside(content, "configs", task)
    if config.get("output_type") != "multiple_choice":
        return FREE if isinstance(config.get("output_type"), str) else UNSAID
    choices = config.get("doc_to_choice")
    if isinstance(choices, str) and LISTED.fullmatch(choices):
        choices = choices.split(",")
    return repr(1 / len(choices)) if isinstance(choices, list) and choices[1:] else UNKNOWN


def _inside(content: dict[str, Any], part: str, task: str) -> dict[str, Any]:
    whole = content.get(part)
    found = whole.get(task) if isinstance(whole, dict) else None
    return found if isinstance(found, dict) else {}


def completed(scores: list[Score]) -> list[str]:
    """Add what the files of all models together tell; return sentences on what was changed."""
    _imply_items([score.row for score in scores if not score.parts])
    _fill_in([score.row for score in scores])
    return _mend_groups(scores)


def _mend_groups(scores: list[Score]) -> list[str]:
    """Give each group the items and the standard error that follow from its tasks.

    A harness of 2024 wrote errors of groups that were many times too large.
    """
    of: dict[tuple[str, ...], dict[str, str]] = {}
    for score in scores:
        cells = score.row.cells
        of[score.file, cells["task"], cells["metric"]] = cells
    told: dict[str, float] = {}
    for score in scores:
        cells = score.row.cells
        keys = [(score.file, task, cells["metric"]) for task in score.parts]
        before = _number(cells, "stderr")
        error = _from_parts(cells, [of[key] for key in keys if key in of])
        if error > TINY:
            cells["stderr"] = repr(error)
            if before > TINY and not WRONG_ERROR[0] < before / error < WRONG_ERROR[1]:
                told[cells["task"]] = max(told.get(cells["task"], 0.0), before / error)
    names = [f"{task} ({times:.2g} times as large)" for task, times in told.items()]
    return [phrase("folder", "pooled_errors", names=", ".join(names[:4]))] if names else []


def _from_parts(cells: dict[str, str], parts: list[dict[str, str]]) -> float:
    """Return the standard error of a mean over tasks, and set its items; nan if it is no mean."""
    if not parts:
        return math.nan
    p, items, errors = (
        np.array([_number(part, name) for part in parts]) for name in ("score", "items", "stderr")
    )
    with np.errstate(all="ignore"):
        errors = np.where(errors > TINY, errors, np.sqrt(p * (1 - p) / items))
        weights = items / items.sum()
    mean = _number(cells, "score")
    if abs(float(weights @ p) - mean) < SAME_MEAN:
        cells["items"] = repr(float(items.sum()))
    elif abs(float(p.mean()) - mean) < SAME_MEAN:
        weights = np.full(len(parts), 1 / len(parts))
        cells.pop("items", None)
    else:
        return math.nan
    return float(np.linalg.norm(weights * errors))


def _number(cells: dict[str, str], name: str) -> float:
    try:
        return float(cells[name])
    except (KeyError, ValueError):
        return math.nan


def _imply_items(rows: list[Row]) -> None:
    """Turn standard errors into item counts where they are those of one share of n items.

    The harness takes the sample variance: ``stderr**2 = p * (1 - p) / (n - 1)``. Every model then
    gives the same n; other standard errors (of a mean over tasks, of a bootstrap) do not.
    """
    groups = defaultdict(list)
    for row in rows:
        groups[row.cells["task"], row.cells["metric"]].append(row)
    for group in groups.values():
        implied = []
        for row in group:
            p, error = _number(row.cells, "score"), _number(row.cells, "stderr")
            if "items" in row.cells:
                implied.append(_number(row.cells, "items"))
            elif 0 < p < 1 and error > TINY:
                implied.append(p * (1 - p) / error**2 + 1)
        items = np.median(implied) if np.isfinite(implied).all() and implied else math.nan
        if math.isfinite(items) and np.allclose(implied, round(items), rtol=1e-4):
            for row in group:
                row.cells.setdefault("items", str(round(items)))
