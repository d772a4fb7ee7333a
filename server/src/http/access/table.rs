//! Who may do what: every call and page, one row each. What has no row is refused to everybody.

use crate::accounts::{Account, Role};

/// How far a role reaches through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all.
    None,
    /// What is its own: an agent's record and their group's commendations, a department's records.
    Own,
    /// Everything behind it.
    All,
}

/// What a door asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Nothing: it shows no text and no number of anybody.
    Open,
    /// An account.
    Account {
        /// By role, in the order of [`Role::ALL`].
        roles: [Reach; 6],
        /// What an account that is bound to a department keeps of it; agents and administrators are not bound.
        bound: Reach,
    },
}

/// One call or page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// HTTP method; `GET` also means `HEAD`.
    pub method: &'static str,
    /// The route, as it is registered.
    pub path: &'static str,
    /// Who may.
    pub door: Door,
    /// What the audit trail calls it: a look at one record or a change.
    pub audit: Option<&'static str>,
}

const N: Reach = Reach::None;
const O: Reach = Reach::Own;
const A: Reach = Reach::All;

const fn row(
    method: &'static str,
    path: &'static str,
    roles: [Reach; 6],
    bound: Reach,
    audit: Option<&'static str>,
) -> Entry {
    Entry { method, path, door: Door::Account { roles, bound }, audit }
}

const fn look(path: &'static str, roles: [Reach; 6], bound: Reach) -> Entry {
    row("GET", path, roles, bound, None)
}

const fn open(method: &'static str, path: &'static str) -> Entry {
    Entry { method, path, door: Door::Open, audit: None }
}

