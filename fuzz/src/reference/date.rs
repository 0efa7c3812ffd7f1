//! Date-times that both RFC 3339 and Java's `OffsetDateTime.parse` accept, read from left to right.
//! Days are counted one year at a time.

/// Seconds since 1970-01-01T00:00:00Z, rounded down, and nanoseconds after them.
pub fn instant(text: &str) -> Option<(i64, u32)> {
    let mut rest = Rest(text);
    let year = rest.number(4)?;
    rest.one_of("-")?;
    let month = rest.number(2)?;
    rest.one_of("-")?;
    let day = rest.number(2)?;
    rest.one_of("Tt")?;
    let hour = rest.number(2)?;
    rest.one_of(":")?;
    let minute = rest.number(2)?;
    rest.one_of(":")?;
    let second = rest.number(2)?;
    let nanos = match rest.one_of(".") {
        Some(_) => rest.fraction()?,
        None => 0,
    };
    let offset = match rest.one_of("Zz+-")? {
        sign @ ('+' | '-') => {
            let hours = rest.number(2)?;
            rest.one_of(":")?;
            let minutes = rest.number(2)?;
            let all = hours * 60 + minutes;
            if minutes > 59 || all > 18 * 60 {
                return None;
            }
            if sign == '-' { -all } else { all }
        }
        _ => 0,
    };
    let is_time = hour < 24 && minute < 60 && second < 60;
    if !rest.0.is_empty() || !is_time {
        return None;
    }
    let days = days(year, month, day)?;
    let local = days * 86_400 + hour * 3600 + minute * 60 + second;
    Some((local - offset * 60, nanos))
}

/// Days since 1970-01-01 of a day of the calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let february = if is_leap(year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let in_month = *months.get(usize::try_from(month - 1).ok()?)?;
    if !(1..=in_month).contains(&day) {
        return None;
    }
    let of_year = |year| if is_leap(year) { 366 } else { 365 };
    let years: i64 = match year >= 1970 {
        true => (1970..year).map(of_year).sum(),
        false => -(year..1970).map(of_year).sum::<i64>(),
    };
    let before: i64 = months[..(month - 1) as usize].iter().sum();
    Some(years + before + day - 1)
}

struct Rest<'t>(&'t str);

impl Rest<'_> {
    fn one_of(&mut self, these: &str) -> Option<char> {
        let first = self.0.chars().next().filter(|c| these.contains(*c))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first)
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        self.0 = rest;
        is_number.then(|| number.parse().ok())?
    }

    fn fraction(&mut self) -> Option<u32> {
        let digits: String = self.0.chars().take_while(char::is_ascii_digit).collect();
        self.0 = &self.0[digits.len()..];
        let is_some = (1..=9).contains(&digits.len());
        is_some.then(|| format!("{digits:0<9}").parse().ok())?
    }
}
