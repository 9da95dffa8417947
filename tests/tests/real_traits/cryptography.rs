//! TLS, hashes and random numbers.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use static_call::{Devirt, static_dispatch};

use crate::{Backend, INITIAL_NOTES};

#[derive(Debug)]
struct CertificateDer<'a>(Cow<'a, [u8]>);

#[derive(Debug)]
enum ServerName<'a> {
    DnsName(Cow<'a, str>),
}

#[derive(Debug, Clone, Copy)]
struct UnixTime(u64);

/// `rustls::Error`, which owns strings.
type Error = String;

#[derive(Debug)]
struct ServerCertVerified(());

#[derive(Debug)]
struct HandshakeSignatureValid(());

#[derive(Debug)]
struct DigitallySignedStruct {
    scheme: SignatureScheme,
    signature: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum SignatureScheme {
    Ed25519,
}

#[derive(Debug)]
struct DistinguishedName(Vec<u8>);

#[static_dispatch]
#[allow(unreachable_pub)]
trait ServerCertVerifier: Debug + Send + Sync {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error>;
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error>;
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error>;
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme>;
    fn requires_raw_public_keys(&self) -> bool {
        false
    }
    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        None
    }
}

impl ServerCertVerifier for Backend {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.note((end_entity, intermediates, server_name, ocsp_response, now));
        Ok(ServerCertVerified(()))
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let number = self.note((message, cert, dss));
        Err(format!("TLS 1.2, {number}"))
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.note((message, cert, dss));
        Ok(HandshakeSignatureValid(()))
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::Ed25519; self.note("schemes") as usize]
    }
}

#[derive(Debug)]
struct CertifiedKey(Vec<u8>);

/// Passed by value, and of more words than fit into registers.
#[derive(Debug)]
struct ClientHello<'a> {
    server_name: Option<&'a str>,
    signature_schemes: &'a [SignatureScheme],
    alpn: Option<&'a Vec<Vec<u8>>>,
}

#[static_dispatch]
trait ResolvesServerCert: Debug + Send + Sync {
    fn resolve(&self, client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>>;
    fn only_raw_public_keys(&self) -> bool {
        false
    }
}

impl ResolvesServerCert for Backend {
    fn resolve(&self, client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let number = self.note(client_hello);
        Some(Arc::new(CertifiedKey(vec![number as u8])))
    }
}

#[static_dispatch(noop)]
trait KeyLog: Debug + Send + Sync {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]);
    fn will_log(&self, _label: &str) -> bool {
        true
    }
}

impl KeyLog for Backend {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.note((label, client_random, secret));
    }
}

#[derive(Debug)]
struct GetRandomFailed;

#[static_dispatch(default: Backend = Backend::with(&INITIAL_NOTES))]
trait SecureRandom: Send + Sync + Debug {
    fn fill(&self, buf: &mut [u8]) -> Result<(), GetRandomFailed>;
    fn fips(&self) -> bool {
        false
    }
}

impl SecureRandom for Backend {
    fn fill(&self, buf: &mut [u8]) -> Result<(), GetRandomFailed> {
        let number = self.note(buf.len()) as u8;
        buf.fill(number);
        if number > 1 {
            Err(GetRandomFailed)
        } else {
            Ok(())
        }
    }
}

/// `rustls::crypto::hash::Output` and `hmac::Tag`: a large array by value.
#[derive(Debug)]
struct Output {
    buffer: [u8; 64],
    used: usize,
}

impl Output {
    fn new(data: &[u8], number: u64) -> Self {
        let mut buffer = [number as u8; 64];
        let used = data.len().min(64);
        buffer[..used].copy_from_slice(&data[..used]);
        Self { buffer, used }
    }
}

trait Context: Send + Sync {
    fn update(&mut self, data: &[u8]);
    fn finish(self: Box<Self>) -> Output;
}

impl Context for Vec<u8> {
    fn update(&mut self, data: &[u8]) {
        self.extend(data);
    }
    fn finish(self: Box<Self>) -> Output {
        Output::new(&self, 0)
    }
}

#[derive(Debug)]
enum HashAlgorithm {
    Sha256,
}

#[static_dispatch(inline(Backend))]
trait Hash: Send + Sync {
    fn start(&self) -> Box<dyn Context>;
    fn hash(&self, data: &[u8]) -> Output;
    fn output_len(&self) -> usize;
    fn algorithm(&self) -> HashAlgorithm;
    fn fips(&self) -> bool {
        false
    }
}

