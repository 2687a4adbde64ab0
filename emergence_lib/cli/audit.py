"""``python -m emergence_lib audit``: a verdict on curves from a file or a folder."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from emergence_lib import audit
from emergence_lib.audit import loss_words, summary, words
from emergence_lib.audit.phrases import escaped, on_command_line, quoted
from emergence_lib.audit.reading import folder, scales
from emergence_lib.audit.reading.table import LARGEST
from emergence_lib.cli import output

HELP = f"""\
Ask of a scaling curve: is the jump real, is it the metric, and what comes next?

SOURCE is a CSV file or a folder of results, each file of up to {LARGEST // 10**6} MB; several at
once are read as one. Results are those of lm-evaluation-harness, of leaderboards (details), of
OLMES or HELM runs; of several runs of one model the newest counts, and other files are passed over
by name. A CSV file has a row a score:

    task,params,score,n_items
    addition,1.25e8,0.004,500
    addition,3.5e8,0.012,500
    addition,1.3e9,0.204,500
    addition,2.7e9,0.508,500
    addition,6.7e9,0.862,500
    addition,1.3e10,0.954,500

or a row a model and a column a task, if it says so (hellaswag, quiz_acc, quiz beside quiz_stderr,
"quiz (%)") or if no column does; --task chooses. 7B, 22%, thousands as in 1,000 and Markdown are
read, and the report says what was taken for what. Other columns that are understood: train_flops
or tokens as the scale, stderr in place of n_items, chance, length (tokens of an answer that must
all be right), other (a second score of the same items), other_stderr, model, metric,
lower_is_better. Where a metric or
column is called a loss, a cross-entropy, a perplexity or the like, it gets a report of its own: a
power law with its floor, no verdict.

What guessing scores counts, and is taken from the first that says it: --chance-for-all, --chance
TASK=NUMBER, the file or files, --chance NUMBER, a built-in table of well-known tasks. If nobody
does, it is unknown."""
EXAMPLES = """\
examples:
  python -m emergence_lib audit scores.csv
      one paragraph a curve
  python -m emergence_lib audit scores.csv --brief
      one table of all curves, sharp ones first
  python -m emergence_lib audit mmlu.csv --chance 0.25 --items 14042 --report mmlu.html
      four options a question; a page with figures
  python -m emergence_lib audit results/ --chance 0.25 --chance quiz=0.5
      two options in quiz, and four wherever the files do not say how many
  python -m emergence_lib audit results/ --metric brier_score
      less is better, as the files say or the name: the audit takes 1 minus the score
  python -m emergence_lib audit results/ --sizes sizes.csv --task arc_easy --format json
      a folder of evaluation results; sizes.csv has the columns model,params
  python -m emergence_lib audit run1/ run2/ --only 'mmlu_*' --without mmlu_virology
      two folders as one, and of them some tasks; a file or a folder goes by its name too
  python -m emergence_lib audit sums.csv --length 5
      five tokens have to be right together: undo that, and see what is left of the jump"""
FORMATS = ("text", "markdown", "json")


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "audit",
        help="a verdict on scaling curves of your own",
        description=HELP,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "source",
        type=source,
        metavar="source",
        nargs="+",
        help="FILE.csv or a folder of results; of either kind several",
    )
    parser.add_argument(
        "--chance",
        type=chance,
        action="append",
        metavar="[TASK=]NUMBER",
        help="score of guessing, 0.25 for four options: of one task, or wherever the source does "
        "not say it; may be repeated",
    )
    parser.add_argument(
        "--chance-for-all",
        type=float,
        metavar="NUMBER",
        help="score of guessing on every task, whatever the source says",
    )
    parser.add_argument(
        "--lower-is-better",
        action="append",
        metavar="METRIC",
        help="a metric of which less is better, if neither the source nor its name tells: the "
        "audit takes 1 minus the score; 'all' and 'none' stand for all that are read and for "
        "none; may be repeated",
    )
    parser.add_argument(
        "--percent",
        action="append",
        metavar="NAME",
        help="a metric, task or column of percentages, if neither signs nor numbers tell; "
        "'all' and 'none' stand for all scores and for none; may be repeated",
    )
    parser.add_argument("--items", type=float, help="test items behind each score")
    parser.add_argument("--length", type=int, help="tokens of an answer that must all be right")
    parser.add_argument("--scale", help="the column that holds the scale, if several could")
    parser.add_argument(
        "--scale-unit",
        choices=scales.SCALE_UNITS,
        help="what the scale is written in, if not in plain numbers",
    )
    parser.add_argument(
        "--sizes",
        metavar="FILE",
        help="CSV file with the columns model and params; or the word names, to take the sizes in "
        "names like pythia-410m",
    )
    parser.add_argument("--task", action="append", help="audit only this task; may be repeated")
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="read only these tasks or files; a pattern like 'mmlu_*' will do; may be repeated",
    )
    parser.add_argument(
        "--without",
        action="append",
        metavar="NAME",
        help="leave out these tasks, files or folders; may be repeated",
    )
    parser.add_argument("--metric", help="the metric to audit, if there are several")
    parser.add_argument("--other", help="a second metric of the same items, to compare with")
    parser.add_argument(
        "--by",
        action="append",
        metavar="COLUMN",
        help="a further column that separates curves, such as wording; settings like n_shot do so "
        "unasked; may be repeated",
    )
    parser.add_argument(
        "--pool",
        action="append",
        metavar="COLUMN",
        help="one curve although this column, or the family of the models, differs; may be "
        "repeated",
    )
    parser.add_argument(
        "--repeats",
        choices=["pool"],
        help="pool runs or seeds of equal scale: they count as one model with more items, so their "
        "spread is hidden and intervals may be too narrow",
    )
    parser.add_argument(
        "--sharp",
        type=above_zero,
        default=audit.SHARP,
        help="decades below which a rise is sharp (default %(default)g)",
    )
    parser.add_argument("--ceiling", type=up_to_one, help="the best possible score, if not 1")
    parser.add_argument("--seed", type=seed, default=0, help="of the simulated null distribution")
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument(
        "--brief", action="store_true", help="print the table of all curves, and no reports"
    )
    parser.add_argument(
        "--only-verdict",
        action="append",
        choices=tuple(summary.KINDS),
        help="leave out curves of any other verdict; may be repeated",
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE.html", help="write a page with a picture of each"
    )
    parser.set_defaults(command=run)


def source(text: str) -> Path:
    """Return a path from the command line; an empty one, of an unset variable, is no folder."""
    if not text:
        raise argparse.ArgumentTypeError("found an empty name, want that of a file or folder")
    return Path(text)


def above_zero(text: str) -> float:
    """Return a finite number from the command line that has to be above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"found {text!r}, want a finite number above 0")
    return number


