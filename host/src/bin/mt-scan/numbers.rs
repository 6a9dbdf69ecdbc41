//! Numbers, for people.

pub fn number(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// The number with a comma after every three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The same with decimals.
fn decimal(number: f64) -> String {
    let text = format!("{number:.1}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, "0"));
    format!("{}.{rest}", thousands(whole.parse().unwrap_or(0)))
}

pub fn length(milliseconds: u64) -> String {
    match milliseconds as f64 / 1000.0 {
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7200.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{} hours", decimal(seconds / 3600.0)),
    }
}

pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut amount = bytes as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if amount < 1000.0 {
            return format!("{} {unit}", decimal(amount));
        }
        amount /= 1000.0;
    }
    format!("{} TB", decimal(amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1000), "1.0 kB");
        assert_eq!(size(4_321_000_000_000_000), "4,321.0 TB");
        assert_eq!(length(119_499), "119 s");
        assert_eq!(length(120_000), "2 min");
        assert_eq!(length(7_199_999), "120 min");
        assert_eq!(length(4_321_000_000), "1,200.3 hours");
    }
}