/// The table. Columns: intake, agent, supervisor, analyst, executive, admin; then an account bound to a department.
#[rustfmt::skip]
pub const ENTRIES: &[Entry] = &[
    // Open: neither shows a text.
    open("GET", "/health"),
    open("GET", "/metrics"),
    open("GET", "/api/v1/health"),
    open("GET", "/api/v1/metrics"),
    open("GET", "/api/v1/openapi.json"),
    // Intake.
    row("POST", "/api/v1/streams/{stream}",            [A, N, O, O, N, A], O, None),
    row("POST", "/api/v1/imports/{id}",                [A, N, N, N, N, A], N, Some("import")),
    look("/api/v1/imports",                            [O, N, N, N, N, A], N),
    look("/api/v1/imports/{id}",                       [O, N, N, N, N, A], N),
    row("GET",  "/api/v1/imports/{id}/errors",         [O, N, N, N, N, A], N, Some("import.errors")),
    // Looking.
    look("/api/v1/search",                             [N, N, A, A, A, A], O),
    row("GET",  "/api/v1/records/{record_id}",         [N, O, A, A, A, A], O, Some("record.look")),
    row("GET",  "/api/v1/records/{record_id}/trace",   [N, O, A, A, A, A], O, Some("record.trace")),
    look("/api/v1/causes",                             [N, N, A, A, A, A], O),
    look("/api/v1/promises",                           [N, N, A, A, A, A], O),
    look("/api/v1/lanes/what-if",                      [N, N, A, A, A, A], N),
    row("GET",  "/api/v1/cases/{case_id}",             [N, N, A, A, A, A], O, Some("case.look")),
    look("/api/v1/departments",                        [N, N, A, A, A, A], O),
    look("/api/v1/contacts",                           [N, N, A, A, A, A], N),
    row("GET",  "/api/v1/agents/{agent_no}",           [N, O, A, A, N, A], O, Some("agent.look")),
    look("/api/v1/emerging",                           [N, N, A, A, A, A], N),
    row("GET",  "/api/v1/export",                      [N, N, A, A, A, A], O, Some("export")),
    row("GET",  "/api/v1/export/corrections",          [N, N, N, A, N, A], N, Some("export.corrections")),
    look("/api/v1/status",                             [N, N, A, A, A, A], N),
    look("/api/v1/taxonomy",                           [N, A, A, A, A, A], A),
    // Changing what everybody is counted by: quality analysts and administrators.
    row("PUT",  "/api/v1/taxonomy",                    [N, N, N, A, N, A], N, Some("taxonomy.save")),
    look("/api/v1/taxonomy/versions",                  [N, N, A, A, A, A], A),
    row("POST", "/api/v1/taxonomy/preview",            [N, N, N, A, N, A], N, None),
    look("/api/v1/reanalyse",                          [N, N, A, A, A, A], N),
    look("/api/v1/reanalyse/{id}",                     [N, N, A, A, A, A], N),
    row("POST", "/api/v1/reanalyse",                   [N, N, N, A, N, A], N, Some("reanalyse")),

    // The weekly report: the same for everybody who reads it; a department objects in its own name.
    look("/api/v1/reports/weekly",                     [N, N, A, A, A, A], A),
    look("/api/v1/reports/weekly/{week}",              [N, N, A, A, A, A], A),
    row("POST", "/api/v1/reports/weekly/{week}/publish", [N, N, N, A, A, A], N, Some("report.publish")),
    row("POST", "/api/v1/reports/weekly/{week}/amend", [N, N, N, A, A, A], N, Some("report.amend")),
    row("POST", "/api/v1/reports/weekly/{week}/objections", [N, N, A, A, N, A], A, Some("report.object")),
    row("POST", "/api/v1/reports/weekly/verify",       [N, N, A, A, A, A], A, None),
    look("/api/v1/reports/deliveries",                 [N, N, N, A, A, A], N),
    row("POST", "/api/v1/reports/deliveries/test/{channel}", [N, N, N, N, N, A], N, Some("delivery.test")),
    look("/api/v1/volumes",                            [N, N, A, A, A, A], N),
    look("/api/v1/over-promises",                      [N, N, A, A, A, A], N),
    look("/api/v1/menus",                              [N, N, A, A, A, A], N),
    look("/api/v1/campaigns",                          [N, N, A, A, A, A], N),
    look("/api/v1/people",                             [N, N, A, A, A, A], N),
    look("/api/v1/quality",                            [N, N, A, A, A, A], N),
    look("/api/v1/attributed",                         [N, N, A, A, A, A], N),
    open("POST", "/api/v1/seen/{code}"),
    look("/reports",                                   [N, N, A, A, A, A], A),
    row("POST", "/reports/{week}/publish",             [N, N, N, A, A, A], N, Some("report.publish")),
    row("POST", "/reports/{week}/amend",               [N, N, N, A, A, A], N, Some("report.amend")),
    row("POST", "/reports/{week}/objections",          [N, N, A, A, N, A], A, Some("report.object")),
    row("POST", "/reports/channels/{channel}/test",    [N, N, N, N, N, A], N, Some("delivery.test")),
    look("/api/v1/questions",                          [N, N, O, O, O, O], O),
    row("POST", "/api/v1/questions",                   [N, N, O, O, O, O], O, Some("question.keep")),
    row("DELETE", "/api/v1/questions/{id}",            [N, N, O, O, O, O], O, Some("question.forget")),
    look("/questions",                                 [N, N, O, O, O, O], O),
    row("POST", "/questions",                          [N, N, O, O, O, O], O, Some("question.keep")),
    row("POST", "/questions/{id}/forget",              [N, N, O, O, O, O], O, Some("question.forget")),
    look("/api/v1/alerts",                             [N, N, A, A, A, A], N),
    row("POST", "/api/v1/alerts/{id}/ack",             [N, N, A, A, A, A], N, Some("alert.acknowledge")),
    look("/alerts",                                    [N, N, A, A, A, A], N),
    row("POST", "/alerts/{id}/ack",                    [N, N, A, A, A, A], N, Some("alert.acknowledge")),

    // Commendations: whoever files sees who has read.
    row("POST", "/api/v1/commendations",               [N, A, A, A, A, A], A, Some("commendation.file")),
    look("/api/v1/commendations",                      [N, O, A, A, A, A], O),
    row("POST", "/api/v1/commendations/{id}/read",     [N, O, A, N, N, A], O, Some("commendation.read")),
    // Thanks go on to the agents who were praised.
    row("POST", "/api/v1/commendations/{id}/thanks",   [N, O, A, A, A, A], O, Some("commendation.thank")),
    look("/api/v1/commendations/badges",               [N, O, A, A, A, A], O),
    row("POST", "/commendations/{id}/thanks",          [N, O, A, A, A, A], O, Some("commendation.thank")),

    // Dead letters: their bytes are not masked.
    look("/api/v1/dead-letters",                       [N, N, N, A, N, A], N),
    row("GET",  "/api/v1/dead-letters/{id}",           [N, N, N, N, N, A], N, Some("dead_letter.look")),
    row("POST", "/api/v1/dead-letters/{id}/replay",    [N, N, N, N, N, A], N, Some("dead_letter.replay")),
    // Pages that everybody may open: signing in; a customer with a signed link.
    open("GET",  "/style.css"),
    open("GET",  "/script.js"),
    open("GET",  "/icon.svg"),
    open("GET",  "/language/{code}"),
    open("GET",  "/sign-in"),
    open("POST", "/sign-in"),
    open("POST", "/sign-out"),
    open("GET",  "/sign-in/oidc"),
    open("GET",  "/sign-in/oidc/callback"),
    open("GET",  "/sign-in/oidc/leave"),
    open("GET",  "/praise/{code}"),
    open("POST", "/praise/{code}"),
    open("GET",  "/praise/{code}/qr.svg"),
    open("GET",  "/receipts/{code}"),
    open("GET",  "/seen/{code}"),
    open("POST", "/seen/{code}"),
    // Pages.
    look("/",                                          [N, N, A, A, A, A], O),
    look("/search",                                    [N, N, A, A, A, A], O),
    look("/search/suggest",                            [N, N, A, A, A, A], O),
    row("POST", "/search/keep",                        [N, N, A, A, A, A], O, None),
    row("POST", "/search/forget",                      [N, N, A, A, A, A], O, None),
    look("/records",                                   [N, N, A, A, A, A], O),
    look("/contacts",                                  [N, N, A, A, A, A], N),
    look("/causes",                                    [N, N, A, A, A, A], O),
    look("/promises",                                  [N, N, A, A, A, A], N),
    look("/promises/entries",                          [N, N, A, A, A, A], N),
    look("/departments",                               [N, N, A, A, A, A], O),
    look("/departments/{department}",                  [N, N, A, A, A, A], O),
    look("/cases",                                     [N, N, A, A, A, A], O),
    row("GET",  "/cases/{case_key}",                   [N, N, A, A, A, A], O, Some("case.look")),
    look("/requests",                                  [N, N, A, A, A, A], O),
    look("/agents",                                    [N, O, A, A, N, A], N),
    row("GET",  "/agents/{agent_no}",                  [N, O, A, A, N, A], O, Some("agent.look")),
    look("/review",                                    [N, N, A, A, N, A], N),
    row("POST", "/review/{record_id}",                 [N, N, A, A, N, A], N, Some("record.correct")),
    row("GET",  "/records/{record_id}",                [N, O, A, A, A, A], O, Some("record.look")),
    row("POST", "/records/{record_id}/correct",        [N, N, A, A, N, A], N, Some("record.correct")),
    row("POST", "/records/{record_id}/judge",          [N, N, A, N, N, A], N, Some("record.judge")),
    row("POST", "/records/{record_id}/appeal",         [N, N, A, A, N, A], O, Some("record.appeal")),
    look("/attributed",                                [N, N, A, A, A, A], N),
    look("/reports/weekly/{week}",                     [N, N, A, A, A, A], A),
    look("/praise",                                    [N, A, A, A, A, A], A),
    row("POST", "/praise",                             [N, A, A, A, A, A], A, Some("commendation.file")),
    look("/commendations",                             [N, O, A, A, A, A], O),
    row("POST", "/commendations/{id}/read",            [N, O, A, N, N, A], O, Some("commendation.read")),
    look("/taxonomy",                                  [N, N, A, A, A, A], A),
    row("POST", "/taxonomy",                           [N, N, N, A, N, A], N, Some("taxonomy.save")),
    row("POST", "/taxonomy/preview",                   [N, N, N, A, N, A], N, None),
    row("POST", "/taxonomy/reanalyse",                 [N, N, N, A, N, A], N, Some("reanalyse")),

    look("/account",                                   [A, A, A, A, A, A], A),
    row("POST", "/account",                            [A, A, A, A, A, A], A, Some("password.change")),
    look("/import",                                    [O, N, N, N, N, A], N),
    row("POST", "/import",                             [A, N, N, N, N, A], N, Some("import.send")),
    look("/import/{id}",                               [O, N, N, N, N, A], N),
    row("POST", "/import/{id}",                        [O, N, N, N, N, A], N, Some("import")),
    look("/system",                                    [N, N, N, N, N, A], N),
    row("POST", "/system/accounts",                    [N, N, N, N, N, A], N, Some("account.add")),
    row("POST", "/system/accounts/{name}/revoke",      [N, N, N, N, N, A], N, Some("account.revoke")),
    row("POST", "/system/accounts/{name}/link",        [N, N, N, N, N, A], N, Some("account.link")),
    row("POST", "/system/dead-letters/{id}/replay",    [N, N, N, N, N, A], N, Some("dead_letter.replay")),
    // Administration.
    look("/api/v1/accounts",                           [N, N, N, N, N, A], N),
    look("/api/v1/audit",                              [N, N, N, N, N, A], N),
    row("POST", "/api/v1/backups/{name}",              [N, N, N, N, N, A], N, Some("backup")),
    look("/api/v1/backups/{name}",                     [N, N, N, N, N, A], N),
];

