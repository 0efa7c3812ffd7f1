#![forbid(unsafe_code)]
//! Every rule of predial, declared once: its name, its severity, what is wrong, what to do,
//! and the error type of the service, if it has one (Calls API 1.10.0).

use std::fmt;

use crate::service::error_type;

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The job cannot be sent.
    Error,
    /// The job is sent, but somebody should look at it.
    Warning,
    /// The job is sent with a correction: only one meaning was possible.
    Repair,
    /// The job is sent with what was suggested in place of what is wrong, as its owner asked.
    Suggested,
}

impl Severity {
    /// Every severity.
    pub const ALL: [Severity; 4] = [
        Severity::Error,
        Severity::Warning,
        Severity::Repair,
        Severity::Suggested,
    ];

    /// `error`, `warning`, `repair` or `suggested`.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Repair => "repair",
            Severity::Suggested => "suggested",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Severity::ALL.into_iter();
        all.find(|severity| severity.name() == name)
    }
}

/// All texts of one rule.
#[derive(Debug)]
pub struct Info {
    /// The kebab-case name: the rule's identity in every output.
    pub name: &'static str,
    /// Its severity unless an option says otherwise.
    pub severity: Severity,
    /// The `type` in the service's 400 answer to the same fault, if it has one.
    pub service_type: Option<&'static str>,
    /// What is wrong, as a clause.
    pub message: &'static str,
    /// What to do about it, as a clause.
    pub remedy: &'static str,
    /// Why the rule exists, in a sentence or two.
    pub why: &'static str,
    /// A fragment of a job that breaks the rule.
    pub before: &'static str,
    /// The same fragment, corrected.
    pub after: &'static str,
}

macro_rules! rules {
    ($($rule:ident { $name:literal, $severity:ident, $service:expr, $message:tt $(! $message_parts:tt)?, $remedy:expr, $why:expr, $before:expr => $after:expr })*) => {
        /// One rule. Its name, severity and texts are in [`Rule::info`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Rule {
            $(#[doc = concat!("`", $name, "`: ", $message $(! $message_parts)?, ".")] $rule,)*
        }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Rule] = &[$(Rule::$rule,)*];
            const INFO: &'static [Info] = &[$(Info {
                name: $name,
                severity: Severity::$severity,
                service_type: $service,
                message: $message $(! $message_parts)?,
                remedy: $remedy,
                why: $why,
                before: $before,
                after: $after,
            },)*];
        }
    };
}

const PHONE: Option<&str> = Some(error_type::PHONE);
const DOUBLED: Option<&str> = Some(error_type::PHONE_DUPLICATED);
const ZONE: Option<&str> = Some(error_type::GMT_ZONE);
const ALLOWED: Option<&str> = Some(error_type::ALLOWED_TIME);
const PRIORITY: Option<&str> = Some(error_type::PRIORITY);