impl Hash for Backend {
    fn start(&self) -> Box<dyn Context> {
        Box::new(vec![self.note("start") as u8])
    }
    fn hash(&self, data: &[u8]) -> Output {
        Output::new(data, self.note(data))
    }
    fn output_len(&self) -> usize {
        64
    }
    fn algorithm(&self) -> HashAlgorithm {
        HashAlgorithm::Sha256
    }
}

#[static_dispatch]
trait Hmac: Send + Sync {
    fn with_key(&self, key: &[u8]) -> Box<dyn Key>;
    fn hash_output_len(&self) -> usize;
    fn fips(&self) -> bool {
        false
    }
}

impl Hmac for Backend {
    fn with_key(&self, key: &[u8]) -> Box<dyn Key> {
        self.note(key);
        Box::new(Self::new())
    }
    fn hash_output_len(&self) -> usize {
        64
    }
}

#[static_dispatch]
trait Key: Send + Sync {
    fn sign(&self, data: &[&[u8]]) -> Output {
        self.sign_concat(&[], data, &[])
    }
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> Output;
    fn tag_len(&self) -> usize;
}

impl Key for Backend {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> Output {
        Output::new(first, self.note((middle, last)))
    }
    fn tag_len(&self) -> usize {
        64
    }
}

#[derive(Debug)]
struct SubjectPublicKeyInfoDer<'a>(Cow<'a, [u8]>);

#[static_dispatch]
trait SigningKey: Debug + Send + Sync {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>>;
    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        None
    }
    fn algorithm(&self) -> SignatureScheme;
}

impl SigningKey for Backend {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        self.note(offered);
        Some(Box::new(Self::new()))
    }
    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(SubjectPublicKeyInfoDer(vec![self.note("key") as u8].into()))
    }
    fn algorithm(&self) -> SignatureScheme {
        SignatureScheme::Ed25519
    }
}

#[static_dispatch]
trait Signer: Debug + Send + Sync {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
    fn scheme(&self) -> SignatureScheme;
}

impl Signer for Backend {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(vec![self.note(message) as u8; message.len()])
    }
    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Ed25519
    }
}

#[derive(Debug)]
struct AeadKey([u8; 32]);

#[derive(Debug)]
struct Iv([u8; 12]);

#[derive(Debug)]
struct UnsupportedOperationError;

#[derive(Debug)]
enum ConnectionTrafficSecrets {
    Aes256Gcm { key: AeadKey, iv: Iv },
}

#[static_dispatch]
trait Tls13AeadAlgorithm: Send + Sync {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter>;
    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter>;
    fn key_len(&self) -> usize;
    fn extract_keys(
        &self,
        key: AeadKey,
        iv: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError>;
    fn fips(&self) -> bool {
        false
    }
}

impl Tls13AeadAlgorithm for Backend {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        self.note((key, iv));
        Box::new(Self::new())
    }
    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        self.note((iv, key));
        Box::new(Self::new())
    }
    fn key_len(&self) -> usize {
        32
    }
    fn extract_keys(
        &self,
        key: AeadKey,
        iv: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        if self.note("extract") > 2 {
            Ok(ConnectionTrafficSecrets::Aes256Gcm { key, iv })
        } else {
            Err(UnsupportedOperationError)
        }
    }
}

/// `rustls::internal::msgs::message::OutboundPlainMessage`
#[derive(Debug)]
struct OutboundPlainMessage<'a> {
    version: u16,
    payload: &'a [&'a [u8]],
}

#[static_dispatch(devirt, inline(Backend))]
trait MessageEncrypter: Send + Sync {
    fn encrypt(&mut self, msg: OutboundPlainMessage<'_>, seq: u64) -> Result<Vec<u8>, Error>;
    fn encrypted_payload_len(&self, payload_len: usize) -> usize;
}

impl MessageEncrypter for Backend {
    fn encrypt(&mut self, msg: OutboundPlainMessage<'_>, seq: u64) -> Result<Vec<u8>, Error> {
        Ok(vec![self.note((msg, seq)) as u8])
    }
    fn encrypted_payload_len(&self, payload_len: usize) -> usize {
        payload_len + 16
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait MessageDecrypter: Send + Sync {
    fn decrypt<'a>(&mut self, msg: &'a mut [u8], seq: u64) -> Result<&'a [u8], Error>;
}

impl MessageDecrypter for Backend {
    fn decrypt<'a>(&mut self, msg: &'a mut [u8], seq: u64) -> Result<&'a [u8], Error> {
        msg[0] = self.note(seq) as u8;
        Ok(msg)
    }
}