def up_to_one(text: str) -> float:
    """Return a number from the command line that has to be above 0 and at most 1."""
    number = above_zero(text)
    if number > 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, want a number above 0, at most 1")
    return number


def chance(text: str) -> tuple[str | None, float]:
    """Return a task, or None for the rest, and its number; a task may have an equals sign in it."""
    task, equals, value = text.rpartition("=")
    try:
        return task if equals else None, float(value)
    except ValueError:
        what = f"found {text!r}, want a number, 0.25, or a task and a number, quiz=0.25"
        raise argparse.ArgumentTypeError(what) from None


def chances(found: Sequence[tuple[str | None, float]] | None) -> dict[str | None, float] | None:
    """Return what guessing scores by task, and None for the rest; each may be said once."""
    by_task: dict[str | None, float] = {}
    for task, value in found or ():
        if task in by_task:
            for_task = "without a task" if task is None else f"for {quoted(task)}"
            raise output.UsageError(f"--chance: found two numbers {for_task}, want one")
        by_task[task] = value
    return by_task or None


def all_or_some(option: str, found: list[str] | None) -> list[str] | bool | None:
    """Return some names, or whether ``all`` was said or ``none``, which stand alone."""
    word = next((each for each in found or () if each in ("all", "none")), None)
    if word is None:
        return found
    other = next((each for each in found or () if each != word), None)
    if other is not None:
        found_both = f"found {quoted(word)} and {quoted(other)}"
        raise output.UsageError(f"{option}: {found_both}, want one of them")
    return word == "all"


