"""The report of a batch."""

from __future__ import annotations

from typing import Any

import pytest

import predial

SEED = b"""[
{
"phone": 79110000000,
"gmtZone": "+03:00",
"payload": {
"name": "Alex"
}
}
]"""


def standings(report: predial.Report) -> tuple[int, int, int]:
    return report.clean, report.repaired, report.rejected


def rules(source: Any, **options: Any) -> list[tuple[int, str | None, str, str]]:
    report = predial.check(source, **options)
    return [(d.row, d.field, d.rule, d.severity) for d in report.diagnostics]


def test_the_seed_is_one_job_and_clean() -> None:
    report = predial.check(SEED)
    assert (report.total, *standings(report), report.warned) == (1, 1, 0, 0, 0)
    assert report.counts == {}
    assert list(report.diagnostics) == []
    assert report.bodies == []


def test_total_is_the_sum_of_clean_repaired_and_rejected() -> None:
    report = predial.check(
        b'[{"phone": 79123456789}, {"phone": "+12015550123"},'
        b' {"phone": ""}, {"phone": "+33612345678"}]'
    )
    assert (report.total, *standings(report)) == (4, 1, 2, 1)


@pytest.mark.parametrize("phone", ['"79123456789"', "79123456789"])
def test_plain_digits_are_clean_as_string_and_as_integer(phone: str) -> None:
    assert standings(predial.check(f'[{{"phone": {phone}}}]'.encode())) == (1, 0, 0)


def test_without_repair_what_would_be_repaired_is_rejected() -> None:
    source = b'[{"phone": "+12015550123"}, {"phone": 79123456789, "gmtZone": "utc+3"}]'
    assert standings(predial.check(source)) == (0, 2, 0)
    report = predial.check(source, repair=False)
    assert standings(report) == (0, 0, 2)
    assert [d.severity for d in report.diagnostics] == ["error", "error"]
    assert [d.suggestion for d in report.diagnostics] == ["12015550123", "+03:00"]
    assert report.counts == predial.check(source).counts


def test_warnings_are_beside_the_standing_of_a_row() -> None:
    report = predial.check(
        b'[{"phone": 79123456789, "gmtzone": "+03:00"},'
        b' {"phone": "+12015550123", "name": "Alex"},'
        b' {"phone": "", "name": "Alex", "comment": ""}]'
    )
    assert (*standings(report), report.warned) == (1, 1, 1, 3)
    assert report.counts == {"job-unknown-field": 4, "phone-format": 1, "phone-empty": 1}


def test_an_unknown_field_is_shown_with_the_field_surely_meant() -> None:
    (diagnostic,) = predial.check(b'[{"phone": 79123456789, "gmtzone": "+03:00"}]').diagnostics
    assert (diagnostic.field, diagnostic.rule, diagnostic.severity) == (
        "gmtzone",
        "job-unknown-field",
        "warning",
    )
    assert diagnostic.suggestion == "gmtZone"
    assert diagnostic.value is None, "it may be personal, and it is not at fault"


@pytest.mark.parametrize("field", ["phone", "gmtZone", "payload", "startDateTime", "externalCheck"])
def test_null_is_absent(field: str) -> None:
    broken = rules(f'[{{"phone": 79123456789, "{field}": null}}]'.encode())
    if field == "phone":
        assert broken == [(0, "phone", "job-duplicate-key", "error")]
        assert rules(b'[{"phone": null}]') == [(0, "phone", "phone-missing", "error")]
    else:
        assert broken == []


def test_an_empty_zone_is_absent() -> None:
    assert standings(predial.check(b'[{"phone": 79123456789, "gmtZone": ""}]')) == (1, 0, 0)
    canonical = predial.check(b'[{"phone": "79123456789", "gmtZone": ""}]', canonical=True)
    assert standings(canonical) == (1, 0, 0)


def test_a_diagnostic_says_where_what_and_what_was_meant() -> None:
    source = b'[{"phone": 12015550123},\n  {"gmtZone": "MSK", "phone": "79123456789"}]'
    (diagnostic,) = predial.check(source).diagnostics
    assert (diagnostic.row, diagnostic.field, diagnostic.rule) == (
        1,
        "gmtZone",
        "zone-abbreviation",
    )
    assert (diagnostic.severity, diagnostic.value, diagnostic.suggestion) == (
        "error",
        "MSK",
        "Europe/Moscow",
    )
    assert diagnostic.offset == source.index(b'{"gmtZone"')
    assert "Europe/Moscow" in diagnostic.message


def test_long_values_are_shown_cut() -> None:
    (diagnostic,) = predial.check(b'[{"phone": "' + b"A" * 1000 + b'"}]').diagnostics
    assert diagnostic.value is not None
    assert diagnostic.value.startswith("A" * 100)
    assert len(diagnostic.value) < 150


