"""The exceptions whoever runs the site makes: hosts that may be reached though not public."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")


@dataclass(frozen=True)
class Allow:
    """What LECTERN_FEED_ALLOW lists. The default allows nothing beyond the public internet."""

    hosts: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Allow":
        """Comma-separated `host`, `host:port` or CIDR; IPv6 with a port stands in brackets.

        Raises ValueError with a sentence that names the first piece that is none of these.
        """
        hosts, networks = [], []
        for piece in filter(None, (part.strip().lower() for part in text.split(","))):
            if (network := _network(piece)) is not None:
                networks.append(network)
            else:
                hosts.append(_host(piece))
        return cls(frozenset(hosts), tuple(networks))

    def permits(self, host: str, port: int, address: str) -> bool:
        """Whether `address`, found under the name `host`, may be reached on `port`."""
        where = ip_address(address)
        return self.names(host, port) or self.names(str(where), port) or any(
            where in network for network in self.networks
        )

    def names(self, host: str, port: int) -> bool:
        """Whether this host stands in the list by name, without looking it up."""
        name = host.lower().strip("[]").rstrip(".")
        return not self.hosts.isdisjoint({(name, port), (name, None)})


def _network(piece: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(_unbracketed(piece))
    except ValueError:
        return None


def _host(piece: str) -> tuple[str, int | None]:
    host, colon, port = piece.rpartition(":") if ":" in piece else (piece, "", "")
    name = _literal(host) if host.startswith("[") else host
    port_is_fine = port.isdecimal() and 0 < int(port) < 65536 if colon else True
    if not (name and port_is_fine and (":" in name or _HOST.fullmatch(name))):
        raise ValueError(
            f"“{piece}” in LECTERN_FEED_ALLOW is neither a host, nor host:port,"
            " nor a network like 10.0.0.0/8."
        )
    return name, int(port) if colon else None


def _literal(bracketed: str) -> str:
    try:
        return str(ip_address(_unbracketed(bracketed)))
    except ValueError:
        return ""


def _unbracketed(text: str) -> str:
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text
