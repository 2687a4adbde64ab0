"""What `make test` says in the end."""

from check import Step, table


def test_every_step_is_listed_with_how_it_ended_and_its_seconds() -> None:
    steps = [Step("lint", True, 0.4), Step("unit tests", False, 301.6)]
    assert table(steps, 400.0).splitlines() == [
        "passed      0 s  lint",
        "FAILED    302 s  unit tests",
        "          400 s  in all",
    ]
