//! Runs of digits as people write them: in groups, in full, as they are said (一三八零零…, 幺三八…), or mixed.

/// Most digits of a run that we look at.
pub(super) const LONGEST: usize = 24;

/// The digit a Chinese numeral stands for; 幺 is “one” on the telephone.
pub(super) const fn spoken(c: char) -> Option<u8> {
    Some(match c {
        '零' | '〇' | '○' => b'0',
        '一' | '幺' | '壹' => b'1',
        '二' | '贰' => b'2',
        '三' | '叁' => b'3',
        '四' | '肆' => b'4',
        '五' | '伍' => b'5',
        '六' | '陆' => b'6',
        '七' | '柒' => b'7',
        '八' | '捌' => b'8',
        '九' | '玖' => b'9',
        _ => return None,
    })
}

/// A place in a run where a group of digits ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Break {
    /// Digits up to here.
    pub(super) count: usize,
    /// The byte of the text after the last of them.
    pub(super) end: usize,
}

/// A run of digits with at most two separating characters between groups.
#[derive(Debug)]
pub(super) struct Run {
    digits: String,
    breaks: Vec<Break>,
    /// How many digits there are, also those beyond [`LONGEST`].
    count: usize,
    /// How many digits are Chinese numerals.
    pub(super) spoken: usize,
    /// The byte after the numerals it starts with.
    pub(super) plain: usize,
}

impl Run {
    /// The run of ASCII digits that starts at byte `at`.
    pub(super) fn plain(text: &str, at: usize) -> Self {
        Self::read(text, at, false)
    }

    /// The run of digits in either script that starts at byte `at`; only numerals are grouped, and never with digits.
    pub(super) fn mixed(text: &str, at: usize) -> Self {
        Self::read(text, at, true)
    }

    fn read(text: &str, at: usize, mixed: bool) -> Self {
        let mut run = Self { digits: String::new(), breaks: Vec::new(), count: 0, spoken: 0, plain: at };
        let (mut end, mut gap, mut was_spoken) = (at, 0, false);
        for (i, c) in text.get(at..).unwrap_or_default().char_indices() {
            let numeral = if mixed { spoken(c) } else { None };
            if let Some(digit) = numeral.map(char::from).or_else(|| c.is_ascii_digit().then_some(c)) {
                if gap > 0 {
                    if mixed && !(was_spoken && numeral.is_some()) {
                        break;
                    }
                    run.breaks.push(Break { count: run.count, end });
                }
                (gap, was_spoken) = (0, numeral.is_some());
                end = at + i + c.len_utf8();
                run.push(digit, was_spoken, end);
            } else if matches!(c, 'x' | 'X') && run.count == 17 && gap <= 1 {
                end = at + i + 1;
                run.push('X', false, end);
                break;
            } else if !is_separator(c) || gap == 2 {
                break;
            } else {
                gap += 1;
            }
            if !mixed && run.count > LONGEST {
                break;
            }
        }
        run.breaks.push(Break { count: run.count, end });
        run
    }

    fn push(&mut self, digit: char, numeral: bool, end: usize) {
        if numeral && self.spoken == self.count {
            self.plain = end;
        }
        self.spoken += usize::from(numeral);
        self.count += 1;
        if self.digits.len() < LONGEST {
            self.digits.push(digit);
        }
    }

    /// Whether it is one numeral again and again: 六六六六六六六六六六 is applause.
    pub(super) fn is_exclamation(&self) -> bool {
        let mut digits = self.digits.bytes();
        self.spoken == self.count && digits.next().is_some_and(|first| digits.all(|d| d == first))
    }

    /// The places where the run or one of its groups ends.
    pub(super) fn breaks(&self) -> impl Iterator<Item = Break> + '_ {
        self.breaks.iter().copied()
    }

    /// Its first `count` digits.
    pub(super) fn first(&self, count: usize) -> &str {
        self.digits.get(..count).unwrap_or_default()
    }

    /// How long its first group is.
    pub(super) fn first_group(&self) -> usize {
        self.breaks.first().map_or(0, |b| b.count)
    }

    /// The number after its first `skip` digits that ends with a group and that `is` recognises.
    pub(super) fn prefix(&self, skip: usize, is: impl Fn(&str) -> bool) -> Option<Break> {
        self.breaks().find(|b| b.count <= LONGEST && self.first(b.count).get(skip..).is_some_and(&is))
    }
}

const fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '_' | '/' | ')' | '(' | '–' | '—' | '·')
}