/// The row of a route.
pub fn find(method: &str, path: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.method == method && entry.path == path)
}

/// Whether any method of a route has a row.
pub fn knows(path: &str) -> bool {
    ENTRIES.iter().any(|entry| entry.path == path)
}

/// Whether an account is bound to its department: agents have their own rules, administrators and intake none.
pub fn is_bound(account: &Account) -> bool {
    account.department.is_some() && matches!(account.role, Role::Supervisor | Role::Analyst | Role::Executive)
}

impl Entry {
    /// How far an account reaches; [`Reach::All`] behind open doors.
    pub fn reach(&self, account: &Account) -> Reach {
        let Door::Account { roles, bound } = self.door else { return Reach::All };
        let place = Role::ALL.iter().position(|role| *role == account.role);
        let reach = place.and_then(|place| roles.get(place)).copied().unwrap_or(Reach::None);
        if is_bound(account) { reach.min(bound) } else { reach }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_there_once() {
        let rows: BTreeSet<_> = ENTRIES.iter().map(|entry| (entry.method, entry.path)).collect();
        assert_eq!(rows.len(), ENTRIES.len());
    }

    /// What the served API and pages have and the table has not, or the other way round.
    #[test]
    fn every_route_has_a_row_and_every_row_a_route() {
        let routes: BTreeSet<(String, String)> = crate::http::routes().into_iter().collect();
        let rows: BTreeSet<_> = ENTRIES.iter().map(|entry| (entry.method.to_owned(), entry.path.to_owned())).collect();
        let bare: Vec<_> = routes.difference(&rows).collect();
        assert!(bare.is_empty(), "routes without a row in the access table: {bare:?}");
        let stale: Vec<_> = rows.difference(&routes).collect();
        assert!(stale.is_empty(), "rows without a route: {stale:?}");
    }

    #[test]
    fn the_matrix_in_the_papers_is_this_table() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/access.md");
        let paper = std::fs::read_to_string(&file).unwrap();
        let (before, rest) = paper.split_once("<!-- matrix -->\n").unwrap();
        let (_, after) = rest.split_once("<!-- end of matrix -->").unwrap();
        let expected = format!("{before}<!-- matrix -->\n{}<!-- end of matrix -->{after}", super::super::matrix());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&file, expected).unwrap();
        } else {
            assert_eq!(paper, expected, "run with UPDATE_DOCS=1 and look at the difference");
        }
    }

    #[test]
    fn a_department_binds_readers_only() {
        let of = |role, department: Option<&str>| Account {
            department: department.map(str::to_owned),
            ..Account::new("x", role, jiff::Timestamp::UNIX_EPOCH)
        };
        let search = find("GET", "/api/v1/search").unwrap();
        for (role, department, reach) in [
            (Role::Analyst, None, Reach::All),
            (Role::Analyst, Some("物流"), Reach::Own),
            (Role::Admin, Some("物流"), Reach::All),
            (Role::Agent, Some("物流"), Reach::None),
            (Role::Intake, Some("物流"), Reach::None),
        ] {
            assert_eq!(search.reach(&of(role, department)), reach, "{role:?} {department:?}");
        }
    }
}
