"""Prints the addresses at which others in the network open the app: python tools/addresses.py PORT."""

import ipaddress
import socket
import sys
from collections.abc import Iterable

import psutil


def reachable(addresses: Iterable[str]) -> list[str]:
    """Those IPv4 addresses that another computer can reach: neither the loopback nor self-assigned ones."""
    parsed = (ipaddress.IPv4Address(address) for address in addresses)
    return [str(address) for address in parsed if not address.is_loopback and not address.is_link_local]


def announcement(addresses: Iterable[str], port: int) -> str:
    """What to tell the class: a line per address, and who can open them."""
    lines = [f"  http://{address}:{port}" for address in reachable(addresses)]
    if not lines:
        return "This computer has no address in a network: connect it, then start again."
    return "\n".join(
        [
            "Anyone in your network can open the app at",
            *lines,
            "The training processes stay on this computer's loopback.",
        ]
    )


def own_addresses() -> list[str]:
    """The IPv4 addresses of the network interfaces that are up."""
    up = {name for name, status in psutil.net_if_stats().items() if status.isup}
    return [
        entry.address
        for name, entries in psutil.net_if_addrs().items()
        for entry in entries
        if name in up and entry.family == socket.AF_INET
    ]


if __name__ == "__main__":
    print(announcement(own_addresses(), int(sys.argv[1])), flush=True)
