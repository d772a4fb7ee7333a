//! Where in an event something is wrong: `praised[2].agent_no`.

/// Most characters of one name in a path; an unknown field's name may be as long as the event.
const NAME_CHARS: usize = 64;
/// Most steps of a path; unknown fields may be nested deeper.
const STEPS: usize = 8;

/// A path that is built from its end while an error travels up.
#[derive(Debug, Default)]
pub(super) struct Path(Vec<Step>);

#[derive(Debug)]
enum Step {
    Field(String),
    Item(usize),
}

impl Path {
    /// What the path says so far lies within this field.
    pub(super) fn within_field(&mut self, name: &str) {
        self.0.push(Step::Field(printable(name)));
    }

    /// What the path says so far lies within this item of a list.
    pub(super) fn within_item(&mut self, index: usize) {
        self.0.push(Step::Item(index));
    }

    /// The path in words; `None` for the event itself.
    pub(super) fn into_field(self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut field = String::new();
        for (number, step) in self.0.iter().rev().enumerate() {
            match step {
                _ if number == STEPS => {
                    field.push('…');
                    break;
                }
                Step::Field(name) if number == 0 => field.push_str(name),
                Step::Field(name) => field.extend([".", name]),
                Step::Item(index) => field.push_str(&format!("[{index}]")),
            }
        }
        Some(field)
    }
}

/// A name as it may stand in a log line: short, and without control characters.
fn printable(name: &str) -> String {
    let mut shown: String =
        name.chars().take(NAME_CHARS).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if name.chars().nth(NAME_CHARS).is_some() {
        shown.push('…');
    }
    shown
}
