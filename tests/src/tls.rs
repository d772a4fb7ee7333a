//! A server that ends TLS in front of another one, as a gateway does, and the authority that vouches for it.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{self, Runtime},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// TLS on a port of its own before plain HTTP on another. Ends when dropped.
pub struct TlsFront {
    port: u16,
    folder: TempDir,
    _runtime: Runtime,
}

impl TlsFront {
    /// In front of a port of this machine, with a certificate for `localhost` from an authority made for it.
    pub fn before(port: u16) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
        fs::write(folder.path().join("ca.pem"), authority.pem()).expect("ca.pem");
        let key = KeyPair::generate().expect("a key");
        let own = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let own = own.signed_by(&key, &authority).expect("a certificate");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .expect("a certificate with its key");
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("localhost:0")).expect("a free port");
        let front = listener.local_addr().expect("an address").port();
        runtime.spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), SocketAddr::from(([127, 0, 0, 1], port))));
        Self { port: front, folder, _runtime: runtime }
    }

    /// Its address, under the name its certificate is for.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// The same place under a name its certificate is not for.
    pub fn url_of_another_name(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Who vouches for it.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, upstream: SocketAddr) {
    while let Ok((client, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A client that does not believe the certificate hangs up; that is its right.
            let Ok(mut client) = acceptor.accept(client).await else { return };
            let Ok(mut server) = TcpStream::connect(upstream).await else { return };
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        });
    }
}
