#![forbid(unsafe_code)]
//! Every rule that predial knows, once: its name, how grave it is, what it says, what to do,
//! and the error type that the service answers with where it has one (Calls API 1.10.0).

use std::fmt;

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The job can't be sent.
    Error,
    /// The job is sent, and somebody should look.
    Warning,
    /// The job is sent once rewritten: one reading was left, and it was taken.
    Repair,
}

impl Severity {
    /// `error`, `warning` or `repair`.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Repair => "repair",
        }
    }
}

/// What there is to know of one rule.
#[derive(Debug)]
pub struct Info {
    /// The kebab-case name: the rule's identity in every output.
    pub name: &'static str,
    /// Its severity unless an option says otherwise.
    pub severity: Severity,
    /// The `type` of the service's 400 for the same fault, where it has one.
    pub service_type: Option<&'static str>,
    /// What is wrong, as a clause.
    pub message: &'static str,
    /// What to do about it, as a clause.
    pub remedy: &'static str,
    /// Why the rule is there, in a sentence or two.
    pub why: &'static str,
    /// A fragment of a job that breaks the rule.
    pub before: &'static str,
    /// The same fragment once mended.
    pub after: &'static str,
}

macro_rules! rules {
    ($($rule:ident { $name:literal, $severity:ident, $service:expr, $message:literal, $remedy:literal, $why:literal, $before:literal => $after:literal })*) => {
        /// One rule. Its name, severity and texts are in [`Rule::info`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Rule {
            $(#[doc = concat!("`", $name, "`: ", $message, ".")] $rule,)*
        }

        impl Rule {
            /// Every rule, in the order of the table.
            pub const ALL: &'static [Rule] = &[$(Rule::$rule,)*];
            const INFO: &'static [Info] = &[$(Info {
                name: $name,
                severity: Severity::$severity,
                service_type: $service,
                message: $message,
                remedy: $remedy,
                why: $why,
                before: $before,
                after: $after,
            },)*];
        }
    };
}

const PHONE: Option<&str> = Some("phone.bad.format");
const DOUBLED: Option<&str> = Some("phone.duplicated");
const ZONE: Option<&str> = Some("phone.gmtZone.bad.format");
const ALLOWED: Option<&str> = Some("invalid.call.allowed.time");
const PRIORITY: Option<&str> = Some("invalid.dialer_priority");