#[static_dispatch(noop)]
trait StoresServerSessions: Debug + Send + Sync {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool;
    fn get(&self, key: &[u8]) -> Option<Vec<u8>>;
    fn take(&self, key: &[u8]) -> Option<Vec<u8>>;
    fn can_cache(&self) -> bool;
}

impl StoresServerSessions for Backend {
    fn put(&self, key: Vec<u8>, value: Vec<u8>) -> bool {
        self.note((key, value)) > 0
    }
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.note(key);
        Some(key.to_vec())
    }
    fn take(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.note(key);
        None
    }
    fn can_cache(&self) -> bool {
        true
    }
}

#[static_dispatch]
trait TimeProvider: Debug + Send + Sync {
    fn current_time(&self) -> Option<UnixTime>;
}

impl TimeProvider for Backend {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime(self.note("time")))
    }
}

/// `rustls::crypto::SharedSecret` and what else goes with it.
type CompletedKeyExchange = (u16, Vec<u8>);

trait ActiveKeyExchange: Send + Sync {
    fn pub_key(&self) -> &[u8];
}

impl ActiveKeyExchange for Vec<u8> {
    fn pub_key(&self) -> &[u8] {
        self
    }
}

#[static_dispatch]
trait SupportedKxGroup: Send + Sync + Debug {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error>;
    fn start_and_complete(&self, peer_pub_key: &[u8]) -> Result<CompletedKeyExchange, Error> {
        Ok((
            self.name(),
            [self.start()?.pub_key(), peer_pub_key].concat(),
        ))
    }
    fn ffdhe_group(&self) -> Option<&'static [u8]> {
        None
    }
    fn name(&self) -> u16;
    fn fips(&self) -> bool {
        false
    }
    fn usable_for_version(&self, _version: u16) -> bool {
        true
    }
}

impl SupportedKxGroup for Backend {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Ok(Box::new(vec![self.note("start") as u8]))
    }
    fn name(&self) -> u16 {
        29
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait RngCore {
    fn next_u32(&mut self) -> u32;
    fn next_u64(&mut self) -> u64;
    fn fill_bytes(&mut self, dst: &mut [u8]);
}

impl RngCore for Backend {
    fn next_u32(&mut self) -> u32 {
        self.note("u32") as u32
    }
    fn next_u64(&mut self) -> u64 {
        self.note("u64")
    }
    fn fill_bytes(&mut self, dst: &mut [u8]) {
        dst.fill(self.note(dst.len()) as u8);
    }
}

#[static_dispatch(devirt, inline(Backend))]
trait CryptoRng: RngCore {}

impl CryptoRng for Backend {}

impl RngCore for Devirt<Box<dyn CryptoRng>> {
    fn next_u32(&mut self) -> u32 {
        self.as_inner_mut().next_u32()
    }
    fn next_u64(&mut self) -> u64 {
        self.as_inner_mut().next_u64()
    }
    fn fill_bytes(&mut self, dst: &mut [u8]) {
        self.as_inner_mut().fill_bytes(dst)
    }
}

fn certificate(byte: u8) -> CertificateDer<'static> {
    CertificateDer(vec![byte].into())
}

