//! TLS 1.3 between two nodes: raw public keys (RFC 7250) pinned from the register, X25519MLKEM768 and
//! nothing else for the key exchange.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::pki_types::{
    CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, ServerConfig,
    SignatureScheme,
};
use zeroize::Zeroizing;

use super::Host;
use model::ids::NodeId;

/// Frames over a stream.
pub(super) const STREAM: &[u8] = b"guzar/1";

/// Frames in HTTP/1.1 bodies.
pub(super) const BATCH: &[u8] = b"http/1.1";

/// `SubjectPublicKeyInfo` of an Ed25519 key, before its 32 bytes (RFC 8410, section 4).
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// PKCS #8 of an Ed25519 seed, before its 32 bytes (RFC 8410, section 7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The key by which this node proves itself.
#[derive(Debug)]
pub(super) struct Identity {
    provider: Arc<CryptoProvider>,
    key: Arc<CertifiedKey>,
}

impl Identity {
    pub(super) fn new(seed: &[u8; 32]) -> Result<Self, Error> {
        let provider = Arc::new(CryptoProvider {
            kx_groups: vec![aws_lc_rs::kx_group::X25519MLKEM768],
            ..aws_lc_rs::default_provider()
        });
        let pkcs8 = Zeroizing::new([&PKCS8[..], &seed[..]].concat());
        let key = aws_lc_rs::sign::any_eddsa_type(&PrivatePkcs8KeyDer::from(pkcs8.as_slice()))?;
        let public = key
            .public_key()
            .ok_or_else(|| Error::General("no public key".to_owned()))?;
        let public = CertificateDer::from(public.as_ref().to_vec());
        Ok(Self {
            provider,
            key: Arc::new(CertifiedKey::new(vec![public], key)),
        })
    }

    /// For dialling that peer, and nobody else.
    pub(super) fn client(
        &self,
        host: &Arc<dyn Host>,
        peer: &NodeId,
        protocol: &[u8],
    ) -> Result<Arc<ClientConfig>, Error> {
        let (host, peer) = (Arc::clone(host), peer.clone());
        self.client_that_trusts(protocol, move |key| {
            host.peer_by_link_key(key).as_ref() == Some(&peer)
        })
    }

    fn client_that_trusts(
        &self,
        protocol: &[u8],
        trusts: impl Fn(&[u8]) -> bool + Send + Sync + 'static,
    ) -> Result<Arc<ClientConfig>, Error> {
        let pins = self.pins(trusts);
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(pins))
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(
                Arc::clone(&self.key),
            )));
        config.alpn_protocols = vec![protocol.to_vec()];
        config.enable_sni = false;
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config))
    }

    /// For whoever is in the register.
    pub(super) fn server(&self, host: &Arc<dyn Host>) -> Result<Arc<ServerConfig>, Error> {
        let host = Arc::clone(host);
        self.server_that_trusts(move |key| host.peer_by_link_key(key).is_some())
    }

    fn server_that_trusts(
        &self,
        trusts: impl Fn(&[u8]) -> bool + Send + Sync + 'static,
    ) -> Result<Arc<ServerConfig>, Error> {
        let pins = self.pins(trusts);
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(Arc::new(pins))
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(
                Arc::clone(&self.key),
            )));
        config.alpn_protocols = vec![STREAM.to_vec(), BATCH.to_vec()];
        // A link lives long, and the register may withdraw a key between two of them.
        config.send_tls13_tickets = 0;
        Ok(Arc::new(config))
    }

    fn pins(&self, trusts: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Pins {
        Pins {
            trusts: Box::new(trusts),
            algorithms: self.provider.signature_verification_algorithms,
        }
    }
}

/// Both ends of a link with itself, as `guzar bench limits` measures it: the key is the one of `seed`.
pub fn measured_pair(seed: &[u8; 32]) -> Result<(Arc<ClientConfig>, Arc<ServerConfig>), Error> {
    let identity = Identity::new(seed)?;
    let own = identity.key.cert.first().map(|key| key.as_ref().to_vec());
    let own = own.as_deref().and_then(ed25519_of).map(<[u8]>::to_vec);
    let trusts = move |key: &[u8]| own.as_deref() == Some(key);
    Ok((
        identity.client_that_trusts(STREAM, trusts.clone())?,
        identity.server_that_trusts(trusts)?,
    ))
}

/// The 32 bytes of an Ed25519 key in its one encoding.
pub(super) fn ed25519_of(spki: &[u8]) -> Option<&[u8]> {
    let key = spki.strip_prefix(&SPKI)?;
    (key.len() == 32).then_some(key)
}

/// Says whether a key is trusted just now.
type Trusts = Box<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// Accepts the keys that are trusted at the moment of the handshake. The handshake's signature is checked
/// by rustls' own verification: this only says whose key it may be.
struct Pins {
    trusts: Trusts,
    algorithms: WebPkiSupportedAlgorithms,
}

impl std::fmt::Debug for Pins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pins").finish_non_exhaustive()
    }
}

impl Pins {
    fn check(&self, key: &CertificateDer<'_>, chain: &[CertificateDer<'_>]) -> Result<(), Error> {
        let trusted = ed25519_of(key.as_ref()).is_some_and(|key| (self.trusts)(key));
        if trusted && chain.is_empty() {
            Ok(())
        } else {
            Err(Error::InvalidCertificate(
                rustls::CertificateError::UnknownIssuer,
            ))
        }
    }

    fn signature(
        &self,
        message: &[u8],
        key: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature_with_raw_key(
            message,
            &SubjectPublicKeyInfoDer::from(key.as_ref()),
            signed,
            &self.algorithms,
        )
    }
}

impl ServerCertVerifier for Pins {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity, intermediates)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for Pins {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(end_entity, intermediates)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
