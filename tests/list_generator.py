"""Lists as people have them on their desks, and which column of each is the phone.

Written from no code of predial: headers, values and ways to be messy are from real exports. Phones
are libphonenumber's examples with their last digits changed, as far as these stay valid.
"""

from __future__ import annotations

import csv
import io
import random
import string
from dataclasses import dataclass

import phonenumbers

#: Headers of phones, by language.
PHONES = {
    "en": "phone|Phone|PHONE|Phone Number|phone_number|PhoneNumber|Mobile|Mobile Phone|mobile_no|"
    "Cell|Cell Phone|Telephone|Tel|Tel.|Contact Number|Contact Phone|MSISDN|Phone (mobile)|"
    "Customer Phone|WhatsApp|phone1|Primary phone|Billing Phone",
    "ru": "Телефон|телефон|ТЕЛЕФОН|Номер телефона|Моб. телефон|Моб. тел.|Мобильный|"
    "Мобильный телефон|Сотовый|Тел.|Контактный телефон|Телефон клиента|Телефоны|Телефон 1",
    "uk": "Телефон|Номер телефону|Мобільний|Мобільний телефон|Контактний телефон",
    "de": "Telefon|Telefonnummer|Handy|Handynummer|Mobil|Mobilnummer|Rufnummer|"
    "Tel.-Nr.|Mobiltelefon",
    "fr": "Téléphone|Telephone|Portable|Tél|N° de téléphone|Téléphone mobile|Mobile",
    "es": "Teléfono|Telefono|Celular|Móvil|Número de teléfono|TELÉFONO|CELULARES|Tel. móvil",
    "pt": "Telefone|Celular|Número de celular|Telemóvel|Fone|TELEFONE CELULAR",
    "it": "Telefono|Cellulare|Numero di telefono|Tel. cellulare|Recapito telefonico",
    "pl": "Telefon|Numer telefonu|Tel. kom.|Telefon komórkowy|Komórka",
    "tr": "Telefon|Cep Telefonu|Cep|Telefon No|Cep Tel|GSM",
    "nl": "Telefoon|Telefoonnummer|Mobiel|Mobiel nummer|GSM",
    "cs": "Telefon|Telefonní číslo|Mobil|Mobilní telefon",
    "zh": "电话|手机|手机号|手机号码|联系电话|電話",
    "ja": "電話番号|携帯電話|携帯番号|電話",
    "ko": "전화번호|휴대폰|휴대전화|핸드폰",
    "ar": "هاتف|رقم الهاتف|الجوال",
}
#: A second and a third phone of the same person.
MORE = {
    "en": ["Work Phone", "Home Phone", "Other Phone", "Phone 2", "Alternate phone"],
    "ru": ["Рабочий телефон", "Домашний телефон", "Доп. телефон", "Телефон 2"],
    "de": ["Telefon geschäftlich", "Telefon privat", "Telefon 2"],
    "es": ["Teléfono trabajo", "Teléfono casa", "Teléfono 2"],
}
#: Headers of columns that nobody calls, by what they hold and by language.
OTHERS = {
    "serial": {
        "en": "ID|id|#|No.|Order ID|order_number|Row|Ticket|Customer ID",
        "ru": "№|ID|№ п/п|Номер заказа|Заказ|Договор|Номер договора|Код клиента|л/с",
        "de": "Nr.|Kundennummer|Auftragsnummer|Vertragsnummer|Bestellnr",
        "fr": "N°|N° commande|Numéro client|Contrat",
        "es": "Nº|Pedido|Código|Número de contrato",
        "pt": "Nº|Pedido|Código|Contrato",
        "it": "Codice|Ordine|N. ordine",
        "pl": "Lp.|Nr zamówienia|Numer umowy",
        "tr": "Sıra|Sipariş No|Müşteri Kodu",
        "nl": "Ordernummer|Klantnummer",
        "cs": "Číslo smlouvy|Objednávka",
        "zh": "编号|订单号|序号",
        "ja": "会員番号|注文番号|顧客番号",
        "ko": "주문번호|고객번호",
        "ar": "رقم الطلب",
        "uk": "№|Номер замовлення|Договір",
    },
    "tax": {
        "en": "Tax ID|VAT|TIN|SSN|EIN",
        "ru": "ИНН|СНИЛС|ОГРН|Паспорт",
        "uk": "ІПН|ЄДРПОУ",
        "de": "Steuernummer|USt-IdNr",
        "fr": "SIRET|SIREN|TVA",
        "es": "NIF|DNI|RUC|RFC|Cédula|CUIT",
        "pt": "CPF|CNPJ|CPF/CNPJ|Documento|RG",
        "it": "Partita IVA|Codice fiscale",
        "pl": "NIP|PESEL|REGON",
        "tr": "TC Kimlik No|Vergi No",
        "nl": "BSN|KvK",
        "cs": "IČO|DIČ|Rodné číslo",
        "zh": "身份证号|税号",
        "ja": "マイナンバー|会員番号",
        "ko": "사업자등록번호|주민등록번호",
        "ar": "رقم الهوية",
    },
    "ean": {
        "en": "EAN|Barcode|SKU|UPC|GTIN|EAN code",
        "ru": "Штрихкод|EAN|Артикул|Штрих-код",
        "de": "EAN|Artikelnummer|Barcode",
    },
    "date": {
        "en": "Date|Created At|date_of_birth|Birthday|Updated",
        "ru": "Дата|Дата рождения|Дата договора|Создан",
        "de": "Datum|Geburtsdatum",
        "fr": "Date|Date de naissance",
        "es": "Fecha|Fecha de nacimiento",
        "pt": "Data|Data de nascimento",
    },
    "amount": {
        "en": "Amount|Total|Balance|Debt|Price",
        "ru": "Сумма|Долг|Сумма долга|Баланс",
        "de": "Betrag|Summe",
        "es": "Importe|Saldo",
        "pt": "Valor|Saldo",
    },
    "postcode": {
        "en": "ZIP|Postcode|Postal code|zip_code",
        "ru": "Индекс|Почтовый индекс",
        "de": "PLZ|Postleitzahl",
        "es": "Código postal|CP",
        "pt": "CEP",
    },
    "name": {
        "en": "Name|Full name|Customer|First Name",
        "ru": "Имя|ФИО|Клиент|Фамилия, имя",
        "de": "Name|Vorname|Kunde",
        "fr": "Nom|Prénom",
        "es": "Nombre|NOMBRES|Empresa",
        "pt": "Nome|Cliente",
        "zh": "姓名",
        "ja": "氏名",
        "ko": "이름",
        "ar": "الاسم",
    },
    "city": {"en": "City|Address", "ru": "Город|Адрес", "de": "Ort|Stadt"},
    "email": {"en": "Email|E-mail", "ru": "E-mail|Почта", "es": "Correo"},
    "uuid": {"en": "uuid|guid|external_id"},
    "epoch": {"en": "created_ts|timestamp|last_seen"},
}
NAMES = ["Anna", "Борис", "Clara B.", "Иванова Мария", "José", "Müller, Hans", "李", "Ng, Li"]
CITIES = ["Москва", "Berlin", "ул. Ленина, 5", "12 Main St, Apt 4", "Lima", "東京", ""]
TITLES = [
    "Выгрузка контактов от 01.03.2026",
    "Contact list, March 2026",
    "Телефоны клиентов",
    "Report 42",
    "Kundenliste",
]
#: The countries of the people on the lists.
REGIONS = ["RU", "RU", "RU", "DE", "ES", "BR", "US", "GB", "FR", "IT", "PL", "TR", "UA", "KZ", "MX"]
HOME = {"ru": "RU", "uk": "UA", "de": "DE", "fr": "FR", "es": "ES", "pt": "BR", "it": "IT"}
HOME |= {"pl": "PL", "tr": "TR", "nl": "NL", "cs": "CZ", "zh": "CN", "ja": "JP", "ko": "KR"}
HOME |= {"ar": "SA", "en": "US"}


