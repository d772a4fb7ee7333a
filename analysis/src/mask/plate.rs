//! Number plates of mainland China.

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领";

/// Fewest digits of the five or six characters after the letter of the city.
const DIGITS: usize = 3;

/// Where the plate that starts with the character `c` at `at` ends.
pub(super) fn find(text: &str, at: usize, c: char) -> Option<usize> {
    if !PROVINCES.contains(c) {
        return None;
    }
    let start = at + c.len_utf8();
    let mut rest = text.get(start..)?.char_indices().peekable();
    rest.next_if(|(_, c)| c.is_ascii_alphabetic())?;
    while rest.next_if(|(_, c)| matches!(c, '·' | '•' | '-' | ' ' | '.')).is_some() {
        // The dot between city and number; two of them at most would be sensible, any number is harmless.
    }
    let (mut length, mut digits, mut end) = (0, 0, start);
    while let Some((i, c)) = rest.next_if(|(_, c)| c.is_ascii_alphanumeric()) {
        length += 1;
        digits += usize::from(c.is_ascii_digit());
        end = start + i + 1;
    }
    if let (4, Some((i, c))) = (length, rest.next_if(|(_, c)| matches!(c, '挂' | '学' | '警' | '港' | '澳'))) {
        length += 1;
        end = start + i + c.len_utf8();
    }
    (matches!(length, 5 | 6) && digits >= DIGITS).then_some(end)
}
