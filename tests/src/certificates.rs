//! Certificates for the servers of a test, made by OpenSSL.

use std::{fs, path::Path, process::Command};

/// An authority (`ca.pem`) and a certificate of `localhost` under it (`cert.pem`, `key.pem`).
pub fn certificates(folder: &Path) {
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("a file");
    let new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout";
    for arguments in [
        format!("req -x509 {new} ca.key -out ca.pem -days 2 -subj /CN=tests"),
        format!("req {new} key.pem -out request.pem -subj /CN=localhost"),
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem -extfile names"
            .into(),
    ] {
        let made = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}
