//! Signed links by which whoever got a message says so, without an account: the delivery's key and a signature.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::channels::Kind;
use crate::{accounts::hex, secrets::keyed};

/// Characters of the signature: 96 bits.
const SIGNATURE_CHARS: usize = 24;

/// Signs and reads links.
#[derive(Clone)]
pub struct SeenLinks {
    keyed: Hmac<Sha256>,
}

impl SeenLinks {
    /// Under the installation's secret: all its servers read the same links.
    pub fn new(secret: &[u8]) -> Self {
        Self { keyed: keyed("seen link", secret) }
    }

    /// The code of a delivery.
    pub fn code(&self, key: &str) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(key), self.signature(key))
    }

    /// The delivery of a code that was signed here.
    pub fn key_of(&self, code: &str) -> Option<String> {
        let (named, signature) = code.rsplit_once('.')?;
        let key = String::from_utf8(URL_SAFE_NO_PAD.decode(named).ok()?).ok()?;
        bool::from(signature.as_bytes().ct_eq(self.signature(&key).as_bytes())).then_some(key)
    }

    /// Where people say that they have seen it: a page with a button, since mail filters open every link; programs post to the
    /// interface.
    pub fn address(&self, server: &str, key: &str, kind: Kind) -> String {
        let code = self.code(key);
        if kind == Kind::Webhook { format!("{server}/api/v1/seen/{code}") } else { format!("{server}/seen/{code}") }
    }

    fn signature(&self, key: &str) -> String {
        let mut mac = self.keyed.clone();
        mac.update(key.as_bytes());
        let mut signature = hex(&mac.finalize().into_bytes());
        signature.truncate(SIGNATURE_CHARS);
        signature
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_signed_here_name_a_delivery() {
        let (links, others) = (SeenLinks::new(b"here"), SeenLinks::new(b"elsewhere"));
        let key = "weekly/2026-W47/管理层/王总 <w@b.cn>";
        let code = links.code(key);
        assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{code}");
        assert_eq!(links.key_of(&code).as_deref(), Some(key));
        assert_eq!(others.key_of(&code), None);
        let (_, signature) = code.rsplit_once('.').unwrap();
        assert_eq!(links.key_of(&format!("{}.{signature}", URL_SAFE_NO_PAD.encode("weekly/2026-W48/管理层"))), None);
        for code in ["", ".", "x", "!.0"] {
            assert_eq!(links.key_of(code), None, "{code}");
        }
    }
}
