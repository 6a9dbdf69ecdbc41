//! Which charset texts are in. A wrong answer spoils a text that was right, so doubt is `None`.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, SHIFT_JIS, WINDOWS_1251};

/// Characters of East Asia that a file has at least: what they are is judged by how frequent they
/// are.
const LEAST_EAST_ASIAN: usize = 4;
/// Letters of Cyrillic that a file has at least.
const LEAST_CYRILLIC: usize = 6;

/// The charset of lines that are not UTF-8; `None` where it may be ISO 8859-1.
pub(super) fn charset(lines: &[u8]) -> Option<&'static Encoding> {
    if lines.is_ascii() {
        return None;
    }
    if has_kana(lines) {
        return Some(SHIFT_JIS);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(lines, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let text = guess.decode_without_bom_handling_and_without_replacement(lines)?;
    let is_plausible = match guess {
        guess if guess == WINDOWS_1251 => is_cyrillic(&text),
        guess if [SHIFT_JIS, GBK, EUC_KR, BIG5].contains(&guess) => is_east_asian(guess, &text),
        _ => false,
    };
    is_plausible.then_some(guess)
}

/// Whether there are kana as Shift_JIS has them: no other charset uses these bytes for letters.
fn has_kana(lines: &[u8]) -> bool {
    let decoded = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(lines);
    decoded.is_some_and(|text| {
        let kana = text.chars().filter(|letter| ('\u{3041}'..='\u{30ff}').contains(letter)).count();
        kana >= LEAST_EAST_ASIAN && is_east_asian(SHIFT_JIS, &text)
    })
}

/// Whether words are wholly of Cyrillic letters, with capitals at their beginning or everywhere.
/// What is ISO 8859-1 has single letters of them in words of Latin ones.
fn is_cyrillic(text: &str) -> bool {
    let is_cyrillic = |letter: char| ('\u{400}'..='\u{4ff}').contains(&letter);
    let is_mark = |letter: char| "«»„“”‘’–—…№•·".contains(letter);
    let others = text.chars().filter(|&letter| !letter.is_ascii() && !is_cyrillic(letter) && !is_mark(letter));
    let (mut words, mut odd, mut letters, mut longest) = (0, 0, 0, 0);
    for word in text.split(|letter: char| !letter.is_alphabetic()) {
        let count = word.chars().filter(|&letter| is_cyrillic(letter)).count();
        if count == 0 {
            continue;
        }
        let is_mixed = count < word.chars().count();
        let capitals = word.chars().skip(1).filter(|letter| letter.is_uppercase()).count();
        let has_odd_capitals = capitals > 0 && !word.chars().all(char::is_uppercase);
        words += 1;
        odd += usize::from(is_mixed || has_odd_capitals);
        letters += count;
        longest = longest.max(count);
    }
    letters >= LEAST_CYRILLIC && longest >= 3 && odd * 4 <= words && others.count() * 10 <= letters
}

/// Whether the characters are those that people write with, side by side or at the side of words.
/// What is ISO 8859-1 comes out as rare ones in the middle of Latin words.
fn is_east_asian(charset: &'static Encoding, text: &str) -> bool {
    let (mut count, mut usual, mut enclosed) = (0, 0, 0);
    let letters: Vec<char> = text.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        match letter {
            '\0'..='\x7f' => continue,
            // Marks and symbols say nothing.
            '\u{2000}'..='\u{27bf}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff5e}' | '·' | '×' => continue,
            '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => {}
            _ => return false,
        }
        let is_latin = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_alphabetic);
        count += 1;
        usual += usize::from(is_usual(charset, letter));
        enclosed += usize::from(is_latin(at.checked_sub(1)) && is_latin(Some(at + 1)));
    }
    count >= LEAST_EAST_ASIAN && usual * 5 >= count * 4 && enclosed * 4 <= count
}

