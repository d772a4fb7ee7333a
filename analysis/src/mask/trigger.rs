//! Which characters personal data can start with: all others, nearly all of most texts, are passed over quickly.

/// Besides ASCII letters, digits and `+`: provinces of number plates, numerals, last characters of a name's label.
const CHINESE: &str = concat!(
    "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领",
    "零〇○一幺壹二贰三叁四肆五伍六陆七柒八捌九玖",
    "名人主"
);

/// One bit for each character of the Basic Multilingual Plane.
static TRIGGERS: [u64; 1024] = triggers();

const fn triggers() -> [u64; 1024] {
    let mut bits = [0u64; 1024];
    let mut ascii = 0u8;
    while ascii < 128 {
        if ascii.is_ascii_alphanumeric() || ascii == b'+' {
            set(&mut bits, ascii as u32);
        }
        ascii += 1;
    }
    // `CHINESE` has characters of three bytes only.
    let (mut bytes, mut code, mut count) = (CHINESE.as_bytes(), 0, 0);
    while let [first, rest @ ..] = bytes {
        code = code << 6 | (*first & if count == 0 { 0x0f } else { 0x3f }) as u32;
        count += 1;
        if count == 3 {
            set(&mut bits, code);
            (code, count) = (0, 0);
        }
        bytes = rest;
    }
    bits
}

#[allow(clippy::indexing_slicing)] // At compile time only: out of bounds would not compile.
const fn set(bits: &mut [u64; 1024], code: u32) {
    bits[code as usize / 64] |= 1 << (code % 64);
}

/// The first character of `rest` that personal data can start with, and where it is.
pub(super) fn next(rest: &str) -> Option<(usize, char)> {
    rest.char_indices().find(|(_, c)| is_trigger(*c))
}

fn is_trigger(c: char) -> bool {
    let code = c as usize;
    TRIGGERS.get(code / 64).is_some_and(|bits| bits >> (code % 64) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{plate, run},
        CHINESE, is_trigger,
    };

    #[test]
    fn every_start_is_a_trigger() {
        for c in '\0'..=char::MAX {
            let numeral = run::spoken(c).is_some();
            let plate = plate::find(&format!("{c}A12345"), 0, c).is_some();
            let start = numeral || plate || matches!(c, '名' | '人' | '主' | '+') || c.is_ascii_alphanumeric();
            assert_eq!(is_trigger(c), start, "{c:?}");
        }
        assert!(CHINESE.chars().all(|c| c.len_utf8() == 3));
    }
}
