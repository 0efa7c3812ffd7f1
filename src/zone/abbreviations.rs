//! Abbreviations of zones, which are never guessed, and the zones that people mean by them.
//! `Eastern` and similar words are included, because several countries have such a time.

/// The zones of an abbreviation.
pub(super) struct Abbreviation {
    pub text: &'static str,
    /// The zones with this abbreviation, the likeliest first.
    pub zones: &'static [&'static str],
}

/// The abbreviations in common use that are not IDs themselves (`EST`, `CET` and some others are),
/// sorted. The list need not be complete: it improves messages, and does not change a verdict.
const ABBREVIATIONS: &[Abbreviation] = &[
    abbreviation("ACDT", &["Australia/Adelaide"]),
    abbreviation("ACST", &["Australia/Adelaide", "Australia/Darwin"]),
    abbreviation("ADT", &["America/Halifax"]),
    abbreviation("AEDT", &["Australia/Sydney"]),
    abbreviation("AEST", &["Australia/Sydney", "Australia/Brisbane"]),
    abbreviation("AKDT", &["America/Anchorage"]),
    abbreviation("AKST", &["America/Anchorage"]),
    abbreviation("ALMT", &["Asia/Almaty"]),
    abbreviation("AMT", &["Asia/Yerevan", "America/Manaus"]),
    abbreviation("ART", &["America/Argentina/Buenos_Aires"]),
    abbreviation("AST", &["America/Halifax", "Asia/Riyadh"]),
    abbreviation("AWST", &["Australia/Perth"]),
    abbreviation("AZT", &["Asia/Baku"]),
    abbreviation("BRT", &["America/Sao_Paulo"]),
    abbreviation("BST", &["Europe/London", "Asia/Dhaka"]),
    abbreviation("CAT", &["Africa/Maputo"]),
    abbreviation("CDT", &["America/Chicago", "America/Havana"]),
    abbreviation("CEST", &["Europe/Paris", "Europe/Berlin"]),
    abbreviation("CLT", &["America/Santiago"]),
    abbreviation("COT", &["America/Bogota"]),
    abbreviation(
        "CST",
        &["America/Chicago", "Asia/Shanghai", "America/Havana"],
    ),
    abbreviation("CT", &["America/Chicago", "Australia/Adelaide"]),
    abbreviation("EASTERN", &["America/New_York", "Australia/Sydney"]),
    abbreviation("EAT", &["Africa/Nairobi"]),
    abbreviation("ECT", &["America/Guayaquil", "Europe/Paris"]),
    abbreviation("EDT", &["America/New_York"]),
    abbreviation("EEST", &["Europe/Kyiv", "Europe/Athens"]),
    abbreviation("ET", &["America/New_York", "Australia/Sydney"]),
    abbreviation("GST", &["Asia/Dubai", "Atlantic/South_Georgia"]),
    abbreviation("HKT", &["Asia/Hong_Kong"]),
    abbreviation("ICT", &["Asia/Bangkok", "Asia/Ho_Chi_Minh"]),
    abbreviation("IRKT", &["Asia/Irkutsk"]),
    abbreviation("IST", &["Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"]),
    abbreviation("JST", &["Asia/Tokyo"]),
    abbreviation("KGT", &["Asia/Bishkek"]),
    abbreviation("KRAT", &["Asia/Krasnoyarsk"]),
    abbreviation("KST", &["Asia/Seoul"]),
    abbreviation("MAGT", &["Asia/Magadan"]),
    abbreviation("MDT", &["America/Denver"]),
    abbreviation("MESZ", &["Europe/Berlin"]),
    abbreviation("MEZ", &["Europe/Berlin"]),
    abbreviation("MOUNTAIN", &["America/Denver", "America/Phoenix"]),
    abbreviation("MSD", &["Europe/Moscow"]),
    abbreviation("MSK", &["Europe/Moscow"]),
    abbreviation("MT", &["America/Denver", "America/Phoenix"]),
    abbreviation("NOVT", &["Asia/Novosibirsk"]),
    abbreviation("NPT", &["Asia/Kathmandu"]),
    abbreviation("NST", &["America/St_Johns"]),
    abbreviation("NZDT", &["Pacific/Auckland"]),
    abbreviation("NZST", &["Pacific/Auckland"]),
    abbreviation("OMST", &["Asia/Omsk"]),
    abbreviation("PACIFIC", &["America/Los_Angeles", "Pacific/Auckland"]),
    abbreviation("PDT", &["America/Los_Angeles"]),
    abbreviation("PETT", &["Asia/Kamchatka"]),
    abbreviation("PHT", &["Asia/Manila"]),
    abbreviation("PKT", &["Asia/Karachi"]),
    abbreviation("PST", &["America/Los_Angeles", "Asia/Manila"]),
    abbreviation("PT", &["America/Los_Angeles", "Asia/Manila"]),
    abbreviation("SAKT", &["Asia/Sakhalin"]),
    abbreviation("SAMT", &["Europe/Samara"]),
    abbreviation("SAST", &["Africa/Johannesburg"]),
    abbreviation("SGT", &["Asia/Singapore"]),
    abbreviation("TJT", &["Asia/Dushanbe"]),
    abbreviation("TMT", &["Asia/Ashgabat"]),
    abbreviation("TRT", &["Europe/Istanbul"]),
    abbreviation("UZT", &["Asia/Tashkent"]),
    abbreviation("VLAT", &["Asia/Vladivostok"]),
    abbreviation("WAT", &["Africa/Lagos"]),
    abbreviation("WIB", &["Asia/Jakarta"]),
    abbreviation("WIT", &["Asia/Jayapura"]),
    abbreviation("WITA", &["Asia/Makassar"]),
    abbreviation("YAKT", &["Asia/Yakutsk"]),
    abbreviation("YEKT", &["Asia/Yekaterinburg"]),
];

const fn abbreviation(text: &'static str, zones: &'static [&'static str]) -> Abbreviation {
    Abbreviation { text, zones }
}

/// The entry of the abbreviation, in any case; `МСК` in Cyrillic letters is `MSK`.
pub(super) fn find(text: &str) -> Option<&'static Abbreviation> {
    let upper = match text {
        "МСК" | "мск" | "Мск" => "MSK".to_owned(),
        _ => text.to_ascii_uppercase(),
    };
    ABBREVIATIONS
        .binary_search_by(|known| known.text.cmp(&upper))
        .ok()
        .map(|index| &ABBREVIATIONS[index])
}

#[cfg(test)]
mod tests {
    use super::super::regions::tests::bundled;
    use super::*;

    #[test]
    fn sorted_and_made_of_ids() {
        assert!(ABBREVIATIONS.is_sorted_by_key(|known| known.text));
        for known in ABBREVIATIONS {
            assert!(
                bundled().get_loosely(known.text).is_none(),
                "{}",
                known.text
            );
            for zone in known.zones {
                assert!(bundled().get(zone).is_some(), "{zone}");
            }
        }
    }

    #[test]
    fn found_in_any_case() {
        assert_eq!(find("msk").unwrap().zones, ["Europe/Moscow"]);
        assert_eq!(find("МСК").unwrap().zones, ["Europe/Moscow"]);
        assert!(find("XYZ").is_none());
    }
}