def seed(text: str) -> int:
    """Return a whole number from the command line that must not be below 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"found {text!r}, want a whole number, at least 0")
    return int(text)


@on_command_line()
def run(given: argparse.Namespace) -> None:
    """Read, audit, print, and write the page that was asked for."""
    if given.report is not None:
        output.check("--report", given.report, (".html", ".htm"), read(given))
    if given.chance and given.chance_for_all is not None:
        both = "--chance-for-all: it goes before whatever --chance says"
        raise output.UsageError(f"{both}, so leave out one of them")
    losses: list[audit.LossCurve] = []
    curves = audit.read(
        given.source if given.source[1:] else given.source[0],
        scale=given.scale,
        scale_unit=given.scale_unit,
        pool=given.pool or (),
        chance=chances(given.chance),
        chance_for_all=given.chance_for_all,
        lower_is_better=all_or_some("--lower-is-better", given.lower_is_better),
        percent=all_or_some("--percent", given.percent),
        length=given.length,
        items=given.items,
        sizes=given.sizes,
        tasks=given.task,
        only=given.only or (),
        without=given.without or (),
        metric=given.metric,
        other=given.other,
        by=given.by or (),
        repeats=given.repeats,
        losses=losses,
    )
    reports = summary.ordered(
        audit.audit_many(
            curves,
            sharp=given.sharp,
            ceiling=given.ceiling,
            seed=given.seed,
            thorough=not given.brief or given.report is not None,
        )
    )
    more = [] if given.only_verdict else list(map(audit.audit_loss, losses))
    headline = summary.headline(reports) if reports or not losses else ""
    if losses:
        headline = f"{headline} Losses, which have no verdict: {len(losses)}.".lstrip()
    several = len(reports) + len(losses) > 1
    if given.only_verdict:
        reports = summary.only(reports, given.only_verdict)
        headline += f" Shown here: {len(reports)} ({', '.join(given.only_verdict)})."
    if given.format == "json":
        form = summary.to_brief if given.brief else words.to_dict
        loss_form = loss_words.to_brief if given.brief else loss_words.to_dict
        print(words.json_text([*map(form, reports), *map(loss_form, more)]))
    else:
        head = headline if several or given.brief or given.only_verdict else ""
        print("\n".join([*texts(reports, head, given), *loss_texts(more, given)]), end="")
    if given.report is not None:
        from emergence_lib.cli import page  # which draws, and nothing else here does

        with output.replacing("--report", given.report) as file:
            file.writelines(part.encode("utf-8") for part in page.page(reports, headline, more))
        # JSON and Markdown are piped to where one line more would spoil them.
        print(escaped(given.report), file=None if given.format == "text" else sys.stderr)


def texts(
    reports: Sequence[audit.Report], headline: str, given: argparse.Namespace
) -> Iterator[str]:
    """Yield the table, if it has a headline, and the reports, if they are wanted."""
    plain = given.format == "text"
    if headline:
        yield f"{headline}\n"
        if reports:
            yield (summary.to_text if plain else summary.to_markdown)(reports)
    notes = sum(len(each.curve.notes) for each in reports)
    if given.brief and notes:
        where = "which stand in the reports without --brief"
        yield f"Notes on how these were read, {where}: {notes}.\n"
    if not given.brief:
        yield from map(words.to_text if plain else words.to_markdown, reports)


def loss_texts(reports: Sequence[audit.LossReport], given: argparse.Namespace) -> Iterator[str]:
    """Yield the reports on losses, or a line for each."""
    plain = given.format == "text"
    if not given.brief:
        yield from map(loss_words.to_text if plain else loss_words.to_markdown, reports)
    elif reports:
        lines = map(loss_words.line, reports)
        yield "".join(f"{each if plain else words.markdown(each)}\n" for each in lines)


def read(given: argparse.Namespace) -> list[Path]:
    """Return the files that the audit reads."""
    scores = [file.path for source in given.source for file in folder.files(source)]
    return scores if given.sizes in (None, scales.NAMES) else [*scores, Path(given.sizes)]
