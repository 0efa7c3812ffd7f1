"""Sentences and notes in twelve languages, with a place for a phone number: `{}`."""

from __future__ import annotations

from dataclasses import dataclass

# What anybody may write in a text: a phone among words, dates, times, prices and other numbers.
SENTENCES = (
    # English
    "Call me at {} or write to me, please.",
    "Our office ({}) is open from 9:00 to 17:30, room 204.",
    "Sold for $120 on 08/31/95, ask for Tom at {}.",
    "Fax {} and phone {}, extension 12.",
    "Invoice 2024-001734 was paid; questions to {}!",
    # German
    "Ruf mich bitte unter {} an, oder nach 18:00 Uhr.",
    "Telefon: {} (Zentrale), Fax: {}",
    "Am 03.10.2026 bin ich nur mobil erreichbar: {}.",
    "Die Wohnung kostet 850 €, Besichtigung unter {}",
    "PLZ 10115, Hausnummer 12a, Tel. {}",
    # French
    "Appelez-moi au {} après 10h30.",
    "Le cabinet (3e étage) répond au {}, sauf le 14/07/2026.",
    "Réservez au {} ; 25 % de réduction jusqu'au 31/12.",
    "Portable : {} - fixe : {}",
    # Spanish
    "Llámame al {} mañana por la tarde.",
    "Mi número es el {}, piso 3, puerta 2.",
    "Teléfonos: {} / {}",
    "Precio: 1.200,50 €; contacto {}",
    # Italian
    "Chiamami al {}, interno 5, il 31/10/2026.",
    "Lo studio risponde al {} dalle 8.30 alle 12.00.",
    "Cell. {} oppure {}",
    # Russian
    "Позвоните мне по номеру {} после 18:00, кв. 45.",
    "Доставка с 10:00 до 14:00, телефон курьера {}.",
    "Заказ № 4815162342, тел.: {}, доб. 108",
    "Номера для связи: {}, {}.",
    # Polish
    "Zadzwoń do mnie: {} (Anna), pokój 12.",
    "Biuro czynne 8:00-16:00, tel. {}, ul. Długa 7/9.",
    "Cena 99,90 zł, telefon {}",
    # Turkish
    "Beni {} numarasından arayın.",
    "Randevu 12.05.2026 saat 14:30; telefon: {}",
    "Daire 5, kat 2, cep: {}",
    # Portuguese
    "Ligue para {} depois das 18h, por favor.",
    "O apartamento 302 custa R$ 1.500; fale com {}",
    "Telefones {} e {} (WhatsApp)",
    # Ukrainian
    "Телефонуйте на {} до 20:00, квартира 7.",
    "Ціна 250 грн, дзвонити {}",
    # Chinese
    "请拨打 {} 联系我。",
    "电话：{}，传真：{}，上午9:00至12:00。",
    "房间号302，请致电{}。",
    # Japanese
    "電話番号は{}です。",
    "お問い合わせは{}まで（平日10:00～18:00）。",
    # Writing that is hard to take apart.
    "(see pages 12-34 (2003)) {}",
    "Proc. VLDB 12(3): 211-227 (2003), {}",
    "{}/{}",
    "{} {}",
    "{}{}",
    "{}, {} and {}",
    "{}; {}",
    "{}\n{}",
    "${} 12%",
    "tel:{};ext=12",
    "{} ext. 55",
    "{} x123",
    "{} #12",
    "{}~7",
    "{},,55#",
    "№ 12345678 {} 2012-01-02 08:00",
    "2012-01-02 08:00 {} 2012-01-02 08",
    "{}",
    "abc{}def",
    "ä{}ß",
    "{} - {}",
    "{} – {}",
    "[{}] 1.2.3.4",
    "(({}))",
    "({}) ({})",
    "{}доб. 123#",
    "+{}",
    "00{}",
    "{}.0",
    "1{}",
    "192.168.0.1 {} 550e8400-e29b-41d4-a716-446655440000",
)


@dataclass(frozen=True)
class Notes:
    """What is beside the one phone of a cell, for each of some regions."""

    regions: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


# What people write into a cell beside the phone: labels, names, times, flats, extensions.
NOTES = (
    Notes(
        ("US", "GB", "AU", "CA"),
        ("tel. ", "Phone: ", "mobile ", "call ", "Anna ", "cell#: ", "work - ", "1st floor, "),
        (
            " (after 6 pm)",
            ", Anna Smith",
            " WhatsApp",
            " ext. 31",
            " x12",
            " apt 45",
            " - call 9:00-17:00",
            ", flat 2",
            " or email",
            " since 01/02/2024",
            " / office",
            "; order 12345",
            " (home)",
        ),
    ),
    Notes(
        ("DE", "AT", "CH"),
        ("Tel.: ", "Telefon ", "mobil: ", "Frau Müller ", "privat: ", "Handy "),
        (
            " ab 18 Uhr",
            " (Büro)",
            ", Anna Schmidt",
            "; ab 18:00",
            " Zi. 12",
            " Durchwahl",
            " bitte ab 01.03.2026",
            " nur SMS",
            " 2. Stock",
        ),
    ),
    Notes(
        ("FR", "BE"),
        ("tél. ", "Tél : ", "portable ", "appeler le ", "Mme Dupont ", "fixe: "),
        (" avant 12h", " le matin", ", bât. 3", " (bureau)", " poste 12", " après 18:00"),
    ),
    Notes(
        ("ES", "MX", "AR", "CL", "CO"),
        ("tel: ", "móvil ", "cel. ", "casa ", "Sr. García "),
        (" tarde", " (trabajo)", ", piso 3", " anexo 12", " de 9:00 a 14:00", " 2º B"),
    ),
    Notes(
        ("IT",),
        ("tel. ", "cell. ", "ufficio ", "Sig.ra Rossi "),
        (" ore 15:00", " lavoro", ", int. 5", " (casa)", " scala B", " dopo le 18"),
    ),
    Notes(
        ("RU", "KZ", "BY"),
        ("тел. ", "моб1: ", "телефон: ", "звонить с 9:00 до 18:00 ", "Анна ", "раб. "),
        (
            " после 18:00",
            " доб. 123",
            ", кв. 45",
            " (мама)",
            " (WhatsApp 24/7)",
            ", 2 этаж",
            " с 10 до 19",
            ", домофон 45",
            " Анна Петровна",
            "; 31.12.2026",
            " вн. 12",
        ),
    ),
    Notes(
        ("PL",),
        ("tel. ", "kom. ", "praca: ", "Pani Anna "),
        (" po 17:00", ", dom", " (biuro)", " m. 12", " pokój 3", " wew. domowy"),
    ),
    Notes(
        ("TR",),
        ("tel: ", "ev: ", "cep ", "Ayşe "),
        (" akşam", " (iş)", ", daire 5", " saat 14:30", " kat 2"),
    ),
    Notes(
        ("BR",),
        ("tel. ", "celular ", "fone: ", "Sra. Silva "),
        (" tarde", " (trabalho)", ", apto 302", " depois das 18h", " ramal", " (zap)"),
    ),
    Notes(
        ("UA",),
        ("тел. ", "моб.: ", "пані Олена "),
        (" після 18:00", ", кв. 7", " (робота)", " Viber", " до 20:00"),
    ),
    Notes(
        ("CN",), ("电话 ", "手机：", "联系人王先生"), ("（家）", " 下午3点", "，302室", " 微信同号")
    ),
    Notes(("JP",), ("携帯", "電話：", "自宅 "), ("（家）", " 午後3時", "、302号室", " まで")),
)
