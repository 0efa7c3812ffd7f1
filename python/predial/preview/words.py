"""The words of the page, in English and in Russian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["WORDS", "Words"]


@dataclass(frozen=True)
class Words:
    """The texts of one language, and how it writes numbers and counts things."""

    texts: dict[str, str]
    plural: Callable[[int, str], str]
    "The form of a noun after a number."

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

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
            text = "0.1"
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


def _russian(value: int, noun: str) -> str:
    one, few, many = _RUSSIAN[noun]
    if value % 10 == 1 and value % 100 != 11:
        return one
    if value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14):
        return few
    return many


_EN = {
    "decimal": ".",
    "title": "Launch preview",
    "all": "All {total} can be sent.",
    "some": "{sendable} of {total} can be sent ({share}). {rejected} will not be sent.",
    "none": "The list has no rows.",
    "corrected": "{repaired} of them will be corrected.",
    "clean": "sent unchanged",
    "repaired": "sent corrected",
    "rejected": "not sent",
    "warned": "with a warning",
    "help": "What would help",
    "more": "more rows could be sent",
    "why": "Why rows are not sent, and what is corrected",
    "rule": "rule",
    "times": "times",
    "alone": "alone",
    "remedy": "what to do",
    "severity": "severity",
    "row": "row",
    "line": "line",
    "value": "value",
    "meant": "meant",
    "error": "error",
    "warning": "warning",
    "repair": "correction",
    "suggested": "suggested correction",
    "when": "When they ring",
    "hour": "hour (UTC)",
    "jobs": "jobs",
    "hours_about": "Jobs that may ring in each hour.",
    "never": "can never ring",
    "expired": "are past their finish",
    "night_only": "can ring only at night",
    "countries": "Countries",
    "types": "Kinds of numbers",
    "zones": "Time zones",
    "local_hours": "Hour of the day that their clocks show now",
    "bodies": "Request bodies",
    "name": "file",
    "size": "bytes",
    "key": "idempotence key",
    "key_about": "The service keeps an idempotence key for 24 hours: a body that is sent again "
    "within them adds nothing.",
    "others": "others",
    "as_table": "as a table",
    "made": "predial {predial}, numbering plan {plan}",
}

_RU = {
    "decimal": ",",
    "title": "Перед запуском",
    "all": "Будет отправлено всё: {total}.",
    "some": "Будет отправлено {sendable} из {total} ({share}). Не будет отправлено: {rejected}.",
    "none": "В списке нет строк.",
    "corrected": "Из них с исправлением: {repaired}.",
    "clean": "без изменений",
    "repaired": "с исправлением",
    "rejected": "не отправляются",
    "warned": "с предупреждением",
    "help": "Что поможет",
    "more": "строк больше можно отправить",
    "why": "Почему строки не отправляются и что исправлено",
    "rule": "правило",
    "times": "раз",
    "alone": "только оно",
    "remedy": "что делать",
    "severity": "важность",
    "row": "строка",
    "line": "строка файла",
    "value": "значение",
    "meant": "имелось в виду",
    "error": "ошибка",
    "warning": "предупреждение",
    "repair": "исправление",
    "suggested": "предложенное исправление",
    "when": "Когда зазвонит",
    "hour": "час (UTC)",
    "jobs": "задания",
    "hours_about": "Сколько заданий можно звонить в каждый час.",
    "never": "не зазвонят никогда",
    "expired": "уже просрочены",
    "night_only": "могут зазвонить только ночью",
    "countries": "Страны",
    "types": "Виды номеров",
    "zones": "Часовые пояса",
    "local_hours": "Который час у них сейчас",
    "bodies": "Тела запросов",
    "name": "файл",
    "size": "байты",
    "key": "ключ идемпотентности",
    "key_about": "Сервис помнит ключ идемпотентности 24 часа: повторная отправка за это время "
    "ничего не добавит.",
    "others": "другие",
    "as_table": "таблицей",
    "made": "predial {predial}, план нумерации {plan}",
}

#: By the code of the language.
WORDS = {"en": Words(_EN, _english), "ru": Words(_RU, _russian)}
