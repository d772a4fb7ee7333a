//! Short links by which customers praise an agent without an account: the agent's number and a signature.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{accounts::hex, secrets::keyed};

/// Characters of the signature: 48 bits, and the form behind it is rate-limited.
const SIGNATURE_CHARS: usize = 12;

/// Signs and reads links.
#[derive(Clone)]
pub struct PraiseLinks {
    keyed: Hmac<Sha256>,
}

impl PraiseLinks {
    /// Under the installation's secret: all its servers read the same links.
    pub fn new(secret: &[u8]) -> Self {
        Self { keyed: keyed("praise link", secret) }
    }

    /// The code of an agent's link: `0417.3f9a…`.
    pub fn code(&self, agent_no: &str) -> String {
        format!("{agent_no}.{}", self.signature("agent", agent_no))
    }

    /// The agent of a code that was signed here.
    pub fn agent_of<'c>(&self, code: &'c str) -> Option<&'c str> {
        self.checked("agent", code)
    }

    /// The code under which somebody without an account sees who has read what they filed.
    pub fn receipt_code(&self, commendation_id: &str) -> String {
        format!("{commendation_id}.{}", self.signature("receipt", commendation_id))
    }

    /// The commendation of a code that was signed here.
    pub fn commendation_of<'c>(&self, code: &'c str) -> Option<&'c str> {
        self.checked("receipt", code)
    }

    fn checked<'c>(&self, what: &str, code: &'c str) -> Option<&'c str> {
        let (named, signature) = code.rsplit_once('.')?;
        let expected = self.signature(what, named);
        bool::from(signature.as_bytes().ct_eq(expected.as_bytes())).then_some(named)
    }

    fn signature(&self, what: &str, named: &str) -> String {
        let mut mac = self.keyed.clone();
        mac.update(what.as_bytes());
        mac.update(&[0]);
        mac.update(named.as_bytes());
        let mut signature = hex(&mac.finalize().into_bytes());
        signature.truncate(SIGNATURE_CHARS);
        signature
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_signed_here_name_an_agent() {
        let (links, others) = (PraiseLinks::new(b"here"), PraiseLinks::new(b"elsewhere"));
        let code = links.code("0417");
        assert_eq!(links.agent_of(&code), Some("0417"));
        assert_eq!(others.agent_of(&code), None);
        assert_eq!(links.agent_of(&code.replace("0417", "0418")), None);
        assert_eq!(links.agent_of("0417"), None);
        assert_eq!(links.agent_of(""), None);
        assert_eq!(links.commendation_of(&code), None, "a link is no receipt");
        assert_eq!(links.commendation_of(&links.receipt_code("praise-1")), Some("praise-1"));
    }
}