rules! {
    PhoneMissing {
        "phone-missing", Error, PHONE,
        "the job has no phone",
        "write the number in the field phone, in international digits",
        "phone is the one required field of a call job; null counts as absent.",
        r#"{"gmtZone": "+03:00"}"# => r#"{"phone": "79110000000", "gmtZone": "+03:00"}"#
    }
    PhoneEmpty {
        "phone-empty", Error, PHONE,
        "the phone is empty",
        "write the number in international digits, or remove the job",
        "An empty cell of a list becomes an empty string. The service refuses the whole request for it.",
        r#"{"phone": " "}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneType {
        "phone-type", Error, PHONE,
        "the phone is not text or a whole number",
        "write it as a string of digits",
        "A boolean, an array or an object cannot be a phone number.",
        r#"{"phone": ["79110000000"]}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneFormat {
        "phone-format", Repair, PHONE,
        "the phone has characters other than digits",
        "write international digits only",
        "The service takes digits, country code first. A plus, punctuation, spaces, foreign digits, tel: or 00 at the start leave one meaning, and predial sends that number.",
        r#"{"phone": "+7 (911) 000-00-00"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneScientific {
        "phone-scientific", Error, PHONE,
        "the phone is in scientific notation: digits are lost",
        "export the column as text",
        "A spreadsheet shows a long number as 7.911E+10, and exports only what it shows. The original number is unknown.",
        r#"{"phone": "7.911E+10"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneLetters {
        "phone-letters", Error, PHONE,
        "the phone contains letters",
        "write digits only",
        "A vanity number, or a name in the phone column. libphonenumber reads letters as keypad digits, which would call a stranger.",
        r#"{"phone": "1-800-FLOWERS"}"# => r#"{"phone": "18003569377"}"#
    }
    PhoneExtension {
        "phone-extension", Error, PHONE,
        "the phone has an extension",
        "remove the extension, or move it to payload",
        "The service dials digits only, so the call would reach the main line and not the extension.",
        r#"{"phone": "+7 495 123-45-67 ext. 12"}"# => r#"{"phone": "74951234567"}"#
    }
    PhoneMultiple {
        "phone-multiple", Error, PHONE,
        "the field contains several numbers",
        "make one job for each number",
        "A cell with two numbers means two jobs, or a choice of one. Only the owner of the list knows which.",
        r#"{"phone": "79110000000, 79110000001"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneNational {
        "phone-national", Error, PHONE,
        "the phone is written for dialling inside a country",
        "write it with its country code",
        "A leading 0, a lone 8, an area code in brackets or the groups of digits show that it is dialled inside the country. Read as international digits it would ring another country.",
        r#"{"phone": "8 (911) 000-00-00"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneSyntax {
        "phone-syntax", Error, PHONE,
        "the text is not a phone number",
        "write international digits, country code first",
        "The text has characters other than digits and the punctuation of phone numbers.",
        r#"{"phone": "79110000000?"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneTooShort {
        "phone-too-short", Error, PHONE,
        "the phone has too few digits",
        "check whether digits were lost",
        "Numbers of that country are longer.",
        r#"{"phone": "79"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneTooLong {
        "phone-too-long", Error, PHONE,
        "the phone has too many digits",
        "check whether two numbers were joined",
        "ITU E.164 allows 15 digits, country code included, and most countries use fewer.",
        r#"{"phone": "7911000000079110000001"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneCountryCode {
        "phone-country-code", Error, PHONE,
        "the phone does not begin with a country calling code",
        "put the country code in front",
        "ITU E.164 assigns every country a code of one to three digits. This text does not begin with any of them.",
        r#"{"phone": "2101234567"}"# => r#"{"phone": "302101234567"}"#
    }
    PhoneShort {
        "phone-short", Error, PHONE,
        "the phone is an emergency number or a short number of a service",
        "write the full number of the person",
        "Numbers such as 112 and 911 are dialled inside a country only. A campaign must never ring them.",
        r#"{"phone": "112"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneLength {
        "phone-length", Error, PHONE,
        "numbers of this country have another length",
        "check whether a digit was lost or doubled",
        "Numbers of this country are shorter or longer.",
        r#"{"phone": "35461112345"}"# => r#"{"phone": "3546111234"}"#
    }
    PhoneLocalOnly {
        "phone-local-only", Error, PHONE,
        "the phone can only be dialled inside its own area",
        "put the area code in front",
        "A number of this length has no area code. Dialled from elsewhere it reaches nobody, or somebody else.",
        r#"{"phone": "15550123"}"# => r#"{"phone": "12015550123"}"#
    }
    PhoneNotInPlan {
        "phone-not-in-plan", Warning, PHONE,
        "this number is not in use in its country",
        "compare it with its source",
        "The length is right, but the country has not assigned the number to any operator. Most often a digit was mistyped. At the level valid this is an error. The numbering plan comes from libphonenumber, which may be older than the country's own.",
        r#"{"phone": "72123456789"}"# => r#"{"phone": "79123456789"}"#
    }
    PhoneAmbiguous {
        "phone-ambiguous", Error, PHONE,
        "the phone is one number when dialled in the region and another as an international number",
        "write it with a plus and its country code, or choose a reading with the option prefer",
        "With a region, digits without a plus can be national or international. If both are numbers, only the owner of the list knows which one is meant.",
        r#"{"phone": "9607712345"}"# => r#"{"phone": "+79607712345"}"#
    }
    PhoneMaybeNational {
        "phone-maybe-national", Warning, None,
        "the phone may be written for dialling inside its country",
        "give the list's region, or write the phone with its country code",
"Without a region: eleven digits that begin with 8 are a Russian or Kazakh number more often than a Vietnamese one, and groups of digits that are not those of an international number are often a national one.",
        r#"{"phone": "84951234567"}"# => r#"{"phone": "74951234567"}"#
    }
    PhoneTwoReadings {
        "phone-two-readings", Warning, None,
        "the phone has a second reading that is a valid number too",
        "write it with a plus and its country code",
        "The form of the text or the option prefer decided for one of two numbers, or digits that begin with the region's own calling code are a national number. The message shows the other.",
        r#"{"phone": "4915123456789"}"# => r#"{"phone": "+4915123456789"}"#
    }
    PhoneAbroad {
        "phone-abroad", Warning, None,
        "the phone has no plus and is a number of another country than the region",
        "write it with a plus, or look for a mistyped digit",
        "Without a plus, a mistyped number of the region can be a number of another country. Then a stranger would be called.",
        r#"{"phone": "441212345678"}"# => r#"{"phone": "+441212345678"}"#
    }
    PhonePlaceholder {
        "phone-placeholder", Warning, None,
        "the phone is most likely a placeholder",
        "leave the job out, unless somebody has this number",
        "All digits after the country code are the same, or they count up from 1. People write such numbers where a form insists on one.",
        r#"{"phone": "79999999999"}"# => r#"{"phone": "79123456789"}"#
    }
    PhoneCostly {
        "phone-costly", Warning, None,
        "calls to this number cost extra",
        "remove it, unless you want to pay for the call",
        "Premium-rate and shared-cost numbers bill the caller. They do not belong to customers.",
        r#"{"phone": "78091234567"}"# => r#"{"phone": "79123456789"}"#
    }
    PhoneDuplicate {
        "phone-duplicate", Error, DOUBLED,
        "an earlier job has the same phone",
        "keep one job for each phone",
        "The service refuses a request that contains a phone twice. In two requests, the person would be called twice. A phone, in any spelling, belongs to the first row that can be sent.",
        r#"[{"phone": "79110000000"}, {"phone": "+79110000000"}]"# => r#"[{"phone": "79110000000"}]"#
    }
    PhoneExcluded {
        "phone-excluded", Error, None,
        "the phone is in an excluded list",
        "leave the job out",
        "The lists that are given as excluded (exclude, --exclude, --after) hold phones that are not to be called: people who asked for it, or jobs that were sent before. If a phone is in a list by mistake, remove it there. The directory of an earlier run is never changed: it says who was sent.",
        r#"{"phone": "79110000000"}"# => r#"{"phone": "79110000001"}"#
    }
    ZoneFarFromPhone {
        "zone-far-from-phone", Warning, None,
        "the clock of the zone differs from the phone's",
        "check which of the two is right",
        "At some time at which the job can ring, no zone of the phone's country or area has the offset of this zone. A call by this zone may wake people at night. predial looks from the start of the job (or now) until its finish, or for 366 days. A fixed offset is right for half of the year only if the phone's clock changes in summer: use the ID of a zone there.",
        r#"{"phone": "79123456789", "gmtZone": "-08:00"}"# => r#"{"phone": "79123456789", "gmtZone": "+05:00"}"#
    }
    ZoneType {
        "zone-type", Error, ZONE,
        "the gmtZone is not text",
        "write it as a string such as \"+03:00\"",
        "The service takes a string. Numbers are read as hours, from -12 to 14, if they are whole or an offset that some place has: 5.5 is +05:30, and 0.5 is probably noon in a sheet.",
        r#"{"gmtZone": true}"# => r#"{"gmtZone": "+03:00"}"#
    }
    ZoneEmpty {
        "zone-empty", Error, ZONE,
        "the gmtZone is empty",
        "remove it, or write an offset such as \"+03:00\"",
        "Empty text is not a zone. In a job an empty gmtZone counts as absent: the service uses the zone of the number.",
        r#"{"gmtZone": " "}"# => r#"{}"#
    }
    ZoneFormat {
        "zone-format", Repair, ZONE,
        "the gmtZone is not in a form that the service takes",
        "write it as an offset such as \"+03:00\" or as an IANA ID",
        "Case, spaces, quotes, a lost plus or zero, an unusual dash, decimal hours, or an ID with its own offset beside it leave one meaning, and predial sends that zone.",
        r#"{"gmtZone": "UTC +3"}"# => r#"{"gmtZone": "+03:00"}"#
    }
    ZoneSyntax {
        "zone-syntax", Error, ZONE,
        "the text is not a valid gmtZone",
        "write an offset such as \"+03:00\" or an IANA ID such as \"Europe/Moscow\"",
        "A gmtZone is Z, or an offset that may begin with UTC, GMT or UT, or an ID of the IANA time zone database.",
        r#"{"gmtZone": "+300"}"# => r#"{"gmtZone": "+03:00"}"#
    }
    ZoneRange {
        "zone-range", Error, ZONE,
        "the offset is out of range",
        "write an offset from -18:00 to +18:00, with minutes and seconds up to 59",
        "The service takes offsets up to 18 hours. An offset such as +0360 has too many minutes.",
        r#"{"gmtZone": "+0360"}"# => r#"{"gmtZone": "+04:00"}"#
    }
    ZoneAbbreviation {
        "zone-abbreviation", Error, ZONE,
        "an abbreviation is not a valid gmtZone",
        "write an offset or an IANA ID",
        "One abbreviation means several zones: CST is Chicago, Shanghai and Havana. predial never guesses one.",
        r#"{"gmtZone": "MSK"}"# => r#"{"gmtZone": "Europe/Moscow"}"#
    }
    ZoneUnsigned {
        "zone-unsigned", Error, ZONE,
        "the offset has a prefix but no sign",
        "write the sign: plus is east of Greenwich",
        "UTC3 is west of Greenwich for POSIX and east of it for people: the call could come six hours off.",
        r#"{"gmtZone": "UTC3"}"# => r#"{"gmtZone": "+03:00"}"#
    }
    ZoneRegion {
        "zone-region", Error, ZONE,
        "the IANA time zone database has no such ID",
        "find the right ID, or write the offset",
        "Region IDs come from the installed tzdata package and must match exactly.",
        r#"{"gmtZone": "Europe/Moskow"}"# => r#"{"gmtZone": "Europe/Moscow"}"#
    }
    ZonePlaceholder {
        "zone-placeholder", Error, ZONE,
        "this text does not name a zone",
        "leave the field empty, or write an offset or the ID of a place",
        "Programs write null, None, N/A, TRUE or Local where a zone is not known. Factory of IANA and Etc/Unknown of CLDR mean the same.",
        r#"{"gmtZone": "Factory"}"# => r#"{"gmtZone": "Europe/Moscow"}"#
    }
    ZoneUnknownToJvm {
        "zone-unknown-to-jvm", Warning, ZONE,
        "an older Java runtime does not know this ID",
        "if the service refuses it, write the offset or the ID of a nearby place",
        "The service runs on a JVM with its own time zone database. JDK 17 does not have this ID.",
        r#"{"gmtZone": "America/Coyhaique"}"# => r#"{"gmtZone": "-03:00"}"#
    }
    ZoneSignReversed {
        "zone-sign-reversed", Warning, None,
        "Etc/GMT zones have the opposite sign of what people mean",
        "write the offset that you mean",
        "By POSIX custom, Etc/GMT+3 is three hours west of Greenwich, at -03:00.",
        r#"{"gmtZone": "Etc/GMT+3"}"# => r#"{"gmtZone": "-03:00"}"#
    }
    PayloadType {
        "payload-type", Error, None,
        "the payload is not an object",
        "write it as an object, e.g. {\"name\": \"Alex\"}",
        concat!("The script reads payload by its keys (", payload_reader!(), "). A string or an array has no keys."),
        r#"{"payload": "Alex"}"# => r#"{"payload": {"name": "Alex"}}"#
    }
    JobNotObject {
        "job-not-object", Error, None,
        "the record is not an object",
        "write each job as an object with a phone",
        "addPhones takes an array of objects only.",
        r#"["79110000000"]"# => r#"[{"phone": "79110000000"}]"#
    }
    JobSyntax {
        "job-syntax", Error, None,
        "the record is not valid JSON",
        "correct it, or write the list with a JSON library",
        "In NDJSON only the faulty line is rejected. In a JSON array nothing after the fault can be trusted, so reading stops there.",
        r#"{"phone": 79110000000"# => r#"{"phone": 79110000000}"#
    }
    JobTooDeep {
        "job-too-deep", Error, None,
        concat!("the job is nested deeper than ", max_levels!(), " levels"),
        "flatten the payload",
        concat!("JSON readers have different limits on nesting. No script needs a payload of ", max_levels!(), " levels."),
        r#"{"payload": {"a": {"a": {"a": "and so on, 600 times"}}}}"# => r#"{"payload": {"a": "flat"}}"#
    }
    JobTooLarge {
        "job-too-large", Error, None,
        "the job is larger than a limit allows",
        "raise the limit, or shorten the payload",
        "A body contains whole jobs. A job that is larger than the limit on a body does not fit into any body. A row is held in memory as a whole. A row that is larger than the limit on rows is not read. No job has more than 65536 fields.",
        r#"{"phone": "79110000000", "payload": {"text": "longer than a body"}}"# => r#"{"phone": "79110000000", "payload": {"text": "shorter"}}"#
    }
    JobDuplicateKey {
        "job-duplicate-key", Error, None,
        "the job has this field twice",
        "keep one of the two",
        "Readers differ in which of the two values they take (RFC 8259, 4). The wrong value calls the wrong person.",
        r#"{"phone": "79110000000", "phone": "79110000001"}"# => r#"{"phone": "79110000000"}"#
    }
    JobDuplicate {
        "job-duplicate", Error, DOUBLED,
        "the job equals an earlier one in every field",
        "keep one of them",
        "The same job twice means two calls.",
        r#"[{"phone": "79110000000"}, {"phone": "79110000000"}]"# => r#"[{"phone": "79110000000"}]"#
    }
    JobUnwritable {
        "job-unwritable", Error, None,
        "the job cannot be written as JSON",
        "use plain values: text, numbers, booleans, lists, dicts",
        "The standard json module writes a job that is a dict. A value that it cannot write, or does not write as valid JSON (NaN, half of a surrogate pair), cannot be sent.",
        r#"{"phone": "79110000000", "payload": {"when": datetime(2026, 1, 1)}}"# => r#"{"phone": "79110000000", "payload": {"when": "2026-01-01"}}"#
    }
    JobUnknownField {
        "job-unknown-field", Warning, None,
        "the service does not know this field and ignores it",
        "move it to payload if the script needs it",
        "With a misspelt gmtZone the service uses the zone of the number, and nobody notices.",
        r#"{"phone": "79110000000", "gmtzone": "+03:00"}"# => r#"{"phone": "79110000000", "gmtZone": "+03:00"}"#
    }
    RecordExtraCells {
        "record-extra-cells", Error, None,
        "the record has more cells than the table has columns",
        "put quotes around the cell that contains a delimiter, or remove the extra cells",
        "A delimiter inside a text moves every following cell by one column, so the cells no longer match their columns.",
        r#"79110000000,Moscow, Russia"# => r#"79110000000,"Moscow, Russia""#
    }
    RecordOtherRun {
        "record-other-run", Error, None,
        "the record is of another run, in which other columns were the phone or the zone",
        "give the reject file of each run alone",
        "A reject file says which column is the phone. Rows of another list that were put into it may have somebody else's phone there.",
        r#"phone=Work phone,79110000000"# => r#"phone=Mobile,79110000000"#
    }
    RecordQuotes {
        "record-quotes", Error, None,
        "the quotes of the record do not match",
        "close each quote before the delimiter, and double the quotes inside a text",
        "A cell that begins with a quote must end with one (RFC 4180). An unclosed quote would include the following rows, so this line alone is rejected and reading goes on with the next line.",
        r#"79110000000,"Moscow"# => r#"79110000000,"Moscow""#
    }
    RecordCountry {
        "record-country", Warning, None,
        "the country of the record is not known, so the region of the list holds",
        "write a code such as DE or DEU, or the name of the country in English or Russian",
        "The column that map names for region has the country in which the phone of the record is dialled. A text that is not a country says nothing about the phone. Without a region of the list, the phone is read as an international number.",
        r#"442079460123,Gr. Brit."# => r#"442079460123,GB"#
    }
    RecordEncoding {
        "record-encoding", Error, None,
        "the record has bytes that are not text in the encoding of the list",
        "save the list as UTF-8",
        "The list mixes two encodings, or the export was cut. A text that cannot be read cannot be sent.",
        r#"79110000000,caf\xE9"# => r#"79110000000,café"#
    }
    UrlSyntax {
        "url-syntax", Error, None,
        "the text is not a URL",
        "percent-encode the characters that a URL cannot contain",
        "A URL has the characters of RFC 3986, and two hexadecimal digits after every %. Servers read anything else in different ways, and text after a # never reaches them.",
        "?phone=79110000000&discount=5%" => "?phone=79110000000&discount=5%25"
    }
    UrlEncoding {
        "url-encoding", Error, None,
        "the percent-encoded bytes are not UTF-8",
        "encode the text as UTF-8 before percent-encoding it",
        "In another encoding the same bytes are another name, and the script would use that name.",
        "?phone=79110000000&name=%C8%E2%E0%ED" => "?phone=79110000000&name=%D0%98%D0%B2%D0%B0%D0%BD"
    }
    UrlScheme {
        "url-scheme", Error, None,
        "the URL is not https",
        "use https",
        "The token in the path opens the campaign, and http shows it to everybody on the network. For a URL that predial reads this is a warning. predial writes http for loopback hosts only.",
        "http://app.jaicp.com" => example_host!()
    }
    UrlHost {
        "url-host", Error, None,
        "the host must be a scheme, a name and optionally a port",
        concat!("write it such as ", example_host!()),
        "User information before an @ is a secret, and makes one host look like another.",
        concat!(example_host!(), "@example.com") => example_host!()
    }
    UrlPath {
        "url-path", Error, None,
        "the URL is not the address of one job",
        "use the path /api/calls/campaign/{token}/addPhone",
        "GET addPhone has one job in its parameters, under /api/calls or /api/crmCalls. addPhones has many jobs in its body.",
        "/api/calls/campaign/{token}/addPhones" => "/api/calls/campaign/{token}/addPhone"
    }
    UrlToken {
        "url-token", Error, None,
        "the campaign's token is missing or malformed",
        "copy it from the campaign's settings, without spaces or quotes",
        "A token has letters, digits and -._~ only. predial never shows it, because it opens the campaign.",
        "/api/calls/campaign//addPhone" => "/api/calls/campaign/{token}/addPhone"
    }
    UrlParameterRepeated {
        "url-parameter-repeated", Error, None,
        "the URL has this parameter twice",
        "keep one of the two",
        "Servers differ in which of the two values they take. The wrong phone calls the wrong person.",
        "?phone=79110000000&phone=79110000001" => "?phone=79110000000"
    }
    UrlParameterUnnamed {
        "url-parameter-unnamed", Error, None,
        "the parameter has no name",
        "give it a name, or remove it",
        "Servers ignore a parameter without a name.",
        "?phone=79110000000&=Alex" => "?phone=79110000000&name=Alex"
    }
    UrlParameterMisplaced {
        "url-parameter-misplaced", Warning, None,
        "the service puts this parameter into payload, which may not be what you mean",
        "send the job by addPhones, or rename the key if it is payload",
        "The short form has the parameters phone, gmtZone and Idempotence-Key, in this spelling. Everything else goes to payload, and a policy there has no effect.",
        "?phone=79110000000&gmtzone=%2B03:00" => "?phone=79110000000&gmtZone=%2B03:00"
    }
    UrlIdempotenceKey {
        "url-idempotence-key", Error, None,
        "the idempotence key is empty",
        "remove it, or give each request its own key",
        "The service may treat requests with an empty key as one request, or as requests without a key.",
        "?phone=79110000000&Idempotence-Key=" => "?phone=79110000000"
    }
    ShortFormField {
        "short-form-field", Error, None,
        "the short form cannot carry this field",
        "send the job by addPhones",
        "GET addPhone carries a phone, a gmtZone and a payload of strings. Without its policy or its nested values, the job would call people at other times or by other names.",
        r#"{"phone": "79110000000", "payload": {"age": 42}}"# => r#"{"phone": "79110000000", "payload": {"age": "42"}}"#
    }
    ShortFormTooLong {
        "short-form-too-long", Error, None,
        "the URL is too long",
        "send the job by addPhones",
        concat!("RFC 9110 asks servers to take ", max_url_bytes!(), " bytes, and many take no more. They cut the URL or refuse the request."),
        concat!(r#"{"phone": "79110000000", "payload": {"text": "longer than "#, max_url_bytes!(), r#" bytes"}}"#) => r#"{"phone": "79110000000", "payload": {"text": "shorter"}}"#
    }
    PolicyInteger {
        "policy-integer", Repair, None,
        "the number is not written as a JSON integer",
        "write it without quotes and without a fraction",
        "Spreadsheets and data frames write 3 as \"3\" or 3.0. The service takes a JSON integer, so predial sends a whole number as one.",
        r#"{"maxAttempts": "3"}"# => r#"{"maxAttempts": 3}"#
    }
    PolicyRetryInterval {
        "policy-retry-interval", Error, None,
        concat!("the retry interval is not a whole number of minutes from 1 to ", max_retry_interval!()),
        concat!("write a JSON integer from 1 to ", max_retry_interval!(), " (two days)"),
        "The service refuses the whole request for any other interval.",
        r#"{"retryIntervalInMinutes": 0}"# => r#"{"retryIntervalInMinutes": 30}"#
    }
    PolicyMaxAttempts {
        "policy-max-attempts", Error, None,
        concat!("the number of attempts is not a whole number from 1 to ", max_attempts!()),
        concat!("write a JSON integer from 1 to ", max_attempts!()),
        "The service refuses the whole request for any other number of attempts.",
        r#"{"maxAttempts": 51}"# => r#"{"maxAttempts": 50}"#
    }
    PolicyPriority {
        "policy-priority", Error, PRIORITY,
        concat!("the priority is not a whole number from 1 to ", lowest_priority!()),
        concat!("write a JSON integer from 1 (highest) to ", lowest_priority!()),
        "The service has five priorities, and refuses the whole request for any other.",
        r#"{"dialerPriority": 10}"# => r#"{"dialerPriority": 1}"#
    }
    PolicyDate {
        "policy-date", Error, None,
        "the value is not an RFC 3339 date-time",
        "write it such as \"2030-03-23T00:00:00+03:00\"",
        "A date-time is a calendar date, a time and an offset, in a form that both RFC 3339 and Java's OffsetDateTime take.",
        r#"{"startDateTime": "23.03.2030"}"# => r#"{"startDateTime": "2030-03-23T00:00:00+03:00"}"#
    }
    PolicyDateFormat {
        "policy-date-format", Repair, None,
        "the date-time is not in a form that both RFC 3339 and Java take",
        "write it such as \"2030-03-23T00:00:00+03:00\"",
        "A space in place of the T, missing seconds, UTC for Z, an offset without its colon or minutes, or the name of a zone after it leave one meaning, and predial sends that instant.",
        r#"{"startDateTime": "2030-03-23 09:00+0300"}"# => r#"{"startDateTime": "2030-03-23T09:00:00+03:00"}"#
    }
    PolicyDateOffset {
        "policy-date-offset", Error, None,
        "the date-time has no offset",
        "end it with Z or an offset such as +03:00",
        "Without an offset a date-time is a different instant in every zone. Only the owner of the list knows which one is meant.",
        r#"{"gmtZone": "+03:00", "startDateTime": "2030-03-23T00:00:00"}"# => r#"{"gmtZone": "+03:00", "startDateTime": "2030-03-23T00:00:00+03:00"}"#
    }
    PolicyDateOrder {
        "policy-date-order", Error, None,
        "startDateTime is not before finishDateTime",
        "make startDateTime earlier than finishDateTime",
        "The two leave no time in which to call.",
        r#"{"startDateTime": "2090-01-02T00:00:00Z", "finishDateTime": "2090-01-01T00:00:00Z"}"# => r#"{"startDateTime": "2090-01-01T00:00:00Z", "finishDateTime": "2090-01-31T00:00:00Z"}"#
    }
    PolicyDays {
        "policy-days", Error, None,
        "the value is not a day of the week",
        "write an array of mon, tue, wed, thu, fri, sat, sun",
        "The service takes these seven names only.",
        r#"{"allowedDays": ["mon", "someday"]}"# => r#"{"allowedDays": ["mon"]}"#
    }
    PolicyDaysFormat {
        "policy-days-format", Repair, None,
        "the day is not in the form that the service takes",
        "write mon, tue, wed, thu, fri, sat, sun",
        "Other English or Russian names of a day, and lists and ranges of names in one text have one meaning. Numbers do not: the week may begin on Monday or on Sunday.",
        r#"{"allowedDays": ["Monday", "вт"]}"# => r#"{"allowedDays": ["mon", "tue"]}"#
    }
    PolicyDaysEmpty {
        "policy-days-empty", Error, None,
        "no day is allowed",
        "name the days, or remove allowedDays",
        "Without a day there is no call. Whether no day or every day is meant is unknown.",
        r#"{"allowedDays": []}"# => r#"{"allowedDays": ["mon", "tue", "wed", "thu", "fri"]}"#
    }
    PolicyDaysRepeated {
        "policy-days-repeated", Error, None,
        "the list names this day twice",
        "name each day once",
        "The second one may be another day, mistyped.",
        r#"{"allowedDays": ["mon", "mon"]}"# => r#"{"allowedDays": ["mon"]}"#
    }
    PolicyTime {
        "policy-time", Error, ALLOWED,
        "the value is not a time of day",
        "write HH:MM, from 00:00 to 23:59",
        "The service takes 24-hour times with two digits for the hour and two for the minute.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "09:00", "localTimeTo": "24:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "09:00", "localTimeTo": "21:59"}]}}"#
    }
    PolicyTimeFormat {
        "policy-time-format", Repair, ALLOWED,
        "the time is not written as HH:MM",
        "write two digits for the hour and two for the minute",
        "A lost zero, spaces, seconds of zero, AM and PM, or a sheet's part of a day (0.375) leave one meaning, and predial sends that time.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "9:00", "localTimeTo": "18:00:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "09:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindowFormat {
        "policy-window-format", Repair, ALLOWED,
        "the windows are not in the form that the service takes",
        "write {\"default\": [{\"localTimeFrom\": \"09:00\", \"localTimeTo\": \"18:00\"}]}",
        "from and to, a window without its array, and windows without a day have one meaning, and predial sends them in the form of the service.",
        r#"{"allowedTime": {"from": "9:00", "to": "18:00"}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "09:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindows {
        "policy-windows", Error, ALLOWED,
        "allowedTime does not have the structure that the service takes",
        "write {\"default\": [{\"localTimeFrom\": \"10:00\", \"localTimeTo\": \"18:00\"}]}, or mon to sun in place of default",
        "allowedTime is an object with the keys default and mon to sun. The value of each key is an array of windows.",
        r#"{"allowedTime": {"monday": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindowsEmpty {
        "policy-windows-empty", Error, ALLOWED,
        "the day has no window",
        "add a window; to close a day, leave it out of allowedDays",
        "The service does not take an empty array of windows.",
        r#"{"allowedTime": {"default": []}}"# => r#"{"allowedTime": {}}"#
    }
    PolicyWindowIncomplete {
        "policy-window-incomplete", Error, ALLOWED,
        "the window has only one end",
        "write both localTimeFrom and localTimeTo",
        "The documents do not say where such a window begins or ends. It may be at night.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindowOrder {
        "policy-window-order", Error, ALLOWED,
        "the window is empty: it ends when it begins",
        "make localTimeFrom earlier than localTimeTo",
        "A window includes its first instant and not its last, so this one has no time in it.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "10:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "11:00"}]}}"#
    }
    PolicyWindowMidnight {
        "policy-window-midnight", Error, ALLOWED,
        "the window crosses midnight",
        "write two windows: one up to 23:59, and one from 00:00 of the next day",
        "A window is inside one day. Perhaps the two ends were exchanged.",
        r#"{"allowedTime": {"sat": [{"localTimeFrom": "20:00", "localTimeTo": "01:00"}], "default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedTime": {"sat": [{"localTimeFrom": "20:00", "localTimeTo": "21:59"}], "default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindowOverlap {
        "policy-window-overlap", Error, ALLOWED,
        "the window overlaps another window of the day",
        "join the two windows",
        "The service refuses windows of one day that overlap. They may touch.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "15:00"}, {"localTimeFrom": "14:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyClosedDay {
        "policy-closed-day", Warning, None,
        "a day that is allowed has no window",
        "add a window for the day or a default, or leave the day out of allowedDays",
        "predial treats a day without its own key and without default as closed. The documents do not say. A day that is null counts as one without its own key: the windows of default hold on it.",
        r#"{"allowedTime": {"mon": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedDays": ["mon"], "allowedTime": {"mon": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyDeprecated {
        "policy-deprecated", Warning, None,
        "localTimeFrom and localTimeTo of a job are deprecated",
        "write allowedTime; the option canonical does this",
        "They are one window for every day, and allowedTime can say the same. If a job has both, allowedTime wins.",
        r#"{"localTimeFrom": "10:00", "localTimeTo": "18:00"}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyUnknownKey {
        "policy-unknown-key", Warning, None,
        "the service does not know this key here and ignores it",
        "remove it, or check its spelling",
        "The service ignores the value of a misspelt key.",
        r#"{"externalCheck": {"externalCheckUrl": "https://example.com/check", "maxRetries": 3}}"# => r#"{"externalCheck": {"externalCheckUrl": "https://example.com/check", "externalCheckMaxRetries": 3}}"#
    }
    PolicyExternalCheck {
        "policy-external-check", Error, None,
        "externalCheck does not have the structure that the service takes",
        "write {\"externalCheckUrl\": \"https://…\", \"externalCheckMaxRetries\": 3}, with a number from 0",
        "The URL is required, and the number of retries is a whole number.",
        r#"{"externalCheck": {"externalCheckMaxRetries": 3}}"# => r#"{"externalCheck": {"externalCheckUrl": "https://example.com/check", "externalCheckMaxRetries": 3}}"#
    }
    PolicyCheckUrl {
        "policy-check-url", Error, None,
        "the text is not an https URL that every reader understands in the same way",
        "write https:// and a host, then optionally a port, a path and a query",
        "The service requests this URL before each call, so it must be unambiguous: without credentials, fragments, backslashes or spaces, and not plain http.",
        r#"{"externalCheck": {"externalCheckUrl": "http://example.com/check"}}"# => r#"{"externalCheck": {"externalCheckUrl": "https://example.com/check"}}"#
    }
    PolicyCheckPrivate {
        "policy-check-private", Warning, None,
        "the external check is called at an address that is not public",
        "write the address by which the service reaches your server from the internet",
        "The service calls the URL from its own network. There localhost, 10.0.0.1 or a name that ends in .local is another machine or none, and nobody is called, or everybody.",
        r#"{"externalCheck": {"externalCheckUrl": "https://192.168.0.1/check"}}"# => r#"{"externalCheck": {"externalCheckUrl": "https://example.com/check"}}"#
    }
    PolicyExpired {
        "policy-expired", Error, None,
        "finishDateTime has passed",
        "write a later finishDateTime, or remove it",
        "Nobody would be called, and nobody would notice.",
        r#"{"finishDateTime": "2020-03-23T00:00:00Z"}"# => r#"{"finishDateTime": "2090-03-23T00:00:00Z"}"#
    }
    PolicyNeverRings {
        "policy-never-rings", Error, None,
        "the policy leaves no time in which to call",
        "allow more days, longer windows, or more time between startDateTime and finishDateTime",
        "The days and windows of local time exclude each other, or are outside the time from start to finish. This is a warning if it holds in some of the phone's possible zones, and an error if it holds in all of them.",
        r#"{"startDateTime": "2090-01-07T15:00:00Z", "finishDateTime": "2090-01-07T16:00:00Z", "allowedDays": ["wed"]}"# => r#"{"startDateTime": "2090-01-07T15:00:00Z", "finishDateTime": "2090-01-31T16:00:00Z", "allowedDays": ["wed"]}"#
    }
    PolicyNight {
        "policy-night", Warning, None,
        "the policy allows calls at night",
        "set hours that leave out the night, or set the hours of the night with the option night",
        "Night is from 22:00 to 08:00 local time, unless the option night says otherwise. If days or windows are set, by the job or its campaign, no time that they leave may be at night. If only startDateTime and finishDateTime are set, the campaign's own hours hold between them, so predial warns only if all of that time is at night. A job without a gmtZone is in a zone of its phone: predial warns only if the job rings at night in each of them.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "06:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "08:00", "localTimeTo": "18:00"}]}}"#
    }
}

impl Rule {
    /// Everything there is to know of the rule.
    pub fn info(self) -> &'static Info {
        &Self::INFO[self as usize]
    }

    /// The rule's name.
    ///
    /// ```
    /// assert_eq!(predial::Rule::PhoneScientific.name(), "phone-scientific");
    /// ```
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The rule of that name.
    pub fn from_name(name: &str) -> Option<Rule> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_stand_once() {
        for (i, rule) in Rule::ALL.iter().enumerate() {
            let name = rule.name();
            assert!(
                name.split('-')
                    .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase())),
                "{name}"
            );
            assert_eq!(Rule::from_name(name), Some(Rule::ALL[i]));
        }
    }
}