@dataclass(frozen=True)
class GeneratedList:
    """A list as text, and what is right for it."""

    text: str
    has_header: bool
    phones: tuple[int, ...]
    """The places of the columns of phones, from 1, that may be dialled."""
    rows: int


def a_list(seed: int) -> GeneratedList:
    """The list of that seed."""
    return _Writer(random.Random(seed)).write()


class _Writer:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.language = rng.choice(list(PHONES))
        self.region = HOME[self.language] if rng.random() < 0.7 else rng.choice(REGIONS)

    def write(self) -> GeneratedList:
        rng = self.rng
        has_header = rng.random() < 0.75
        rows = rng.choice([1, 2, 3, 5, 8, 20, 60])
        if has_header:
            count = rng.choices([0, 1, 2, 3], [10, 65, 17, 8])[0]
        else:
            count = rng.choices([0, 1, 2], [10, 85, 5])[0]
            rows = rng.choice([3, 5, 8, 20, 60])
        first = rng.choice(["serial", "tax", "ean", "date", "amount", "postcode", "name"])
        others = [first, *rng.sample(sorted(OTHERS), rng.randint(0, 5))]
        columns = [self._column(kind, rows) for kind in dict.fromkeys(others)]
        headers = [self._header(kind) for kind in dict.fromkeys(others)]
        if count == 0 and len(columns) == 1:
            columns.append(self._column("name", rows))
            headers.append(self._header("name"))
        places: list[int] = []
        style = rng.choices(["plus", "bare", "national"], [45, 40, 15 if has_header else 3])[0]
        for number in range(count):
            place = rng.randint(1 if number == 0 else min(places) + 1, len(columns))
            columns.insert(place, self._phones(style, rows, full=number == 0))
            headers.insert(place, self._phone_header(number))
            places = [other + (other >= place) for other in places] + [place]
        table = [list(row) for row in zip(*columns, strict=True)]
        delimiter = rng.choice(";,\t|")
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator=rng.choice(["\n", "\r\n"]))
        if has_header and rng.random() < 0.25:
            title = [rng.choice(TITLES)]
            writer.writerow(title + [""] * (len(columns) - 1) if rng.random() < 0.7 else title)
            if rng.random() < 0.4:
                writer.writerow([""] * len(columns))
        if has_header:
            writer.writerow(headers)
        writer.writerows(table)
        phones = tuple(place + 1 for place in sorted(places))
        return GeneratedList(out.getvalue(), has_header, phones, rows)

    def _header(self, kind: str) -> str:
        known = OTHERS[kind]
        return self.rng.choice(known.get(self.language, known["en"]).split("|"))

    def _phone_header(self, number: int) -> str:
        if number == 0 or self.language not in MORE:
            suffix = "" if number == 0 else f" {number + 1}"
            return self.rng.choice(PHONES[self.language].split("|")) + suffix
        return MORE[self.language][number - 1]

    def _number(self) -> phonenumbers.PhoneNumber:
        region = self.region if self.rng.random() < 0.9 else self.rng.choice(REGIONS)
        kind = phonenumbers.PhoneNumberType.MOBILE
        if self.rng.random() < 0.1:
            kind = phonenumbers.PhoneNumberType.FIXED_LINE
        example = phonenumbers.example_number_for_type(region, kind)
        assert example is not None
        while True:
            digits = str(example.national_number)
            keep = len(digits) - 5
            digits = digits[:keep] + "".join(self.rng.choices(string.digits, k=5))
            number = phonenumbers.PhoneNumber(example.country_code, int(digits))
            number.italian_leading_zero = example.italian_leading_zero
            if phonenumbers.is_valid_number(number):
                return number

    def _phones(self, style: str, rows: int, full: bool) -> list[str]:
        filled = 0.95 if full else 0.4
        cells = [self._phone(style) if self.rng.random() < filled else "" for _ in range(rows)]
        if full and not any(cells):
            cells[0] = self._phone(style)
        return cells

    def _phone(self, style: str) -> str:
        form = phonenumbers.PhoneNumberFormat
        number = self._number()
        e164 = phonenumbers.format_number(number, form.E164)
        messy = self.rng.random()
        if messy < 0.02:
            return self.rng.choice(["нет", "-", "n/a", "звонить вечером"])
        if messy < 0.03:
            return e164[:-3]
        if messy < 0.04:
            return f"{e164} (Anna)"
        if messy < 0.05:
            return f"{float(e164[1:]):.4E}"
        if messy < 0.06:
            return f"{e164}, {phonenumbers.format_number(self._number(), form.E164)}"
        if style == "bare":
            return e164[1:]
        if style == "national":
            return phonenumbers.format_number(number, form.NATIONAL)
        return self.rng.choice([e164, phonenumbers.format_number(number, form.INTERNATIONAL)])

    def _column(self, kind: str, rows: int) -> list[str]:
        rng = self.rng
        if kind == "serial":
            start, step = rng.choice([(1, 1), (100_001, 1), (4_500_000, 3), (79_123_000_000, 7)])
            prefix = rng.choice(["", "", "", "ORD-", "A"])
            return [f"{prefix}{start + step * row}" for row in range(rows)]
        if kind == "date":
            form = rng.choice(
                ["{d:02}.{m:02}.{y}", "{y}-{m:02}-{d:02}", "{m}/{d}/{y}", "{y}{m:02}{d:02}"]
            )
            return [
                form.format(d=rng.randint(1, 28), m=rng.randint(1, 12), y=rng.randint(1950, 2026))
                for _ in range(rows)
            ]
        make = getattr(self, f"_{kind}")
        variant = rng.random()
        return [make(variant) for _ in range(rows)]

    def _digits(self, count: int) -> str:
        return str(self.rng.randint(1, 9)) + "".join(self.rng.choices(string.digits, k=count - 1))

    def _tax(self, form: float) -> str:
        if form < 0.3:
            return "77" + self._digits(8)
        if form < 0.6:
            return self._digits(12)
        if form < 0.8:
            return self._digits(11)
        digits = self._digits(11)
        return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"

    def _ean(self, form: float) -> str:
        return self.rng.choice(["46", "40", "59", "50"]) + self._digits(11)

    def _amount(self, form: float) -> str:
        number = self.rng.uniform(1, 90_000)
        return (
            f"{number:.2f}"
            if form < 0.5
            else f"{number:.0f}"
            if form < 0.7
            else f"{number:.2f}".replace(".", ",")
        )

    def _postcode(self, form: float) -> str:
        return self._digits(6 if form < 0.5 else 5)

    def _name(self, form: float) -> str:
        return self.rng.choice(NAMES)

    def _city(self, form: float) -> str:
        return self.rng.choice(CITIES)

    def _email(self, form: float) -> str:
        return self.rng.choice(["", f"user{self._digits(3)}@example.com"])

    def _uuid(self, form: float) -> str:
        return "-".join(
            "".join(self.rng.choices("0123456789abcdef", k=k)) for k in (8, 4, 4, 4, 12)
        )

    def _epoch(self, form: float) -> str:
        return str(self.rng.randint(1_600_000_000, 1_790_000_000))