def test_counts_are_complete_where_diagnostics_are_not() -> None:
    source = [{"phone": ""}] * 25_000
    report = predial.check(source)
    assert report.counts == {"phone-empty": 25_000}
    assert len(list(report.diagnostics)) == 10_000
    assert [d.row for d in report.diagnostics] == list(range(10_000))
    for kept in (0, 1, 7):
        some = predial.check(source, max_diagnostics=kept)
        assert some.counts == report.counts
        assert [d.row for d in some.diagnostics] == list(range(kept))


def test_rows_count_data_rows_and_offsets_count_bytes() -> None:
    source = '\ufeff\n \n{"phone":"", "payload":{"имя":"Анна"}}\r\n\n  {"phone":""}\n'.encode()
    diagnostics = predial.check(source).diagnostics
    assert [d.row for d in diagnostics] == [0, 1]
    offsets = [source.index(b'{"phone":"", '), source.index(b'{"phone":""}')]
    assert [d.offset for d in diagnostics] == offsets


def test_dicts_have_no_offset() -> None:
    (diagnostic,) = predial.check([{"phone": ""}]).diagnostics
    assert diagnostic.offset is None


@pytest.mark.parametrize(
    ("job", "field", "rule"),
    [
        ('{"gmtZone": "+03:00"}', "phone", "phone-missing"),
        ("{}", "phone", "phone-missing"),
        ('{"phone": "79123456789", "payload": "Alex"}', "payload", "payload-type"),
        ('{"phone": "79123456789", "payload": []}', "payload", "payload-type"),
        ('{"phone": "79123456789", "gmtZone": {}}', "gmtZone", "zone-type"),
        ('{"phone": 79123456789, "phone": 79123456789}', "phone", "job-duplicate-key"),
        ('{"phone": 79123456789, "payload": {}, "payload": {}}', "payload", "job-duplicate-key"),
        ('{"phone": 79123456789, "p\\u0068one": 12015550123}', "phone", "job-duplicate-key"),
        ("[]", None, "job-not-object"),
        ('"79123456789"', None, "job-not-object"),
        ("null", None, "job-not-object"),
    ],
)
def test_one_fault_one_rule(job: str, field: str | None, rule: str) -> None:
    assert rules(f"[{job}]".encode()) == [(0, field, rule, "error")]


def test_a_misspelt_phone_is_named_where_the_phone_is_missing() -> None:
    diagnostics = predial.check(b'[{"Phone": "79123456789"}]').diagnostics
    missing = next(d for d in diagnostics if d.rule == "phone-missing")
    assert '"Phone"' in missing.message
    assert missing.suggestion == "phone"


def test_policy_fields_pass_through() -> None:
    job = b'{"phone": 79123456789, "maxAttempts": 3, "allowedDays": ["mon"], "dialerPriority": 1}'
    assert standings(predial.check(b"[" + job + b"]")) == (1, 0, 0)


def test_the_nested_object_may_repeat_its_keys() -> None:
    assert rules(b'[{"phone": 79123456789, "payload": {"a": 1, "a": 2}}]') == []


class TestDuplicates:
    def test_a_phone_belongs_to_its_first_row_however_spelt(self) -> None:
        report = predial.check(
            b'[{"phone": 12015550123}, {"phone": "+7 912 345-67-89"},'
            b' {"phone": 79123456789, "payload": {"a": 1}}, {"phone": "0079123456789"}]'
        )
        assert standings(report) == (1, 1, 2)
        doubled = [d for d in report.diagnostics if d.rule == "phone-duplicate"]
        assert [(d.row, d.field, d.severity) for d in doubled] == [
            (2, "phone", "error"),
            (3, "phone", "error"),
        ]
        assert all("row 1" in d.message for d in doubled)

    def test_a_row_that_is_not_sendable_owns_no_phone(self) -> None:
        report = predial.check(
            b'[{"phone": 79123456789, "gmtZone": "MSK"},'
            b' {"phone": 79123456789}, {"phone": 79123456789}]'
        )
        assert [(d.row, d.rule) for d in report.diagnostics] == [
            (0, "zone-abbreviation"),
            (2, "phone-duplicate"),
        ]
        assert "row 1" in report.diagnostics[1].message

    def test_a_rejected_row_of_a_phone_already_sent_gets_its_own_faults(self) -> None:
        broken = rules(b'[{"phone": 79123456789}, {"phone": 79123456789, "gmtZone": "MSK"}]')
        assert broken == [(1, "gmtZone", "zone-abbreviation", "error")]

    def test_a_repaired_row_that_is_a_duplicate_is_rejected(self) -> None:
        report = predial.check(b'[{"phone": 79123456789}, {"phone": "+79123456789"}]')
        assert standings(report) == (1, 0, 1)

    def test_job_rejects_equal_jobs_alone(self) -> None:
        report = predial.check(
            b'[{"phone": 79123456789, "payload": {"a": 1}},'
            b' {"payload":{"a": 1},  "phone" :79123456789},'
            b' {"phone": 79123456789, "payload": {"a":1}},'
            b' {"phone": "79123456789", "payload": {"a": 1}},'
            b' {"phone": 79123456789}]',
            duplicates="job",
        )
        assert [(d.row, d.rule) for d in report.diagnostics] == [(1, "job-duplicate")]
        assert "row 0" in report.diagnostics[0].message
        assert report.clean == 4

    def test_job_takes_no_row_for_the_twin_of_a_rejected_one(self) -> None:
        broken = rules(b'[{"phone": ""}, {"phone": ""}]', duplicates="job")
        assert [rule for _, _, rule, _ in broken] == ["phone-empty", "phone-empty"]

    def test_job_keeps_names_and_values_apart(self) -> None:
        source = (
            b'[{"phone": 79123456789, "a": 1, "ab": 11}, {"phone": 79123456789, "a": 11, "ab": 1},'
            b' {"phone": 79123456789, "a": 1, "b": 1}, {"phone": 79123456789, "a": 1}]'
        )
        assert predial.check(source, duplicates="job").rejected == 0

    def test_job_tells_names_apart_that_no_text_can_hold(self) -> None:
        source = (
            b'[{"phone": 79123456789, "\\ud800": 1}, {"phone": 79123456789, "\\ud801": 1},'
            b' {"phone": 79123456789, "\\ufffd": 1}]'
        )
        assert predial.check(source, duplicates="job").clean == 3
        names = ",".join(f'"\\ud8{number:02x}": 1' for number in range(40))
        assert predial.check(f'{{"phone": 79123456789, {names}}}'.encode()).clean == 1

    def test_allow_rejects_none_and_says_so(self) -> None:
        report = predial.check([{"phone": 79123456789}] * 3, duplicates="allow")
        assert standings(report) == (3, 0, 0)
        assert report.duplicates == "allow"
        assert any("duplicates" in note for note in report.notes)
        assert predial.check([], duplicates="phone").notes == []


