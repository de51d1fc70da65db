//! TLS with a certificate authority of the sandbox's own.

use std::collections::HashSet;
use std::error::Error;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// How containers name the machine that they run on.
const FROM_CONTAINERS: [&str; 2] = ["host.docker.internal", "host.containers.internal"];

/// What a client needs to verify a sandbox that serves https.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The PEM file with the certificate of the authority, as `SSL_CERT_FILE` takes it.
    pub authority: PathBuf,
    /// The names and addresses that the server's certificate is valid for.
    pub names: Vec<String>,
}

impl Tls {
    /// Creates an authority, writes its certificate to `ca.pem` in this folder, and issues one for this machine,
    /// `host` and `names`. The private keys stay in memory.
    pub(crate) fn create(folder: &Path, host: IpAddr, names: &[String]) -> io::Result<(Self, TlsAcceptor)> {
        let names = certified_names(host, names);
        let (pem, acceptor) = certificates(&names).map_err(io::Error::other)?;
        let authority = folder.join("ca.pem");
        let written = fs::create_dir_all(folder)
            .and_then(|()| fs::write(&authority, pem))
            .and_then(|()| authority.canonicalize());
        let authority = written.map_err(|error| {
            let message = format!("cannot write ca.pem into {}: {error}", folder.display());
            io::Error::new(error.kind(), message)
        })?;
        Ok((Self { authority, names }, acceptor))
    }
}

fn certified_names(host: IpAddr, names: &[String]) -> Vec<String> {
    let machine = gethostname::gethostname().into_string().ok();
    let mut all = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    all.extend(machine.filter(|name| ServerName::try_from(name.as_str()).is_ok()));
    all.extend(FROM_CONTAINERS.map(str::to_owned));
    all.extend((!host.is_unspecified()).then(|| host.to_string()));
    all.extend_from_slice(names);
    let mut seen = HashSet::new();
    all.retain(|name| seen.insert(name.clone()));
    all
}

/// The authority's certificate as PEM, and a server with one of its certificates. Both have the extensions that
/// strict clients want, such as Python's.
fn certificates(names: &[String]) -> Result<(String, TlsAcceptor), Box<dyn Error + Send + Sync>> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "360Learning sandbox CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let mut server = CertificateParams::new(names)?;
    server.distinguished_name.push(DnType::CommonName, "360Learning sandbox");
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &authority)?;

    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok((authority.pem(), TlsAcceptor::from(Arc::new(config))))
}
