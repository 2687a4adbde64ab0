"""Sums over the stored calibration, by hand."""

import pytest

from emergence_lib.audit import calibration, reliability


def test_summaries_of_the_calibration_are_sums_over_its_cells() -> None:
    table = calibration.stored()
    for lucky in (False, True):
        rows = table[(table["width"] >= 1) & ((table["scatter"] > 0) == lucky)]
        sharp = rows["sharp"] / rows["curves"]
        assert reliability.false_sharp(lucky=lucky) == pytest.approx(sharp.mean())
        assert reliability.worst_false_sharp(lucky=lucky) == sharp.max()
        one = rows["width"] == 1
        assert reliability.false_sharp(1.0, lucky=lucky) == pytest.approx(sharp[one].mean())
        for what in ("width", "threshold"):
            cells = reliability.coverage_cells(what, lucky=lucky)
            parts = [cells[cells["fine"] == fine] for fine in (True, False)]
            assert len(parts[0]) + len(parts[1]) == len(cells) > 40
            for fine, part in zip((True, False), parts, strict=True):
                assert reliability.coverage(what, fine=fine, lucky=lucky) == pytest.approx(
                    part[f"{what}_covered"].sum() / part["rising"].sum()
                )
    assert reliability.made_curves() == table["curves"].sum()
    assert reliability.made_kinds() == len(table)


def test_the_worst_kind_and_the_share_of_kept_promises_are_read_off_the_cells() -> None:
    cells = reliability.coverage_cells("width")
    cells = cells[cells["fine"] & (cells["rising"] >= 100)]
    shares = (cells["width_covered"] / cells["rising"]).to_numpy()
    assert len(shares) > 150
    worst = cells.iloc[int(shares.argmin())]  # as the page describes it
    assert (worst["shape"], worst["width"], worst["items"]) == ("Gompertz", 3, 20)
    assert worst["uneven"]
    assert reliability.least_coverage() == shares.min()
    assert reliability.kept() == ((shares >= 0.92) & (shares <= 0.98)).mean()


def test_lucky_coverage_is_a_sum_over_the_stored_cells_of_a_width_and_a_number_of_items() -> None:
    cells = calibration.stored().query("scatter > 0 and width == 0.3 and items == 10_000")
    assert set(cells["shape"]) == {"logistic", "Gompertz"}
    for what in ("width", "threshold"):
        share = cells[f"{what}_covered"].sum() / cells["rising"].sum()
        assert reliability.lucky_coverage(what, 0.3, 10_000) == pytest.approx(share)


def test_power_counts_both_shapes_and_no_complication() -> None:
    cell = calibration.stored().query(
        "shape in ['logistic', 'Gompertz'] and width == 0.3 and models == 12 and items == 100 "
        "and chance == 0 and ceiling == 1 and not falls and not uneven and scatter == 0"
    )
    assert len(cell) == 2
    right = cell[["sharp", "smooth"]].to_numpy().sum() / cell["curves"].sum()
    assert reliability.decided(0.3, 12, 100) == pytest.approx(right)


def test_an_unknown_quantity_is_named() -> None:
    with pytest.raises(ValueError, match="what: found 'height'"):
        reliability.coverage("height")
    with pytest.raises(ValueError, match="want those of a stored cell"):
        reliability.lucky_coverage("width", 0.3, 21)


def test_pairs_of_scores_are_counted_from_the_second_table() -> None:
    table = calibration.stored_pairs().query("length == 0 and whole == 0.3 and width == 1.0")
    verdicts = ("smooth", "sharp", "metric", "flat", "unknown")
    assert len(table) == 6
    assert reliability.pair_share("unknown", 0.3, 1.0) == table["unknown"].sum() / 600
    assert sum(reliability.pair_share(each, 0.3, 1.0) for each in verdicts) == pytest.approx(1)
    with pytest.raises(ValueError, match="whole, second: found 2 and 1"):
        reliability.pair_share("smooth", 2, 1)


def test_cells_that_were_not_measured_are_named() -> None:
    with pytest.raises(ValueError, match=r"width: found 0.3, want one of 1\.0, 3\.0, inf"):
        reliability.false_sharp(0.3)  # sharp in truth
    with pytest.raises(ValueError, match=r"width, models, items: found 0.3, 13, 100, want"):
        reliability.decided(0.3, 13, 100)
