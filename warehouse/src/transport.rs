//! How bytes get to a ClickHouse: HTTP over TCP, with TLS where the URL says so.

use std::{sync::Arc, time::Duration};

use clickhouse::Client;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{
    client::legacy::{Client as HttpClient, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::WarehouseError;
pub(crate) use crate::config::Tls;

/// Longest wait for a connection: a machine that is gone answers nothing at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two signs of life on a connection that rests.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// How long a connection may rest; ClickHouse itself closes it after three seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);

/// A client that believes whom `tls` says.
///
/// # Errors
/// [`WarehouseError::Authorities`].
pub(crate) fn client(tls: Tls) -> Result<Client, WarehouseError> {
    let refuse = |reason: String| WarehouseError::Authorities { reason };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(error.to_string()))?
        .with_root_certificates(roots(tls)?)
        .with_no_client_auth();
    let mut tcp = HttpConnector::new();
    tcp.set_keepalive(Some(KEEP_ALIVE));
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    tcp.enforce_http(false);
    let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1();
    let http =
        HttpClient::builder(TokioExecutor::new()).pool_idle_timeout(IDLE_TIMEOUT).build(connector.wrap_connector(tcp));
    Ok(Client::with_http_client(http))
}

fn roots(tls: Tls) -> Result<RootCertStore, WarehouseError> {
    let refuse = |reason: String| WarehouseError::Authorities { reason };
    let mut roots = RootCertStore::empty();
    match tls {
        Tls::None => {}
        Tls::System => {
            // Some of a system's certificates are always strange; what counts is that there are any.
            let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if added == 0 {
                return Err(refuse("this machine knows no certificate authority".to_owned()));
            }
        }
        Tls::Authorities(pem) => {
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
                roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
            }
            if roots.is_empty() {
                return Err(refuse("the file holds no certificate (PEM is expected)".to_owned()));
            }
        }
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let refused = roots(Tls::Authorities(pem.into())).unwrap_err();
            assert!(!refused.is_recoverable(), "{pem:?}: {refused}");
        }
        assert!(roots(Tls::None).unwrap().is_empty());
    }
}
