"""A CSV file of readers: what spreadsheets make of it is read, and every mistake has its lines and its column.

Owns what `csv` in subscribers.toml names. Never repeats what a key may hold (mistakes.toml does).
"""

from __future__ import annotations

import time
from datetime import time as time_of_day
from pathlib import Path

import pytest

from config.good_config import write
from litwatch.edge.config import Config, SubscriptionSetting, load
from litwatch.errors import ConfigError

ALONE = 'csv = "readers.csv"\n'


def loaded(directory: Path, content: str | bytes, toml: str = ALONE) -> Config:
    write(directory, {"subscribers.toml": toml})
    (directory / "readers.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(directory, {})


def said(directory: Path, content: str | bytes, toml: str = ALONE) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(directory, content, toml)
    return [str(problem).replace(str(directory), "DIR") for problem in caught.value.problems]


def of(config: Config) -> dict[str, tuple[SubscriptionSetting, ...]]:
    return {each.address: each.subscriptions for each in config.subscribers}


def test_every_key_of_a_subscriber_is_a_column_and_an_empty_cell_is_left_out(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        "address,name,watches,frequency,weekday,day_of_month,time,time_zone,topics,designs,settings,detail,limit\n"
        'a@example.org,"Roe, Dr A",ketamine,monthly,friday,15,06:30,Europe/Berlin,"efficacy, safety",rct,,brief,3\n'
        "b@example.org,,ketamine psilocybin,,,,,,,,,,\n",
    )
    first, second = config.subscribers
    assert (first.name, second.name) == ("Roe, Dr A", "")
    assert first.subscriptions == (
        SubscriptionSetting(
            "ketamine", "monthly", "friday", 15, time_of_day(6, 30), "Europe/Berlin",
            ("efficacy", "safety"), ("rct",), (), "brief", 3,
        ),
    )  # fmt: skip
    assert second.subscriptions == tuple(
        SubscriptionSetting(watch, "weekly", "monday", 1, time_of_day(7), "UTC", ())
        for watch in ("ketamine", "psilocybin")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfaddress,watches\r\na@example.org,ketamine\r\n",
        b"address;watches\r\na@example.org;ketamine\r\n",
        "address\twatches\na@example.org\tketamine\n".encode("utf-16"),
        b'"address","watches"\n"a@example.org","ketamine"\n',
        b"\n Address , Watches ,\n\n,,\n a@example.org , ketamine ,\n\n;;\n"[:-3],
        b"address,watches\ra@example.org,ketamine\r",
        b"address,watches,frequency,time\na@example.org,ketamine,Weekly,7:00:00\n",
        b"watches,address\nketamine,a@example.org",
    ],
    ids=["bom", "semicolons", "utf-16", "quoted", "blank lines", "old mac", "capitals", "no last line end"],
)
def test_what_spreadsheets_write_is_read(content: bytes, tmp_path: Path) -> None:
    (reader,) = loaded(tmp_path, content).subscribers
    assert reader.address == "a@example.org"
    assert [(each.watch, each.time, each.frequency) for each in reader.subscriptions] == [
        ("ketamine", time_of_day(7), "weekly")
    ]


def test_each_subscription_of_an_address_has_wishes_of_its_own_in_either_file(tmp_path: Path) -> None:
    toml = ALONE + '[[subscriber]]\naddress = "a@example.org"\nwatches = ["psilocybin"]\nlimit = 2\n'
    config = loaded(tmp_path, "address,name,watches,frequency\nA@example.org,Roe,ketamine,daily\n", toml)
    (reader,) = config.subscribers
    assert (reader.address, reader.name) == ("a@example.org", "Roe")
    wishes = [(each.watch, each.frequency, each.limit) for each in reader.subscriptions]
    assert wishes == [("psilocybin", "weekly", 2), ("ketamine", "daily", 7)]