rules! {
    PhoneMissing {
        "phone-missing", Error, PHONE,
        "the job has no phone",
        "give the field phone its international digits",
        "phone is the one required field of a call job; null counts as absent.",
        r#"{"gmtZone": "+03:00"}"# => r#"{"phone": "79110000000", "gmtZone": "+03:00"}"#
    }
    PhoneEmpty {
        "phone-empty", Error, PHONE,
        "the phone is empty",
        "give it its international digits, or leave the job out",
        "An empty cell in a list arrives as an empty string; the service refuses the whole request for it.",
        r#"{"phone": " "}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneType {
        "phone-type", Error, PHONE,
        "the phone is neither text nor a whole number",
        "write it as a string of digits",
        "A boolean, an array or an object can't hold a phone number.",
        r#"{"phone": ["79110000000"]}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneFormat {
        "phone-format", Repair, PHONE,
        "the phone is not in plain digits",
        "write it as international digits only",
        "The service takes digits, country code first. A plus, punctuation, spaces, foreign digits, tel: or 00 in front leave one reading, and that is what gets sent.",
        r#"{"phone": "+7 (911) 000-00-00"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneScientific {
        "phone-scientific", Error, PHONE,
        "the phone is in scientific notation: digits were lost",
        "export the column as text",
        "A spreadsheet shows a long number as 7.911E+10, and its export keeps only what it shows. Which number it was can't be told.",
        r#"{"phone": "7.911E+10"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneLetters {
        "phone-letters", Error, PHONE,
        "the phone has letters in it",
        "write digits only",
        "A vanity number or a name in the phone column: libphonenumber would read letters as keypad digits, and ring a stranger.",
        r#"{"phone": "1-800-FLOWERS"}"# => r#"{"phone": "18003569377"}"#
    }
    PhoneExtension {
        "phone-extension", Error, PHONE,
        "the phone has an extension",
        "leave the extension out, or put it into payload",
        "The service dials digits and no extension: whoever answers the main line would be called.",
        r#"{"phone": "+7 495 123-45-67 ext. 12"}"# => r#"{"phone": "74951234567"}"#
    }
    PhoneMultiple {
        "phone-multiple", Error, PHONE,
        "the field holds several numbers",
        "make one job of each",
        "A cell with two numbers is two jobs or a choice, and only its owner knows which.",
        r#"{"phone": "79110000000, 79110000001"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneNational {
        "phone-national", Error, PHONE,
        "the phone is written for dialling inside its country",
        "write it with its country code",
        "A lone 8 or 0 in front is a trunk prefix, dialled only inside the country; read as international digits it would ring another country.",
        r#"{"phone": "8 (911) 000-00-00"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneSyntax {
        "phone-syntax", Error, PHONE,
        "the text is no phone number",
        "write international digits, country code first",
        "Something is left over beside digits and the punctuation that phone numbers are written with.",
        r#"{"phone": "79110000000?"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneTooShort {
        "phone-too-short", Error, PHONE,
        "the phone has too few digits",
        "look for the digits that were lost",
        "No number of that country is so short.",
        r#"{"phone": "79"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneTooLong {
        "phone-too-long", Error, PHONE,
        "the phone has too many digits",
        "look for two numbers run together",
        "ITU E.164 allows 15 digits, country code included, and most countries use fewer.",
        r#"{"phone": "7911000000079110000001"}"# => r#"{"phone": "79110000000"}"#
    }
    PhoneCountryCode {
        "phone-country-code", Error, PHONE,
        "the phone begins with no assigned country calling code",
        "put the country code in front",
        "ITU E.164 assigns every country a code of one to three digits; this text begins with none of them.",
        r#"{"phone": "2101234567"}"# => r#"{"phone": "302101234567"}"#
    }
    PhoneLength {
        "phone-length", Error, PHONE,
        "no number of the country has so many digits",
        "look for a digit that was lost or doubled",
        "Numbers of the country are shorter or longer, and none has this length.",
        r#"{"phone": "35461112345"}"# => r#"{"phone": "3546111234"}"#
    }
    PhoneLocalOnly {
        "phone-local-only", Error, PHONE,
        "the phone can be dialled in its own area only",
        "put the area code in front",
        "So many digits are a number without its area code: from elsewhere it rings nobody, or somebody else.",
        r#"{"phone": "15550123"}"# => r#"{"phone": "12015550123"}"#
    }
    PhoneNotInPlan {
        "phone-not-in-plan", Warning, PHONE,
        "the phone lies in no range that its country has assigned",
        "compare it with where it came from",
        "Its length is right, and no operator has been given it: most often a mistyped digit. At the level valid this is an error. The numbering plan is libphonenumber's, and may be behind the country's.",
        r#"{"phone": "72123456789"}"# => r#"{"phone": "79123456789"}"#
    }
    PhoneAmbiguous {
        "phone-ambiguous", Error, PHONE,
        "the phone is one number when dialled in the region and another as an international number",
        "write it with a plus and its country code, or say which reading to prefer",
        "With a region given, digits without a plus may be national or international. Where both are numbers, only the list's owner knows which.",
        r#"{"phone": "9607712345"}"# => r#"{"phone": "+79607712345"}"#
    }
    PhoneMaybeNational {
        "phone-maybe-national", Warning, None,
        "the phone may be written for dialling inside its country",
        "give the list's region, or write the phone with its country code",
        "Eleven digits that begin with 8 are a Russian or Kazakh number more often than a Vietnamese, Chinese or Japanese one, and these are valid as both.",
        r#"{"phone": "84951234567"}"# => r#"{"phone": "74951234567"}"#
    }
    PhoneCostly {
        "phone-costly", Warning, None,
        "the phone is a number with a charge of its own",
        "leave it out, unless you mean to pay",
        "Premium-rate and shared-cost numbers bill the caller, and no customer has one.",
        r#"{"phone": "78091234567"}"# => r#"{"phone": "79123456789"}"#
    }
    PhoneDuplicate {
        "phone-duplicate", Error, DOUBLED,
        "the same phone stands in an earlier job",
        "keep one job for a phone",
        "The service refuses a request that holds a phone twice; across requests the person would be called twice. However it is spelt, a phone belongs to its first sendable row.",
        r#"[{"phone": "79110000000"}, {"phone": "+79110000000"}]"# => r#"[{"phone": "79110000000"}]"#
    }
    ZoneFarFromPhone {
        "zone-far-from-phone", Warning, None,
        "the gmtZone is far from where the phone is",
        "look which of the two is right",
        "The zone's offset now is none that the number's country or area has: called by it, people may be woken at night.",
        r#"{"phone": "79123456789", "gmtZone": "-08:00"}"# => r#"{"phone": "79123456789", "gmtZone": "+05:00"}"#
    }
    ZoneType {
        "zone-type", Error, ZONE,
        "the gmtZone is no text",
        "write it as a string such as \"+03:00\"",
        "The service takes a string; only whole hours from -12 to 14 leave one reading of a number.",
        r#"{"gmtZone": true}"# => r#"{"gmtZone": "+03:00"}"#
    }
    ZoneEmpty {
        "zone-empty", Error, ZONE,
        "the gmtZone is empty",
        "leave it out, or write an offset such as \"+03:00\"",
        "Empty text is no zone. In a job an empty gmtZone counts as absent: the service uses the zone of the number.",
        r#"{"gmtZone": " "}"# => r#"{}"#
    }
    ZoneFormat {
        "zone-format", Repair, ZONE,
        "the gmtZone is not written as the service takes it",
        "write it as an offset such as \"+03:00\" or as an IANA ID",
        "Case, spaces, a lost plus or zero, an unusual dash or decimal hours leave one reading, and that is what gets sent.",
        r#"{"gmtZone": "UTC +3"}"# => r#"{"gmtZone": "+03:00"}"#
    }
    ZoneSyntax {
        "zone-syntax", Error, ZONE,
        "the text is no gmtZone",
        "write an offset such as \"+03:00\" or an IANA ID such as \"Europe/Moscow\"",
        "A gmtZone is Z, an offset with or without UTC, GMT or UT in front, or an ID of the IANA time zone database.",
        r#"{"gmtZone": "+300"}"# => r#"{"gmtZone": "+03:00"}"#
    }
    ZoneRange {
        "zone-range", Error, ZONE,
        "the offset is out of range",
        "offsets go from -18:00 to +18:00, minutes and seconds to 59",
        "The service takes no offset beyond 18 hours; one such as +0360 is no time at all.",
        r#"{"gmtZone": "+0360"}"# => r#"{"gmtZone": "+04:00"}"#
    }
    ZoneAbbreviation {
        "zone-abbreviation", Error, ZONE,
        "an abbreviation is no gmtZone",
        "write an offset or an IANA ID",
        "Abbreviations are used by several zones each: CST is Chicago, Shanghai and Havana. One is never guessed.",
        r#"{"gmtZone": "MSK"}"# => r#"{"gmtZone": "Europe/Moscow"}"#
    }
    ZoneUnsigned {
        "zone-unsigned", Error, ZONE,
        "the offset has a prefix and no sign",
        "write the sign: east of Greenwich is plus",
        "UTC3 is west of Greenwich to POSIX and east of it to people: the job would ring six hours off.",
        r#"{"gmtZone": "UTC3"}"# => r#"{"gmtZone": "+03:00"}"#
    }
    ZoneRegion {
        "zone-region", Error, ZONE,
        "no such ID in the IANA time zone database",
        "look the ID up, or write the offset",
        "Region IDs are taken to the letter from the installed tzdata.",
        r#"{"gmtZone": "Europe/Moskow"}"# => r#"{"gmtZone": "Europe/Moscow"}"#
    }
    ZonePlaceholder {
        "zone-placeholder", Error, ZONE,
        "the ID stands for no zone at all",
        "write an offset or the ID of a place",
        "Factory is what IANA ships for a machine whose zone was never set.",
        r#"{"gmtZone": "Factory"}"# => r#"{"gmtZone": "Europe/Moscow"}"#
    }
    ZoneUnknownToJvm {
        "zone-unknown-to-jvm", Warning, ZONE,
        "an older Java runtime does not know this ID",
        "write the offset, or an ID of a neighbouring place, if the service refuses it",
        "The service runs on a JVM with a time zone database of its own; JDK 17 does not have this ID.",
        r#"{"gmtZone": "America/Coyhaique"}"# => r#"{"gmtZone": "-03:00"}"#
    }
    ZoneSignReversed {
        "zone-sign-reversed", Warning, None,
        "the sign of Etc/GMT zones is the reverse of what people mean",
        "write the offset that you mean",
        "By POSIX custom Etc/GMT+3 lies three hours west of Greenwich, at -03:00.",
        r#"{"gmtZone": "Etc/GMT+3"}"# => r#"{"gmtZone": "-03:00"}"#
    }
    PayloadType {
        "payload-type", Error, None,
        "the payload is no object",
        "write it as an object, e.g. {\"name\": \"Alex\"}",
        "The script reads payload by its keys ($dialer.getPayload); a string or an array has none.",
        r#"{"payload": "Alex"}"# => r#"{"payload": {"name": "Alex"}}"#
    }
    JobNotObject {
        "job-not-object", Error, None,
        "the record is no object",
        "write each job as an object with a phone",
        "addPhones takes an array of objects, and nothing else in it.",
        r#"["79110000000"]"# => r#"[{"phone": "79110000000"}]"#
    }
    JobSyntax {
        "job-syntax", Error, None,
        "the record is no JSON",
        "mend it, or write the list by a JSON library",
        "A line of NDJSON that can't be read costs itself alone; in a JSON array nothing behind the fault can be trusted, and reading ends there.",
        r#"{"phone": 79110000000"# => r#"{"phone": 79110000000}"#
    }
    JobTooDeep {
        "job-too-deep", Error, None,
        "the job is nested deeper than 512 levels",
        "flatten the payload",
        "JSON readers give up on deep nesting at different depths; 512 levels is far beyond any payload that a script reads.",
        r#"{"payload": {"a": {"a": {"a": "and so on, 600 times"}}}}"# => r#"{"payload": {"a": "flat"}}"#
    }
    JobTooLarge {
        "job-too-large", Error, None,
        "the job is larger than a limit allows",
        "raise the limit, or shorten the payload",
        "A body holds whole jobs: one that exceeds max_bytes by itself fits into none. A row is held in memory as a whole: one that exceeds max_row_bytes is not read. No job has more than 65536 fields.",
        r#"{"phone": "79110000000", "payload": {"text": "longer than max_bytes"}}"# => r#"{"phone": "79110000000", "payload": {"text": "shorter"}}"#
    }
    JobDuplicateKey {
        "job-duplicate-key", Error, None,
        "the field stands twice in the job",
        "keep one of the two",
        "Which of the two values a reader takes is its own affair (RFC 8259, 4); the wrong one rings the wrong person.",
        r#"{"phone": "79110000000", "phone": "79110000001"}"# => r#"{"phone": "79110000000"}"#
    }
    JobDuplicate {
        "job-duplicate", Error, DOUBLED,
        "the job equals an earlier one in every field",
        "keep one of them",
        "The same job twice is a call made twice.",
        r#"[{"phone": "79110000000"}, {"phone": "79110000000"}]"# => r#"[{"phone": "79110000000"}]"#
    }
    JobUnwritable {
        "job-unwritable", Error, None,
        "the job can't be written as JSON",
        "give it plain values: text, numbers, booleans, lists, dicts",
        "A job given as a dict is written by the standard json module; what that can't write, or writes as no JSON (NaN, half of a surrogate pair), can't be sent.",
        r#"{"phone": "79110000000", "payload": {"when": datetime(2026, 1, 1)}}"# => r#"{"phone": "79110000000", "payload": {"when": "2026-01-01"}}"#
    }
    JobUnknownField {
        "job-unknown-field", Warning, None,
        "the service knows no such field and ignores it without a word",
        "put it into payload if the script needs it",
        "A misspelt gmtZone rings people at the number's own zone, and nobody notices.",
        r#"{"phone": "79110000000", "gmtzone": "+03:00"}"# => r#"{"phone": "79110000000", "gmtZone": "+03:00"}"#
    }
    RecordExtraCells {
        "record-extra-cells", Error, None,
        "the record has more cells than the table has columns",
        "put the cell that holds a delimiter into quotes, or take the surplus out",
        "A delimiter inside a text shifts every cell behind it by one: which cell belongs to which column can't be told.",
        r#"79110000000,Moscow, Russia"# => r#"79110000000,"Moscow, Russia""#
    }
    RecordQuotes {
        "record-quotes", Error, None,
        "the record's quotes don't match",
        "close each quote before the delimiter, and double those that belong to the text",
        "A cell that begins with a quote ends with one (RFC 4180). Where that is never closed it would swallow the rows behind it, so the line is rejected by itself and reading goes on with the next.",
        r#"79110000000,"Moscow"# => r#"79110000000,"Moscow""#
    }
    RecordEncoding {
        "record-encoding", Error, None,
        "the record has bytes that are no text in the list's encoding",
        "save the list as UTF-8",
        "Two encodings in one list, or an export that was cut: a text that can't be read can't be sent.",
        r#"79110000000,caf\xE9"# => r#"79110000000,café"#
    }
    UrlSyntax {
        "url-syntax", Error, None,
        "the text is no URL",
        "percent-encode what a URL can't hold",
        "A URL holds the characters of RFC 3986, and two hexadecimal digits after every %. What a server reads in the place of anything else is its own affair, and what follows a # never reaches it.",
        "?phone=79110000000&discount=5%" => "?phone=79110000000&discount=5%25"
    }
    UrlEncoding {
        "url-encoding", Error, None,
        "the percent-encoded bytes are no UTF-8",
        "encode the text as UTF-8 before percent-encoding it",
        "In another encoding the same bytes are another name; the script would greet people by it.",
        "?phone=79110000000&name=%C8%E2%E0%ED" => "?phone=79110000000&name=%D0%98%D0%B2%D0%B0%D0%BD"
    }
    UrlScheme {
        "url-scheme", Error, None,
        "the URL is not https",
        "use https",
        "The token in the path opens the campaign, and http shows it to everybody on the way. In a URL that is read it is a warning; predial writes it for the own machine alone.",
        "http://app.jaicp.com" => "https://app.jaicp.com"
    }
    UrlHost {
        "url-host", Error, None,
        "the host is not a scheme, a name and perhaps a port",
        "write it such as https://app.jaicp.com",
        "User information before an @ is a secret of its own, and makes one host look like another.",
        "https://app.jaicp.com@example.com" => "https://app.jaicp.com"
    }
    UrlPath {
        "url-path", Error, None,
        "the URL is not the address of one job",
        "the path is /api/calls/campaign/{token}/addPhone",
        "GET addPhone has one job in its parameters, at /api/calls or /api/crmCalls; addPhones has many in its body.",
        "/api/calls/campaign/{token}/addPhones" => "/api/calls/campaign/{token}/addPhone"
    }
    UrlToken {
        "url-token", Error, None,
        "the campaign's token is missing or no token",
        "copy it from the campaign's settings, without spaces or quotes",
        "A token stands in the path as it is: letters, digits and -._~. It is never shown, since it opens the campaign.",
        "/api/calls/campaign//addPhone" => "/api/calls/campaign/{token}/addPhone"
    }
    UrlParameterRepeated {
        "url-parameter-repeated", Error, None,
        "the parameter stands twice",
        "keep one of the two",
        "Which of the two values a server takes is its own affair; the wrong phone rings the wrong person.",
        "?phone=79110000000&phone=79110000001" => "?phone=79110000000"
    }
    UrlParameterUnnamed {
        "url-parameter-unnamed", Error, None,
        "the parameter has no name",
        "name it, or leave it out",
        "Servers drop what has no name, without a word.",
        "?phone=79110000000&=Alex" => "?phone=79110000000&name=Alex"
    }
    UrlParameterMisplaced {
        "url-parameter-misplaced", Warning, None,
        "the service puts the parameter into payload, and something else was perhaps meant",
        "send the job by addPhones, or rename the key if it is payload",
        "The short form knows phone, gmtZone and Idempotence-Key, spelt so; all else is payload. A campaign whose policy went there calls without any.",
        "?phone=79110000000&gmtzone=%2B03:00" => "?phone=79110000000&gmtZone=%2B03:00"
    }
    UrlIdempotenceKey {
        "url-idempotence-key", Error, None,
        "the idempotence key is empty",
        "leave it out, or give each request a key of its own",
        "Requests that share an empty key may be taken for one, or for ones without any.",
        "?phone=79110000000&Idempotence-Key=" => "?phone=79110000000"
    }
    ShortFormField {
        "short-form-field", Error, None,
        "the short form has no place for the field",
        "send the job by addPhones",
        "GET addPhone carries a phone, a gmtZone and payload of strings. A policy or a nested value that got lost on the way would call people at other times, or by other names.",
        r#"{"phone": "79110000000", "payload": {"age": 42}}"# => r#"{"phone": "79110000000", "payload": {"age": "42"}}"#
    }
    ShortFormTooLong {
        "short-form-too-long", Error, None,
        "the URL is too long",
        "send the job by addPhones",
        "RFC 9110 asks of servers to take 8000 bytes, and many take no more: the rest is cut off or the request refused.",
        r#"{"phone": "79110000000", "payload": {"text": "longer than 8000 bytes"}}"# => r#"{"phone": "79110000000", "payload": {"text": "shorter"}}"#
    }
    PolicyInteger {
        "policy-integer", Repair, None,
        "the number is not written as a JSON integer",
        "write it without quotes and without a fraction",
        "Spreadsheets and data frames write 3 as \"3\" or 3.0; the service takes a JSON integer. A number that is whole is sent as one.",
        r#"{"maxAttempts": "3"}"# => r#"{"maxAttempts": 3}"#
    }
    PolicyRetryInterval {
        "policy-retry-interval", Error, None,
        "the retry interval is no whole number of minutes from 1 to 2880",
        "write a JSON integer from 1 to 2880 (two days)",
        "The service refuses the whole request for an interval that it can't keep.",
        r#"{"retryIntervalInMinutes": 0}"# => r#"{"retryIntervalInMinutes": 30}"#
    }
    PolicyMaxAttempts {
        "policy-max-attempts", Error, None,
        "the number of attempts is no whole number from 1 to 50",
        "write a JSON integer from 1 to 50",
        "The service refuses the whole request for a number of attempts beyond that.",
        r#"{"maxAttempts": 51}"# => r#"{"maxAttempts": 50}"#
    }
    PolicyPriority {
        "policy-priority", Error, PRIORITY,
        "the priority is no whole number from 1 to 5",
        "write a JSON integer from 1 (highest) to 5",
        "The service knows five priorities, and refuses the whole request for another.",
        r#"{"dialerPriority": 10}"# => r#"{"dialerPriority": 1}"#
    }
    PolicyDate {
        "policy-date", Error, None,
        "the value is no date-time of RFC 3339",
        "write it such as \"2030-03-23T00:00:00+03:00\"",
        "A date and a time of the calendar with an offset, as RFC 3339 and Java's OffsetDateTime both take it.",
        r#"{"startDateTime": "23.03.2030"}"# => r#"{"startDateTime": "2030-03-23T00:00:00+03:00"}"#
    }
    PolicyDateFormat {
        "policy-date-format", Repair, None,
        "the date-time is not written as RFC 3339 and Java both take it",
        "write it such as \"2030-03-23T00:00:00+03:00\"",
        "A space for the T, missing seconds, an offset without its colon or minutes leave one reading, and that is what gets sent.",
        r#"{"startDateTime": "2030-03-23 09:00+0300"}"# => r#"{"startDateTime": "2030-03-23T09:00:00+03:00"}"#
    }
    PolicyDateOffset {
        "policy-date-offset", Error, None,
        "the date-time has no offset",
        "end it with Z or an offset such as +03:00",
        "Without an offset a date-time is another instant in every zone, and whose it is only the list's owner knows.",
        r#"{"gmtZone": "+03:00", "startDateTime": "2030-03-23T00:00:00"}"# => r#"{"gmtZone": "+03:00", "startDateTime": "2030-03-23T00:00:00+03:00"}"#
    }
    PolicyDateOrder {
        "policy-date-order", Error, None,
        "the job starts when it is finished, or after that",
        "let startDateTime lie before finishDateTime",
        "Between the two there is no instant at which to call.",
        r#"{"startDateTime": "2090-01-02T00:00:00Z", "finishDateTime": "2090-01-01T00:00:00Z"}"# => r#"{"startDateTime": "2090-01-01T00:00:00Z", "finishDateTime": "2090-01-31T00:00:00Z"}"#
    }
    PolicyDays {
        "policy-days", Error, None,
        "the value is no day of the week",
        "write an array of mon, tue, wed, thu, fri, sat, sun",
        "The service knows the days by these seven names.",
        r#"{"allowedDays": ["mon", "someday"]}"# => r#"{"allowedDays": ["mon"]}"#
    }
    PolicyDaysFormat {
        "policy-days-format", Repair, None,
        "the day is not written as the service takes it",
        "write mon, tue, wed, thu, fri, sat, sun",
        "Other names of a day in English or Russian, and its number by ISO 8601 (1 is Monday), leave one reading. 0 is Sunday to some and Monday to others.",
        r#"{"allowedDays": ["Monday", 2]}"# => r#"{"allowedDays": ["mon", "tue"]}"#
    }
    PolicyDaysEmpty {
        "policy-days-empty", Error, None,
        "no day is allowed",
        "name the days, or leave allowedDays out",
        "On no day there is no call; whether none or all was meant can't be told.",
        r#"{"allowedDays": []}"# => r#"{"allowedDays": ["mon", "tue", "wed", "thu", "fri"]}"#
    }
    PolicyDaysRepeated {
        "policy-days-repeated", Error, None,
        "the day stands twice",
        "name each day once",
        "A day that stands twice may be another one mistyped.",
        r#"{"allowedDays": ["mon", "mon"]}"# => r#"{"allowedDays": ["mon"]}"#
    }
    PolicyTime {
        "policy-time", Error, ALLOWED,
        "the value is no time of day",
        "write HH:MM from 00:00 to 23:59",
        "The service takes hours and minutes of 24 hours, two digits each.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "09:00", "localTimeTo": "24:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "09:00", "localTimeTo": "21:59"}]}}"#
    }
    PolicyTimeFormat {
        "policy-time-format", Repair, ALLOWED,
        "the time is not written as HH:MM",
        "write two digits for the hour and two for the minute",
        "A lost zero, spaces, or seconds that are zero leave one reading, and that is what gets sent.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "9:00", "localTimeTo": "18:00:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "09:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindows {
        "policy-windows", Error, ALLOWED,
        "the allowed time is not built as the service takes it",
        "write {\"default\": [{\"localTimeFrom\": \"10:00\", \"localTimeTo\": \"18:00\"}]}, or mon to sun for default",
        "allowedTime is an object whose keys are default and the days mon to sun; under each stands an array of windows.",
        r#"{"allowedTime": {"monday": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindowsEmpty {
        "policy-windows-empty", Error, ALLOWED,
        "the day has no window",
        "give it one; close a day by leaving it out of allowedDays",
        "The service takes no empty array of windows.",
        r#"{"allowedTime": {"default": []}}"# => r#"{"allowedTime": {}}"#
    }
    PolicyWindowIncomplete {
        "policy-window-incomplete", Error, ALLOWED,
        "the window has one end only",
        "write both localTimeFrom and localTimeTo",
        "Where a window with one end begins or ends is not documented; it may be at night.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindowOrder {
        "policy-window-order", Error, ALLOWED,
        "the window ends when it begins",
        "let localTimeFrom lie before localTimeTo",
        "Windows are half open: between a time and itself there is nothing.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "10:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "11:00"}]}}"#
    }
    PolicyWindowMidnight {
        "policy-window-midnight", Error, ALLOWED,
        "the window goes over midnight",
        "write two windows, one up to 23:59 and one from 00:00 of the next day",
        "A window lies within one day. The two ends may also have been exchanged.",
        r#"{"allowedTime": {"sat": [{"localTimeFrom": "20:00", "localTimeTo": "01:00"}], "default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedTime": {"sat": [{"localTimeFrom": "20:00", "localTimeTo": "21:59"}], "default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyWindowOverlap {
        "policy-window-overlap", Error, ALLOWED,
        "the window overlaps another of the day",
        "make one of the two",
        "The service refuses windows of one day that overlap; they may touch.",
        r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "15:00"}, {"localTimeFrom": "14:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyClosedDay {
        "policy-closed-day", Warning, None,
        "an allowed day has no window",
        "give it one or a default, or name the other days in allowedDays",
        "A day with neither its own key nor default is taken as closed; the documents do not say.",
        r#"{"allowedTime": {"mon": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"# => r#"{"allowedDays": ["mon"], "allowedTime": {"mon": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyDeprecated {
        "policy-deprecated", Warning, None,
        "localTimeFrom and localTimeTo of a job are deprecated",
        "write allowedTime; canonical does it",
        "They are one window for every day, which allowedTime says as well; where both stand, allowedTime wins.",
        r#"{"localTimeFrom": "10:00", "localTimeTo": "18:00"}"# => r#"{"allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}}"#
    }
    PolicyUnknownKey {
        "policy-unknown-key", Warning, None,
        "the service knows no such key here, and ignores it without a word",
        "leave it out, or look for a misspelt one",
        "What stands under a misspelt key is not kept.",
        r#"{"externalCheck": {"externalCheckUrl": "https://example.com/check", "maxRetries": 3}}"# => r#"{"externalCheck": {"externalCheckUrl": "https://example.com/check", "externalCheckMaxRetries": 3}}"#
    }
    PolicyExternalCheck {
        "policy-external-check", Error, None,
        "the external check is not built as the service takes it",
        "write {\"externalCheckUrl\": \"https://…\", \"externalCheckMaxRetries\": 3}, the number 0 or more",
        "The URL is required; the retries are a whole number.",
        r#"{"externalCheck": {"externalCheckMaxRetries": 3}}"# => r#"{"externalCheck": {"externalCheckUrl": "https://example.com/check", "externalCheckMaxRetries": 3}}"#
    }
    PolicyCheckUrl {
        "policy-check-url", Error, None,
        "the text is no https URL that every reader takes for the same",
        "write https://, a host, and perhaps a port, a path and a query",
        "What the service calls before each call must be what its author meant: no credentials, fragments, backslashes or spaces, and no plain http.",
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
        "the job is over",
        "give it a later finishDateTime, or leave it out",
        "Its finishDateTime lies in the past: nobody would be called, and nobody would notice.",
        r#"{"finishDateTime": "2020-03-23T00:00:00Z"}"# => r#"{"finishDateTime": "2090-03-23T00:00:00Z"}"#
    }
    PolicyNeverRings {
        "policy-never-rings", Error, None,
        "the policy allows no instant at which to call",
        "widen the days, the windows, or the time from startDateTime to finishDateTime",
        "The days and windows of local time exclude each other, or miss the time from start to finish. A warning where that is so in some of the zones in which the phone may be, an error where it is so in all of them.",
        r#"{"startDateTime": "2090-01-07T15:00:00Z", "finishDateTime": "2090-01-07T16:00:00Z", "allowedDays": ["wed"]}"# => r#"{"startDateTime": "2090-01-07T15:00:00Z", "finishDateTime": "2090-01-31T16:00:00Z", "allowedDays": ["wed"]}"#
    }
    PolicyNight {
        "policy-night", Warning, None,
        "the windows allow calls at night",
        "narrow them, or say by an option what night is",
        "Between 22:00 and 08:00 local time, unless an option says otherwise, people are woken.",
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
