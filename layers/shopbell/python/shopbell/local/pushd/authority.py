"""A certificate authority of its own, and one leaf for every host that is played."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True, slots=True)
class Authority:
    """`ca_file` is what a client must trust; `leaf_file` holds the server's key and chain."""

    ca_file: Path
    leaf_file: Path

    def context(self, protocols: Sequence[str]) -> ssl.SSLContext:
        """The server's side, offering these protocols by ALPN."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.leaf_file)
        context.set_alpn_protocols(list(protocols))
        return context


def keep_authority(folder: Path, hosts: Sequence[str]) -> Authority:
    """The one of the folder, made there unless it is still good for a day: whoever trusts it need not start anew."""
    kept = _authority(folder)
    if kept.ca_file.exists() and kept.leaf_file.exists():
        leaf = x509.load_pem_x509_certificate(kept.leaf_file.read_bytes())
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        good = leaf.not_valid_after_utc > datetime.now(UTC) + timedelta(days=1)
        if good and set(hosts) <= set(names.get_values_for_type(x509.DNSName)):
            return kept
    folder.mkdir(parents=True, exist_ok=True)
    return found_authority(folder, hosts, days=90)


def found_authority(folder: Path, hosts: Sequence[str], *, days: int = 7) -> Authority:
    """Make the authority and a leaf for the hosts and 127.0.0.1, good from yesterday for so long.

    The key of the authority is not kept: it signs nothing else.
    """
    ca_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name, leaf_name = _name("Shopbell local authority"), _name("Shopbell local push service")
    ca_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = (
        _certificate(ca_name, ca_key, days)
        .issuer_name(ca_name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(ca_id, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    names = [*map(x509.DNSName, hosts), x509.IPAddress(ip_address("127.0.0.1"))]
    leaf = (
        _certificate(leaf_name, leaf_key, days)
        .issuer_name(ca_name)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_id), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    authority = _authority(folder)
    authority.leaf_file.touch(0o600)
    authority.ca_file.write_bytes(ca.public_bytes(Encoding.PEM))
    secret = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    authority.leaf_file.write_bytes(secret + leaf.public_bytes(Encoding.PEM))
    return authority


def _authority(folder: Path) -> Authority:
    return Authority(folder / "authority.pem", folder / "push-service.pem")


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )
