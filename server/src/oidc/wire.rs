//! How a provider is asked: bounded in time and size, without following where it sends us, over TLS with the authorities configured.

use std::{error::Error, time::Duration};

use openidconnect::{HttpRequest, HttpResponse, http::Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Longest answer.
const ANSWER_BYTES: u64 = 1 << 20;

/// A bounded client.
pub struct Wire(ureq::Agent);

impl Wire {
    /// One that trusts `authorities` (PEM), or where there are none the public ones.
    ///
    /// # Errors
    /// No certificate in the file.
    pub fn new(authorities: Option<&str>, timeout: Duration) -> Result<Self, String> {
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // Following a redirect would let the provider have this server ask anybody.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout));
        if let Some(authorities) = authorities {
            let roots = RootCerts::from(certificates(authorities)?);
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Ok(Self(config.build().new_agent()))
    }

    /// Sends one request.
    ///
    /// # Errors
    /// No whole answer in time.
    pub fn send(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let answer = if request.body().is_empty() {
            let (parts, _) = request.into_parts();
            self.0.run(ureq::http::Request::from_parts(parts, ()))?
        } else {
            self.0.run(request)?
        };
        let (parts, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(ANSWER_BYTES).read_to_vec()?;
        Ok(Response::from_parts(parts, bytes))
    }
}

fn certificates(pem: &str) -> Result<Vec<Certificate<'static>>, String> {
    let items: Result<Vec<_>, _> = parse_pem(pem.as_bytes()).collect();
    let found: Vec<_> = items
        .map_err(|error| error.to_string())?
        .into_iter()
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() { Err("文件里没有证书（PEM）".into()) } else { Ok(found) }
}

/// An error with what it comes from.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push('：');
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
