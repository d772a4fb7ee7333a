//! The editor's form → a draft. Fields of one kind come in the order of the page, as often as there are lines.

use crate::taxonomies::draft::{Draft, DraftCause, DraftGroup, DraftMoved};

/// The draft, and why it was made.
pub fn draft(pairs: &[(String, String)]) -> (Draft, String) {
    let all = |name: &str| -> Vec<String> {
        pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim().to_owned()).collect()
    };
    let one = |name: &str| all(name).into_iter().next().unwrap_or_default();
    let mut draft = Draft {
        version: one("version").parse().unwrap_or(0),
        owners: one("owners").lines().map(str::trim).filter(|owner| !owner.is_empty()).map(str::to_owned).collect(),
        ..Draft::default()
    };
    for ((code, zh), en) in all("group").into_iter().zip(all("group_zh")).zip(all("group_en")) {
        if [&code, &zh, &en].iter().any(|text| !text.is_empty()) {
            draft.groups.push(DraftGroup { code, zh, en, causes: Vec::new() });
        }
    }
    for (from, into) in all("from").into_iter().zip(all("moved_into")) {
        draft.moved.push(DraftMoved { from, into });
    }
    let names = all("code").into_iter().zip(all("zh")).zip(all("en"));
    let rest = all("owner").into_iter().zip(all("definition")).zip(all("into"));
    for (((code, zh), en), ((owner, definition), into)) in names.zip(rest) {
        let is_blank = [&code, &zh, &en, &owner, &definition].iter().all(|text| text.is_empty());
        if is_blank {
            continue;
        }
        if !into.is_empty() {
            draft.moved.push(DraftMoved { from: code, into });
            continue;
        }
        add(&mut draft, DraftCause { code, zh, en, owner, definition });
    }
    (draft, one("note"))
}

/// Under its group; a leaf of no group goes with the last one, where checking it says that it has none.
fn add(draft: &mut Draft, cause: DraftCause) {
    let group = cause.code.split_once('.').map_or("", |(group, _)| group);
    let place = draft.groups.iter().position(|known| known.code == group);
    let place = place.unwrap_or(draft.groups.len().saturating_sub(1));
    match draft.groups.get_mut(place) {
        Some(group) => group.causes.push(cause),
        None => draft.groups.push(DraftGroup { causes: vec![cause], ..DraftGroup::default() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_leaves_blank_ones_nothing_and_removed_ones_moves() {
        let lines = [
            ("version", "3"),
            ("owners", "物流\r\n\r\n 市场 "),
            ("group", "fulfil"),
            ("group_zh", "履约"),
            ("group_en", "Fulfilment"),
            ("code", "fulfil.lost"),
            ("zh", "丢件"),
            ("en", "Lost"),
            ("owner", "物流"),
            ("definition", "never arrived"),
            ("into", ""),
            ("code", "fulfil.old"),
            ("zh", "旧"),
            ("en", "Old"),
            ("owner", "物流"),
            ("definition", "old"),
            ("into", "fulfil.lost"),
            ("code", ""),
            ("zh", ""),
            ("en", ""),
            ("owner", ""),
            ("definition", ""),
            ("into", ""),
            ("note", "合并"),
        ];
        let (draft, note) = draft(&lines.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!((draft.version, note.as_str()), (3, "合并"));
        assert_eq!(draft.owners, ["物流", "市场"]);
        assert_eq!(draft.groups.len(), 1);
        assert_eq!(draft.groups[0].causes.iter().map(|cause| cause.code.as_str()).collect::<Vec<_>>(), ["fulfil.lost"]);
        assert_eq!(draft.moved, [DraftMoved { from: "fulfil.old".into(), into: "fulfil.lost".into() }]);
    }
}
