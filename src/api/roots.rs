//! The root certificates that the environment names. The TLS library skips a file that it cannot read.

use std::path::{Path, PathBuf};
use std::{env, fs};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};

use super::ConnectionError;

const FILE: &str = "SSL_CERT_FILE";
const FOLDER: &str = "SSL_CERT_DIR";

/// A variable that is set leads to at least one certificate.
pub(super) fn check() -> Result<(), ConnectionError> {
    if let Some(path) = env::var_os(FILE).map(PathBuf::from) {
        check_file(&path).map_err(|problem| wrong(FILE, &path, problem))?;
    }
    let Some(value) = env::var_os(FOLDER).filter(|value| !value.is_empty()) else { return Ok(()) };
    let checked: Vec<_> = env::split_paths(&value).map(|folder| check_folder(&folder)).collect();
    if checked.iter().any(Result::is_ok) {
        return Ok(());
    }
    let problem = checked.into_iter().find_map(Result::err).unwrap_or_default();
    Err(wrong(FOLDER, Path::new(&value), problem))
}

/// The error of a client that found no certificate at all.
pub(super) fn none() -> ConnectionError {
    let set = [FILE, FOLDER].into_iter().find_map(|name| Some((name, env::var_os(name)?)));
    match set {
        Some((variable, value)) => {
            wrong(variable, Path::new(&value), "holds no valid certificate".to_owned())
        }
        None => ConnectionError::NoRoots,
    }
}

/// What to do about an unknown issuer.
pub(super) fn advice() -> String {
    match env::var_os(FILE) {
        Some(path) => format!(
            "Set the environment variable {FILE} to a PEM file with the root certificate of its issuer: {}, which it names now, lacks it",
            Path::new(&path).display()
        ),
        None => format!(
            "If a proxy of your company inspects TLS, or the server has a private certificate, set the environment variable {FILE} to a PEM file with the root certificate"
        ),
    }
}

fn wrong(variable: &'static str, path: &Path, problem: String) -> ConnectionError {
    let path = if path.as_os_str().is_empty() { "\"\"".to_owned() } else { path.display().to_string() };
    ConnectionError::Roots { variable, path, problem }
}

/// What is wrong with a file that holds no certificate.
fn check_file(path: &Path) -> Result<(), String> {
    let unreadable = |error: pem::Error| match error {
        pem::Error::Io(error) => format!("cannot be read: {error}"),
        _ => "holds no certificate in PEM form".to_owned(),
    };
    let mut problem = "holds no certificate in PEM form".to_owned();
    for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
        match certificate {
            Ok(_) => return Ok(()),
            Err(error) => problem = unreadable(error),
        }
    }
    Err(problem)
}

fn check_folder(folder: &Path) -> Result<(), String> {
    let files = fs::read_dir(folder).map_err(|error| format!("cannot be read: {error}"))?;
    let mut paths = files.filter_map(|file| Some(file.ok()?.path()));
    if paths.any(|path| check_file(&path).is_ok()) {
        return Ok(());
    }
    Err("holds no file with a certificate in PEM form".to_owned())
}