/// Whether a character is in the part of its charset that has the frequent ones.
fn is_usual(charset: &'static Encoding, letter: char) -> bool {
    let mut bytes = [0; 4];
    let (encoded, _, _) = charset.encode(letter.encode_utf8(&mut bytes));
    let &[lead, trail] = encoded.as_ref() else { return false };
    match charset {
        // GB 2312 and KS X 1001, whose rows are behind those of symbols.
        charset if charset == GBK || charset == EUC_KR => lead >= 0xb0 && trail >= 0xa1,
        // The first level.
        charset if charset == BIG5 => (0xa4..=0xc6).contains(&lead),
        // Kana and the first level.
        _ => (0x82..=0x98).contains(&lead),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of a file each: title, artist, album.
    const TEXTS: [(&Encoding, &[&str]); 5] = [
        (
            WINDOWS_1251,
            &[
                "Группа крови\nКино\nГруппа крови",
                "Звезда по имени Солнце\nКино",
                "Подмосковные вечера",
                "ПЕСНЯ ПРО ЗАЙЦЕВ\nАлександр Зацепин",
                "Владимир Высоцкий\nКони привередливые (Live)",
                "01 - Дельфин\nDolphin\nЛюбовь",
                "Океан Ельзи\nБез бою\nGloria",
                "Земфира",
                "Миллион алых роз\nАлла Пугачёва\nThe Best",
            ],
        ),
        (
            SHIFT_JIS,
            &[
                "上を向いて歩こう\n坂本九",
                "残酷な天使のテーゼ\n高橋洋子",
                "さくら\n森山直太朗",
                "ロビンソン\nスピッツ\nハチミツ",
                "宇多田ヒカル\nFirst Love",
                "川の流れのように\n美空ひばり\nベスト",
                "千本桜 feat. 初音ミク",
            ],
        ),
        (
            GBK,
            &[
                "月亮代表我的心\n邓丽君",
                "七里香\n周杰伦\n七里香",
                "海阔天空\n黄家驹",
                "十年\n陈奕迅\n黑白灰",
                "青花瓷 (Live)\n周杰伦",
                "我只在乎你\n邓丽君\n精选 CD1",
            ],
        ),
        (
            EUC_KR,
            &[
                "강남스타일\n싸이",
                "벚꽃 엔딩\n버스커 버스커",
                "사랑했지만\n김광석\n다시 부르기",
                "좋은 날\n아이유 (IU)",
                "너에게 난 나에게 넌\n자전거 탄 풍경",
            ],
        ),
        (
            BIG5,
            &[
                "月亮代表我的心\n鄧麗君",
                "聽海\n張惠妹",
                "後來\n劉若英\n我等你",
                "夜曲\n周杰倫\n十一月的蕭邦",
                "吻別\n張學友\nBest",
            ],
        ),
    ];

    #[test]
    fn what_is_written_in_another_charset_is_recognised() {
        let mut wrong = Vec::new();
        for (charset, texts) in TEXTS {
            for text in texts {
                let (bytes, _, _) = charset.encode(text);
                let judged = super::charset(&bytes).map(Encoding::name);
                if judged != Some(charset.name()) {
                    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
                    detector.feed(&bytes, true);
                    wrong.push((charset.name(), *text, judged, detector.guess(None, Utf8Detection::Deny).name()));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn what_is_iso_8859_1_stays_so() {
        for text in [
            "é",
            "ü",
            "ß",
            "Ø",
            "Éé",
            "ÄÖÜ",
            "äöü",
            "ÄÖÜäöüß",
            "Café",
            "Déjà vu",
            "Mötley Crüe",
            "Motörhead",
            "Queensrÿche",
            "Sigur Rós\nÁgætis byrjun\nSvefn-g-englar",
            "Björk\nVöluspá",
            "Blue Öyster Cult",
            "Beyoncé\nDéjà Vu",
            "Édith Piaf\nNon, je ne regrette rien",
            "Françoise Hardy\nTous les garçons et les filles",
            "Jón Þór Birgisson",
            "Röyksopp\nEple",
            "Sinéad O'Connor",
            "Die Ärzte\nÄäh",
            "Für Elise",
            "Größenwahn",
            "Señor\nMaría José\nCorazón partío",
            "João Gilberto\nÁguas de março\nDesafinado",
            "Ação e reação",
            "Tiësto",
            "Håkan Hellström\nKänn ingen sorg för mig Göteborg",
            "Mylène Farmer\nÀ quoi je sers...",
            "Ó",
            "çà et là",
            "À la pêche aux moules",
            "Où est-ce",
            "naïve façade",
            "El Niño\n¿Qué?\n¡Olé!",
            "Æther\nSmørrebrød på Ærø",
            "½ Mensch",
            "Stück 5°",
            "20 €\n© 1999",
            "ÅÄÖ åäö",
            "L\u{b4}amour",
            "\u{ab}Les \u{e9}t\u{e9}s\u{bb}",
            "\u{fe}\u{f0}\u{e6}",
            "ÞÓRÐUR",
            "ÉCOLE SUPÉRIEURE",
            "ÖÄÜ ÖÄÜ ÖÄÜ",
            "Łódź".trim_matches(|letter| letter > '\u{ff}'),
        ] {
            let bytes: Vec<u8> = text.chars().map(|letter| if letter == '€' { 0x80 } else { letter as u8 }).collect();
            assert_eq!(charset(&bytes).map(Encoding::name), None, "{text}");
        }
    }

    #[test]
    fn too_little_is_no_evidence() {
        for (charset, text) in [
            (WINDOWS_1251, "Мир"),
            (WINDOWS_1251, "Я"),
            (SHIFT_JIS, "月"),
            (GBK, "小强"),
            (EUC_KR, "비"),
            (BIG5, "吻別"),
        ] {
            assert_eq!(super::charset(&charset.encode(text).0), None, "{text}");
        }
        assert_eq!(charset(b"only ASCII"), None);
        assert_eq!(charset(b""), None);
    }
}