real_traits! {
    "rustls 0.23.46" "client::danger::ServerCertVerifier", Static, [];
    fn server_cert_verifier(this: ServerCertVerifier) {
        let name = ServerName::DnsName(String::from("name").into());
        let signed = DigitallySignedStruct { scheme: SignatureScheme::Ed25519, signature: vec![1] };
        (
            this.verify_server_cert(&certificate(1), &[certificate(2)], &name, &[3], UnixTime(4)),
            this.verify_tls12_signature(b"message", &certificate(5), &signed),
            this.verify_tls13_signature(b"message", &certificate(6), &signed),
            this.supported_verify_schemes(),
            this.requires_raw_public_keys(),
            format!("{:?}", this.root_hint_subjects()),
        )
    }

    "rustls 0.23.46" "server::ResolvesServerCert", Static, [];
    fn resolves_server_cert(this: ResolvesServerCert) {
        let hello = ClientHello {
            server_name: Some("name"),
            signature_schemes: &[SignatureScheme::Ed25519],
            alpn: Some(&vec![vec![1]]),
        };
        (this.resolve(hello), this.only_raw_public_keys())
    }

    "rustls 0.23.46" "KeyLog", Static, [];
    fn key_log(this: KeyLog) {
        this.log("label", &[1], &[2, 3]);
        this.will_log("label")
    }

    "rustls 0.23.46" "crypto::SecureRandom", Static, [];
    fn secure_random(this: SecureRandom) {
        let mut bytes = [0; 4];
        (this.fill(&mut bytes), this.fill(&mut []), this.fips(), bytes)
    }

    "rustls 0.23.46" "crypto::hash::Hash", Static, [];
    fn hash(this: Hash) {
        let mut context = this.start();
        context.update(b"data");
        (context.finish(), this.hash(b"abc"), this.output_len(), this.algorithm(), this.fips())
    }

    "rustls 0.23.46" "crypto::hmac::Hmac", Static, [];
    fn hmac(this: Hmac) {
        (this.with_key(b"key").sign(&[b"data"]), this.hash_output_len(), this.fips())
    }

    "rustls 0.23.46" "crypto::hmac::Key", Static, [];
    fn key(this: Key) {
        (this.sign(&[b"a", b"b"]), this.sign_concat(b"first", &[b"middle"], b"last"), this.tag_len())
    }

    "rustls 0.23.46" "sign::SigningKey", Static, [];
    fn signing_key(this: SigningKey) {
        let signer = this.choose_scheme(&[SignatureScheme::Ed25519]);
        (signer.map(|signer| signer.sign(b"text")), format!("{:?}", this.public_key()), this.algorithm())
    }

    "rustls 0.23.46" "sign::Signer", Static, [];
    fn signer(this: Signer) { (this.sign(b"message"), this.scheme()) }

    "rustls 0.23.46" "crypto::cipher::Tls13AeadAlgorithm", Static, [];
    fn tls13_aead_algorithm(this: Tls13AeadAlgorithm) {
        let mut message = [0; 2];
        let plain = OutboundPlainMessage { version: 4, payload: &[b"text"] };
        (
            this.encrypter(AeadKey([1; 32]), Iv([2; 12])).encrypt(plain, 1),
            this.decrypter(AeadKey([3; 32]), Iv([4; 12])).decrypt(&mut message, 2).map(<[_]>::to_vec),
            this.extract_keys(AeadKey([5; 32]), Iv([6; 12])),
            this.key_len(),
            this.fips(),
        )
    }

    "rustls 0.23.46" "crypto::cipher::MessageEncrypter", Devirt, [];
    fn message_encrypter(this: MessageEncrypter) {
        let plain = OutboundPlainMessage { version: 4, payload: &[b"some", b"text"] };
        (this.encrypt(plain, 9), this.encrypted_payload_len(8))
    }

    "rustls 0.23.46" "crypto::cipher::MessageDecrypter", Devirt, [];
    fn message_decrypter(this: MessageDecrypter) {
        let mut message = [0; 2];
        this.decrypt(&mut message, 9).map(<[_]>::to_vec)
    }

    "rustls 0.23.46" "crypto::SupportedKxGroup", Static, [];
    fn supported_kx_group(this: SupportedKxGroup) {
        (
            this.start().map(|exchange| exchange.pub_key().to_vec()),
            this.start_and_complete(b"peer"),
            this.ffdhe_group(),
            this.name(),
            this.fips(),
            this.usable_for_version(4),
        )
    }

    "rustls 0.23.46" "server::StoresServerSessions", Static, [];
    fn stores_server_sessions(this: StoresServerSessions) {
        (this.put(vec![1], vec![2]), this.get(&[3]), this.take(&[4]), this.can_cache())
    }

    "rustls 0.23.46" "time_provider::TimeProvider", Static, [];
    fn time_provider(this: TimeProvider) { this.current_time() }

    "rand_core 0.9.5" "RngCore", Devirt, [];
    fn rng_core(this: RngCore) {
        let mut bytes = [0; 3];
        this.fill_bytes(&mut bytes);
        (this.next_u32(), this.next_u64(), bytes)
    }
}

/// A marker above an annotated trait: what is called are the methods of the supertrait, which the program implements
/// for the pointer that it stores, and which go on by an ordinary virtual call.
#[test]
fn a_marker_above_an_annotated_trait() {
    let mut random = Devirt::new(Box::new(Backend::new()) as Box<dyn CryptoRng>);
    fn secret(random: &mut impl CryptoRng) -> u64 {
        random.next_u64()
    }
    assert_eq!((secret(&mut random), secret(&mut random)), (1, 2));
}
