//! What the forms of a record offer.

use tingjian_query::CauseView;
use tingjian_schemas::Kind;

use crate::{
    app::App,
    http::pages::{names::cause_name, visit::Visit},
};

/// Verdicts, as the contract names them.
const VERDICTS: [&str; 5] = ["responsible", "partly", "not_responsible", "force_majeure", "pending"];

/// What forms offer.
pub struct Choices {
    /// Kinds: name, words, whether it is the record's.
    pub kinds: Vec<(String, String, bool)>,
    /// Causes by group.
    pub groups: Vec<Group>,
    /// Causes chosen beforehand, in order; three of them.
    pub chosen: Vec<String>,
    /// Verdicts.
    pub verdicts: Vec<(String, String)>,
    /// Departments known.
    pub departments: Vec<String>,
}

/// A group of causes with its leaves.
pub struct Group {
    /// Its name.
    pub name: String,
    /// Code, name, definition.
    pub causes: Vec<(String, String)>,
}

impl Choices {
    /// For a record that was read as `kind` with these causes.
    pub fn new(app: &App, visit: &Visit, kind: &str, causes: &[CauseView]) -> Self {
        let (language, taxonomy) = (visit.language, app.taxonomy());
        let group = |group: &tingjian_schemas::Group| Group {
            name: cause_name(app, language, &group.code),
            causes: taxonomy
                .causes
                .iter()
                .filter(|cause| cause.group() == &*group.code)
                .map(|cause| (cause.code.to_string(), cause_name(app, language, &cause.code)))
                .collect(),
        };
        let mut chosen: Vec<String> = causes.iter().take(3).map(|cause| cause.code.clone()).collect();
        chosen.resize(3, String::new());
        Self {
            kinds: Kind::ALL
                .map(|one| (one.name().to_owned(), language.name("kind", one.name()), one.name() == kind))
                .into(),
            groups: taxonomy.groups.iter().map(group).collect(),
            chosen,
            verdicts: VERDICTS.map(|verdict| (verdict.to_owned(), language.name("verdict", verdict))).into(),
            departments: taxonomy.owners.iter().map(|owner| owner.to_string()).collect(),
        }
    }
}
