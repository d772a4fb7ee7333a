//! `[oidc]`: signing in at an OpenID provider.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

use super::layers;

/// `[oidc]`: signing in at an OpenID provider, beside passwords and tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Oidc {
    /// The provider's address, as its tokens name it; empty: nobody signs in there.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// File with the secret this server proves that with; unset: a public client, by PKCE alone.
    pub client_secret_file: Option<PathBuf>,
    /// File with the certificates (PEM) of the authorities that may vouch for the provider; unset: the public ones.
    pub ca_file: Option<PathBuf>,
    /// What the button says.
    pub label: String,
    /// What is asked for, besides `openid`.
    #[serde(deserialize_with = "layers::list")]
    pub scopes: Vec<String>,
    /// The claim that names the account made at the first sign-in.
    pub name_claim: String,
    /// The claim that says what somebody is: a text or several; `a.b` is b within a.
    pub role_claim: String,
    /// Its values, and the role of each here. Whoever has none of them is not let in.
    pub roles: BTreeMap<String, String>,
    /// The claim with the department; empty: accounts have none.
    pub department_claim: String,
    /// Its values, where they are not the department's name here; an empty name: not bound to any.
    pub departments: BTreeMap<String, String>,
    /// The claim with an agent's number.
    pub agent_no_claim: String,
    /// Longest wait for one answer of the provider, milliseconds.
    pub timeout_ms: u64,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret_file: None,
            ca_file: None,
            label: "统一登录".into(),
            scopes: vec!["profile".into()],
            name_claim: "preferred_username".into(),
            role_claim: "roles".into(),
            roles: BTreeMap::new(),
            department_claim: String::new(),
            departments: BTreeMap::new(),
            agent_no_claim: "agent_no".into(),
            timeout_ms: 10_000,
        }
    }
}
