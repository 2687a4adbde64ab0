"""Sums over the stored calibration, by hand."""

import pytest

from emergence_lib.audit import calibration, reliability


def test_false_alarms_and_coverage_are_sums_over_the_stored_cells() -> None:
    table = calibration.stored()
    for lucky in (False, True):
        rows = table[(table["width"] >= 1) & ((table["scatter"] > 0) == lucky)]
        alarms = reliability.false_alarms(lucky=lucky)
        assert alarms["share"].mean() == pytest.approx(rows["sharp"].sum() / rows["curves"].sum())
        assert alarms["share"].max() == rows["sharp"].max() / 300
        for what in ("width", "threshold"):
            cells = reliability.coverage_cells(what, lucky=lucky)
            parts = {where: cells.query(where) for where in ("fine", "not fine")}
            assert sum(map(len, parts.values())) == len(cells) > 40
            for where, part in parts.items():
                assert reliability.coverage(what, where, lucky=lucky) == pytest.approx(
                    part[f"{what}_covered"].sum() / part["rising"].sum()
                )


def test_the_worst_kind_is_the_one_that_the_page_describes() -> None:
    cells = reliability.coverage_cells("width").query("fine and rising >= 100")
    shares = (cells["width_covered"] / cells["rising"]).to_numpy()
    assert len(shares) > 150
    worst = cells.iloc[int(shares.argmin())]
    assert (worst["shape"], worst["width"], worst["items"]) == ("Gompertz", 3, 20)
    assert worst["uneven"]
    assert cells["share"].min() == shares.min()


def test_lucky_coverage_is_a_sum_over_the_stored_cells_of_a_width_and_a_number_of_items() -> None:
    where = "width == 0.3 and items == 10_000"
    cells = calibration.stored().query(f"scatter > 0 and {where}")
    assert set(cells["shape"]) == {"logistic", "Gompertz"}
    for what in ("width", "threshold"):
        share = cells[f"{what}_covered"].sum() / cells["rising"].sum()
        assert reliability.coverage(what, where, lucky=True) == pytest.approx(share)


def test_power_counts_both_shapes_and_no_complication() -> None:
    where = "width == 0.3 and models == 12 and items == 100"
    cell = calibration.stored().query(
        f"shape in ['logistic', 'Gompertz'] and {where} and chance == 0 and ceiling == 1 "
        "and not falls and not uneven and scatter == 0"
    )
    assert len(cell) == 2
    right = cell[["sharp", "smooth"]].to_numpy().sum() / cell["curves"].sum()
    assert 1 - reliability.power().query(where)["undecided"].item() == pytest.approx(right)


def test_pairs_of_scores_are_counted_from_the_second_table() -> None:
    table = calibration.stored_pairs().query("length == 0 and whole == 0.3 and width == 1.0")
    assert len(table) == 6
    shares = reliability.pairs(0.3, 1.0)
    assert shares["unknown"] == table["unknown"].sum() / 600
    assert shares.sum() == pytest.approx(1)


def test_what_was_not_measured_is_named() -> None:
    with pytest.raises(ValueError, match="what: found 'height'"):
        reliability.coverage("height", "fine")
    with pytest.raises(ValueError, match="where: found 'items == 21', which no stored cell is"):
        reliability.coverage("width", "items == 21", lucky=True)
    with pytest.raises(ValueError, match="whole, second: found 2 and 1"):
        reliability.pairs(2, 1)