class TestCanonical:
    def test_phones_become_strings_and_zones_their_normalized_form(self) -> None:
        report = predial.check(
            b'[{"phone": 12015550123}, {"phone": "79123456789", "gmtZone": "UTC+3"},'
            b' {"phone": "33612345678", "gmtZone": "Europe/Paris"},'
            b' {"phone": "375294911911", "gmtZone": "+03:00"}]',
            canonical=True,
        )
        assert standings(report) == (2, 2, 0)
        assert [(d.row, d.field, d.severity, d.suggestion) for d in report.diagnostics] == [
            (0, "phone", "repair", "12015550123"),
            (1, "gmtZone", "repair", "+03:00"),
        ]

    def test_an_unusual_valid_zone_is_clean_without_it(self) -> None:
        for zone in ("UTC+3", "+3", "UT", "Etc/GMT-3"):
            job = f'[{{"phone": "79123456789", "gmtZone": "{zone}"}}]'.encode()
            assert predial.check(job).clean == 1
            assert predial.check(job, canonical=True).repaired == 1


class TestDepth:
    @staticmethod
    def nested(levels: int) -> bytes:
        """A job with this many levels; its own object is the first."""
        inner = levels - 2
        payload = b'{"a":' + b"[" * inner + b"]" * inner + b"}"
        return b'{"phone":"79123456789","payload":' + payload + b"}"

    def test_512_levels_are_taken_and_513_are_not(self) -> None:
        assert standings(predial.check(b"[" + self.nested(512) + b"]")) == (1, 0, 0)
        assert rules(b"[" + self.nested(513) + b"]") == [(0, None, "job-too-deep", "error")]
        assert rules(self.nested(513)) == [(0, None, "job-too-deep", "error")]

    def test_the_bound_is_the_same_for_dicts(self) -> None:
        for levels, expected in ((512, []), (513, [(0, None, "job-too-deep", "error")])):
            payload: dict[str, Any] = {}
            for _ in range(levels - 2):
                payload = {"a": payload}
            assert rules([{"phone": "79123456789", "payload": payload}]) == expected

    def test_brackets_in_strings_do_not_nest(self) -> None:
        job = b'{"phone":"79123456789","payload":{"a\\"[":"' + b"[{" * 5000 + b'"}}'
        assert standings(predial.check(b"[" + job + b"]")) == (1, 0, 0)


@pytest.mark.parametrize(
    "options",
    [
        {"duplicates": "phones"},
        {"input_format": "xml"},
        {"input_format": ""},
        {"max_diagnostics": -1},
    ],
)
def test_an_option_that_does_not_exist_is_a_value_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        predial.check(b"[]", **options)


def test_diagnostics_are_made_once_and_are_the_same_late_and_at_once() -> None:
    rows = b"\n".join(b'{"phone": "+7911%07d"}' % number for number in range(100_001))
    late = predial.check(rows, max_diagnostics=100_000)
    at_once = predial.check(rows, max_diagnostics=100_001)
    assert late.diagnostics is late.diagnostics
    assert at_once.diagnostics is at_once.diagnostics
    assert len(at_once.diagnostics) == 100_001
    assert late.diagnostics == at_once.diagnostics[:-1]
    assert predial.check(rows, max_diagnostics=100_000) == late
