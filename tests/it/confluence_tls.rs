//! Publishing to a wiki whose certificate only the company's own authority vouches for.

use casebook::out::wiki::confluence::client::{Client, Kind};
use casebook::out::wiki::net::Access;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

/// An authority, and a certificate of it for this machine.
struct Company {
    authority: String,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

fn company() -> Company {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_string()]).unwrap();
    let own = own.signed_by(&key, &authority).unwrap();
    Company {
        authority: authority.pem(),
        chain: vec![own.der().clone()],
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    }
}

/// A wiki that answers one request with its space, if the client trusts it.
fn wiki(company: &Company) -> String {
    let config =
        ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(company.chain.clone(), company.key.clone_key())
            .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let (mut socket, _) = listener.accept().unwrap();
        let mut stream = Stream::new(&mut connection, &mut socket);
        let mut request = [0; 4096];
        if stream.read(&mut request).is_ok_and(|read| read > 0) {
            let body = r#"{"id": 7, "homepage": {"id": 70}}"#;
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
            let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = stream.flush();
        }
    });
    url
}

/// The number of the first page of the space, or what is said instead.
fn ask(url: &str, ca_certificate: Option<&[u8]>) -> Result<Option<String>, String> {
    let access = Access { url, user: None, token: "s3cret", ca_certificate, patience: None };
    let client = Client::new(&access, Kind::DataCenter, "SEC", &|_| {})?;
    client.space().map(|(_, home)| home).map_err(|error| error.to_string())
}

#[test]
fn the_authority_that_is_named_is_trusted() {
    let company = company();
    let home = ask(&wiki(&company), Some(company.authority.as_bytes()));
    assert_eq!(home, Ok(Some("70".to_string())));
}

#[test]
fn another_authority_is_not_and_the_way_out_is_told() {
    let ours = company();
    for authority in [None, Some(company().authority)] {
        let error = ask(&wiki(&ours), authority.as_deref().map(str::as_bytes)).unwrap_err();
        assert!(error.contains("--ca-certificate"), "{error}");
    }
}

#[test]
fn an_authority_that_vouches_for_itself_is_told_what_helps() {
    let mut params = CertificateParams::new(vec!["localhost".to_string()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let own = params.self_signed(&key).unwrap();
    let company = Company {
        authority: own.pem(),
        chain: vec![own.der().clone()],
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    };
    let error = ask(&wiki(&company), Some(company.authority.as_bytes())).unwrap_err();
    assert!(error.contains("CA:TRUE") && error.contains("a certificate of its own"), "{error}");
}

#[test]
fn what_is_no_certificate_is_refused_before_anything_is_sent() {
    for text in
        ["", "no certificate", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"]
    {
        let error = ask("https://localhost:1", Some(text.as_bytes())).unwrap_err();
        assert!(error.contains("certificate"), "{error}");
    }
}
