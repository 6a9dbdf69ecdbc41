//! Dates that ID3v2.3 writes in three frames (section 4.2.1): `TYER`, `TDAT` as `DDMM`, `TIME` as
//! `HHMM`.

/// The parts of a date.
#[derive(Default)]
pub(super) struct When {
    year: Option<String>,
    day: Option<String>,
    time: Option<String>,
}

impl When {
    /// The part that a frame gives, in ID3v2.3 and in 2.2.
    pub fn part(&mut self, frame: &str) -> Option<&mut Option<String>> {
        match frame {
            "TYER" | "TYE" => Some(&mut self.year),
            "TDAT" | "TDA" => Some(&mut self.day),
            "TIME" | "TIM" => Some(&mut self.time),
            _ => None,
        }
    }

    /// The date as ID3v2.4 writes it. A year that is more or less than a year stays as it is; of
    /// several, which taggers write as in ID3v2.4, the first counts.
    pub fn date(self) -> Option<String> {
        let mut date = self.year?;
        date.truncate(date.find('\0').unwrap_or(date.len()));
        let is_year = date.len() == 4 && date.bytes().all(|byte| byte.is_ascii_digit());
        let day = self.day.as_deref().and_then(two_numbers);
        if let Some((day, month)) =
            day.filter(|&(day, month)| is_year && (1..=31).contains(&day) && (1..=12).contains(&month))
        {
            date.push_str(&format!("-{month:02}-{day:02}"));
            let time = self.time.as_deref().and_then(two_numbers);
            if let Some((hour, minute)) = time.filter(|&(hour, minute)| hour < 24 && minute < 60) {
                date.push_str(&format!("T{hour:02}:{minute:02}"));
            }
        }
        Some(date)
    }
}

fn two_numbers(digits: &str) -> Option<(u8, u8)> {
    let (first, second) = digits.split_at_checked(2).filter(|_| digits.len() == 4)?;
    Some((first.parse().ok()?, second.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_frames_are_one_date() {
        for (parts, expected) in [
            (["1999", "0405", "1230"], Some("1999-05-04T12:30")),
            (["1999", "0405", ""], Some("1999-05-04")),
            (["1999", "", "1230"], Some("1999")),
            (["1999", "0000", "1230"], Some("1999")),
            (["1999", "0405", "9999"], Some("1999-05-04")),
            (["1999-05", "0405", ""], Some("1999-05")),
            (["about 1999", "0405", ""], Some("about 1999")),
            (["1999", "é05", ""], Some("1999")),
            (["1999\02004", "0405", ""], Some("1999-05-04")),
        ] {
            let mut when = When::default();
            for (frame, part) in ["TYER", "TDA", "TIME"].into_iter().zip(parts).filter(|(_, part)| !part.is_empty()) {
                *when.part(frame).unwrap() = Some(part.to_owned());
            }
            assert_eq!(when.date().as_deref(), expected);
        }
        assert_eq!(When::default().date(), None);
    }
}