def test_all_mistakes_come_at_once_each_with_its_lines_and_column(tmp_path: Path) -> None:
    lines = [
        "address,watches,frequency,topics,limit",
        "a@example.org,ketamine,fortnightly,,",
        "b example.org,ketamine,,,",
        "",
        "c@example.org,ketamin,,,many",
        "d@example.org,ketamine,fortnightly,,",
        ",ketamine,,,",
        "e@example.org,ketamine,,eficacy,101",
        "f@example.org,,,,",
        "a@example.org,ketamine,,,,,surplus",
        "g@example.org,ketamine,,,",
        "G@example.org,psilocybin ketamine,,,",
    ]
    here = "DIR/readers.csv: "
    assert said(tmp_path, "\n".join(lines)) == [
        here + 'lines 2, 6, column frequency: "fortnightly" is not known here '
        "(there is `daily`, `weekly`, `monthly`)",
        here + 'line 3, column address: "b example.org" is no mail address: An email address must have an @-sign.',
        here + 'line 5, column limit: should be a whole number, not "many"',
        here + "line 5, column watches: there is no watch `ketamin` (did you mean `ketamine`?)",
        here + "line 7, column address: is empty",
        here + "line 8, column topics: there is no topic `eficacy` (did you mean `efficacy`?)",
        here + "line 8, column limit: should be at most 100, not 101",
        here + "line 9, column watches: is empty (name at least one)",
        here + "line 10: has 7 cells, the header 5 (put quotes around a cell with a separator in it)",
        here + "line 12, column watches: G@example.org has `ketamine` from line 11 already "
        "(an address has a watch once)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ["DIR/readers.csv: line 1: is empty (the first line names the columns: address,watches,...)"]),
        (
            "adress,watches,watches\n",
            [
                "DIR/readers.csv: line 1, column adress: is no column that litwatch knows (did you mean `address`?)",
                "DIR/readers.csv: line 1, column watches: stands twice",
                (
                    "DIR/readers.csv: line 1, column address: is missing "
                    "(the first line names the columns: address,watches,...)"
                ),
            ],
        ),
        (
            'address,watches\na@example.org,"ketamine\n',
            [
                (
                    "DIR/readers.csv: line 2: cannot be read as CSV: unexpected end of data "
                    "(is a quotation mark missing?)"
                )
            ],
        ),
        (
            b"address,watches\nm\xfcller@example.org,ketamine\n",
            ["DIR/readers.csv: line 2: is not UTF-8 (save it as “CSV UTF-8” in your spreadsheet)"],
        ),
    ],
    ids=["empty", "header", "quotation mark", "latin-1"],
)
def test_a_file_that_is_no_list_of_readers_says_why(
    content: str | bytes, expected: list[str], tmp_path: Path
) -> None:
    assert said(tmp_path, content) == expected


def test_a_file_that_is_not_there_is_named_beside_the_mistakes_of_subscribers_toml(tmp_path: Path) -> None:
    write(tmp_path, {"subscribers.toml": ALONE + "[[subscriber]]\naddress = 'x@example.org'\nwatches = []\n"})
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, {})
    files = [Path(problem.file).name for problem in caught.value.problems]
    assert files == ["subscribers.toml", "readers.csv"]


def test_ten_thousand_readers_load_within_a_second_and_the_same_mistake_is_told_once(tmp_path: Path) -> None:
    names = "address,name,watches,frequency,time,time_zone,topics\n"
    zones = ("UTC", "Europe/Berlin", "America/New_York")
    lines = [
        f"reader{number}@clinic{number % 97}.example.org,Roe,ketamine,daily,07:00,{zones[number % 3]},safety\n"
        for number in range(10_000)
    ]
    begun = time.process_time()
    config = loaded(tmp_path, names + "".join(lines))
    assert time.process_time() - begun < 1
    assert len(config.subscribers) == 10_000
    (mistake,) = said(tmp_path, names + "".join(line.replace("daily", "dayly") for line in lines))
    assert mistake.startswith(
        "DIR/readers.csv: lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 9,990 more, column frequency: "
    )
