"""The words of the page, in English and in Russian."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from predial.preview.rules_ru import RULES_RU

__all__ = ["WORDS", "Words"]

_UNITS = ("B", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Words:
    """The texts of one language, and how it writes numbers and counts things."""

    texts: dict[str, str]
    plural: Callable[[int, str], str]
    "The form of a noun after a number."
    plural_of: Callable[[int, str], str]
    "The same after a word such as *of*."
    rules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    "The message and the remedy of each rule, where they are not those of the core."
    hints: Mapping[str, str] = field(default_factory=dict)
    "Why options would help, where the words are not those of the core."

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def message_of(self, rule: str, english: str) -> str:
        """What is wrong by a rule, as a title."""
        texts = self.rules.get(rule)
        text = english if texts is None else texts[0]
        # The name of a field stays as it is: `finishDateTime has passed`.
        return text if not text.split()[0].islower() else text[:1].upper() + text[1:]

    def remedy_of(self, rule: str, english: str) -> str:
        """What to do about a rule, as a clause."""
        texts = self.rules.get(rule)
        return english if texts is None else texts[1]

    def of(self, value: int, noun: str) -> str:
        """A number and its noun after a word such as *of*: `из 2 000 заданий`, `из 1 задания`."""
        return f"{self.number(value)}\N{NO-BREAK SPACE}{self.plural_of(value, noun)}"

    def without_hours(self, jobs: int) -> str:
        """That so many jobs have no hours of their own."""
        has = self["free job" if jobs == 1 else "free jobs"]
        return self["free"].format(free=f"{self.count(jobs, 'job')} {has}".strip())

    def named(self, of: str, name: str) -> str:
        """The name of a row in a table of places."""
        return self.texts.get(f"{of} {name}", self["unknown"] if name == "unknown" else name)

    def hint(self, option: str, english: str) -> str:
        """Why an option would help."""
        name = re.match(r"-*([a-z]*)", option)
        return self.hints.get(name[1] if name else "", english)

    def bytes(self, value: int) -> str:
        """A size for people: `180 KB`."""
        size, unit = float(value), 0
        while size >= 999.5 and unit < len(_UNITS) - 1:
            size /= 1000
            unit += 1
        text = f"{size:.1f}" if unit and size < 9.95 else f"{size:.0f}"
        return f"{self['decimal'].join(text.split('.'))}\N{NO-BREAK SPACE}{self[_UNITS[unit]]}"

    def number(self, value: int) -> str:
        """A number in groups of three digits, with spaces that do not break a line."""
        return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")

    def count(self, value: int, noun: str) -> str:
        """A number and its noun: `1 job`, `2 jobs`."""
        return f"{self.number(value)}\N{NO-BREAK SPACE}{self.plural(value, noun)}"

    def percent(self, part: int, whole: int) -> str:
        """A share with one decimal place."""
        share = 100 * part / whole if whole else 0
        text = f"{share:.1f}"
        # Not 100 % while something is left out, and not 0 % while something is there.
        if text == "100.0" and part < whole:
            text = "99.9"
        if text == "0.0" and part:
            text = "< 0.1"
        return f"{self['decimal'].join(text.split('.'))}\N{NO-BREAK SPACE}%"


def _english(value: int, noun: str) -> str:
    irregular = {"body": "bodies"}
    return noun if value == 1 else irregular.get(noun, f"{noun}s")


#: After 1, 21 …; after 2 to 4, 22 …; after all others.
_RUSSIAN = {
    "job": ("задание", "задания", "заданий"),
    "row": ("строка", "строки", "строк"),
    "body": ("запрос", "запроса", "запросов"),
}

#: After 1, 21 … and a word such as *of*; after all others it is the last form.
_RUSSIAN_OF = {"job": "задания", "row": "строки", "body": "запроса"}


def _russian(value: int, noun: str) -> str:
    one, few, many = _RUSSIAN[noun]
    if value % 10 == 1 and value % 100 != 11:
        return one
    if value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14):
        return few
    return many


def _russian_of(value: int, noun: str) -> str:
    is_one = value % 10 == 1 and value % 100 != 11
    return _RUSSIAN_OF[noun] if is_one else _RUSSIAN[noun][2]


_EN = {
    "decimal": ".",
    "title": "Launch preview",
    "all": "All {total} can be sent.",
    "one": "The job can be sent.",
    "some": "{sendable} of {total} can be sent ({share}). {rejected} will not be sent.",
    "none": "The list has no rows.",
    "corrected": "{repaired} of them will be corrected.",
    "jobs_about": "Jobs of the list, by what becomes of them",
    "clean": "sent unchanged",
    "repaired": "sent corrected",
    "rejected": "not sent",
    "warned": "with a warning (sent or not)",
    "share": "share",
    "help": "What would help",
    "option": "option",
    "reason": "why",
    "more": "more rows",
    "why": "Why rows are not sent, and what is corrected",
    "why_about": "What alone keeps most rows back comes first: so many more rows could be sent if "
    "only that were put right.",
    "rule": "rule",
    "times": "rows",
    "alone": "alone",
    "alone_share": "of the list",
    "remedy": "What to do",
    "docs": "More about this rule",
    "command": "More about this rule: ",
    "line": "line",
    "row": "row, from\N{NO-BREAK SPACE}0",
    "value": "value",
    "meant": "meant",
    "empty": "empty",
    "error": "error",
    "warning": "warning",
    "repair": "correction",
    "suggested": "suggested correction",
    "where": "Where the jobs are",
    "place": "name",
    "when": "When they ring",
    "hours_about": "How many jobs may ring in each hour of the next 7 days, in UTC. Shaded: it is "
    "night ({night}) for at least half of the jobs.",
    "week_about": "How many jobs may ring in each hour of their own clocks in the next 7 days. "
    "Shaded: night ({night}).",
    "utc": "By the hour of UTC",
    "local": "By the clocks of the jobs",
    "most": "At most {most} in one hour",
    "hour": "hour (UTC)",
    "night": "night",
    "jobs": "jobs",
    "none_this_week": "No job that is sent may ring in the next 7 days.",
    "free_all": "No job has hours of its own: the hours of the campaign decide when they ring.",
    "free": "{free} no hours of their own: the hours of the campaign decide when they ring.",
    "free job": "has",
    "free jobs": "have",
    "never": "can never ring",
    "expired": "past the finish date",
    "night_only": "can ring only at night",
    "odd": "Jobs that do not ring by day",
    "rejected_too": "not sent",
    "still_sent": "sent",
    "countries": "Countries",
    "types": "Kinds of numbers",
    "zones": "Time zones",
    "mon": "Mon",
    "tue": "Tue",
    "wed": "Wed",
    "thu": "Thu",
    "fri": "Fri",
    "sat": "Sat",
    "sun": "Sun",
    "day": "day",
    "repeats": "Duplicates and exclusions",
    "by_phone": "Rows with a phone that an earlier row has",
    "by_job": "Rows that equal an earlier row in every field",
    "by_allow": "Duplicates were not looked for: a person may be called twice.",
    "excluded": "Rows with a phone of an excluded list",
    "bodies": "Request bodies",
    "bodies_sum": "{bodies}, {jobs}, {size}",
    "name": "file",
    "size": "size",
    "key": "idempotence key",
    "key_about": "The service keeps an idempotence key for 24 hours: a body that is sent again "
    "within them adds nothing.",
    "others": "others",
    "unknown": "unknown",
    "zones unknown": "not given: that of the number",
    "types fixed_line": "fixed line",
    "types mobile": "mobile",
    "types fixed_line_or_mobile": "fixed line or mobile",
    "types toll_free": "toll-free",
    "types premium_rate": "premium rate",
    "types shared_cost": "shared cost",
    "types voip": "VoIP",
    "types personal_number": "personal number",
    "types pager": "pager",
    "types uan": "company number",
    "types voicemail": "voicemail",
    "as_table": "as a table",
    "made": "predial {predial}, numbering plan {plan}",
    "B": "B",
    "KB": "KB",
    "MB": "MB",
    "GB": "GB",
    "TB": "TB",
}

_RU = {
    "decimal": ",",
    "title": "Перед запуском",
    "all": "Можно отправить весь список: {total}.",
    "one": "Задание можно отправить.",
    "some": "Можно отправить {sendable} из {total} ({share}). Не будет отправлено: {rejected}.",
    "none": "В списке нет строк.",
    "corrected": "Из них с исправлением: {repaired}.",
    "jobs_about": "Задания списка: что с ними будет",
    "clean": "без изменений",
    "repaired": "с исправлением",
    "rejected": "не будут отправлены",
    "warned": "с предупреждением (отправлены или нет)",
    "share": "доля",
    "help": "Что поможет",
    "option": "параметр",
    "reason": "почему",
    "more": "строк прибавится",
    "why": "Почему строки не отправляются и что исправлено",
    "why_about": "Сначала то, что в одиночку задерживает больше всего строк: столько строк "
    "прибавится, если исправить только это.",
    "rule": "правило",
    "times": "строк",
    "alone": "только из-за него",
    "alone_share": "от списка",
    "remedy": "Что делать",
    "docs": "Подробнее об этом правиле",
    "command": "Подробнее об этом правиле: ",
    "line": "строка файла",
    "row": "строка, с\N{NO-BREAK SPACE}0",
    "value": "значение",
    "meant": "имелось в виду",
    "empty": "пусто",
    "error": "ошибка",
    "warning": "предупреждение",
    "repair": "исправление",
    "suggested": "предложенное исправление",
    "where": "Где задания",
    "place": "название",
    "when": "Когда зазвонит",
    "hours_about": "По скольким заданиям можно звонить в каждый час ближайших 7 дней, по UTC. "
    "Серым отмечены часы, когда хотя бы у половины заданий ночь ({night}).",
    "week_about": "По скольким заданиям можно звонить в каждый час по их местному времени в "
    "ближайшие 7 дней. Серым отмечена ночь ({night}).",
    "utc": "По часам UTC",
    "local": "По местному времени",
    "most": "Не больше {most} за час",
    "hour": "час (UTC)",
    "night": "ночь",
    "jobs": "задания",
    "none_this_week": "Ни одно из отправляемых заданий не зазвонит в ближайшие 7 дней.",
    "free_all": "Ни у одного задания нет своих часов: когда звонить, решают настройки кампании.",
    "free": "Без своих часов — {free}: когда им звонить, решают настройки кампании.",
    "free job": "",
    "free jobs": "",
    "never": "не зазвонят никогда",
    "expired": "срок уже прошёл",
    "night_only": "могут зазвонить только ночью",
    "odd": "Задания, которые не зазвонят днём",
    "rejected_too": "не будут отправлены",
    "still_sent": "будут отправлены",
    "countries": "Страны",
    "types": "Виды номеров",
    "zones": "Часовые пояса",
    "mon": "Пн",
    "tue": "Вт",
    "wed": "Ср",
    "thu": "Чт",
    "fri": "Пт",
    "sat": "Сб",
    "sun": "Вс",
    "day": "день",
    "repeats": "Повторы и исключения",
    "by_phone": "Строки с номером, который уже был выше",
    "by_job": "Строки, которые полностью повторяют одну из предыдущих",
    "by_allow": "Повторы не искали: человеку могут позвонить дважды.",
    "excluded": "Строки с номером из списка исключений",
    "bodies": "Тела запросов",
    "bodies_sum": "{bodies}, {jobs}, {size}",
    "name": "файл",
    "size": "размер",
    "key": "ключ идемпотентности",
    "key_about": "Сервис помнит ключ идемпотентности 24 часа: повторная отправка за это время "
    "ничего не добавит.",
    "others": "другие",
    "unknown": "неизвестно",
    "zones unknown": "не указан: по номеру",
    "types fixed_line": "стационарный",
    "types mobile": "мобильный",
    "types fixed_line_or_mobile": "стационарный или мобильный",
    "types toll_free": "бесплатный",
    "types premium_rate": "платный",
    "types shared_cost": "с разделением оплаты",
    "types voip": "IP-телефония",
    "types personal_number": "персональный",
    "types pager": "пейджер",
    "types uan": "номер компании",
    "types voicemail": "голосовая почта",
    "as_table": "таблицей",
    "made": "predial {predial}, план нумерации {plan}",
    "B": "Б",
    "KB": "КБ",
    "MB": "МБ",
    "GB": "ГБ",
    "TB": "ТБ",
}

#: Why an option would help, by its name.
_HINTS_RU = {
    "region": "номера записаны так, как их набирают внутри этой страны",
    "prefer": "из двух прочтений номера выбирать это",
    "map": "телефон или часовой пояс есть и в другом столбце",
    "sheet": "в книге есть ещё один лист со строками, он не прочитан",
    "encoding": "возможно, список в другой кодировке",
    "exclude": "эти строки уже отклоняли раньше: не отправлять номера, отправленные тогда",
    "after": "эти строки уже отклоняли раньше: не отправлять номера, отправленные тогда",
}

#: By the code of the language.
WORDS = {
    "en": Words(_EN, _english, _english),
    "ru": Words(_RU, _russian, _russian_of, dict(RULES_RU.items()), _HINTS_RU),
}
