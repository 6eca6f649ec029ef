#!/usr/bin/env python3
"""The peer for acknowledgements: the same request and replies as limit_acks.c, with Python's `selectors`, in the same
network (started by limit_acks HOSTS ROUNDS python3 acks_selectors.py ROUNDS [drain]). One line of microseconds per round.

Written as the module's documentation writes it, one receive for each event, and it knows who has answered. With `drain` the
sender reads until nothing is left instead, which is faster."""
import ctypes
import os
import selectors
import socket
import struct
import sys
import time

GROUP, PORT, SIZE = "239.1.2.3", 5001, 64
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def udp_socket(netns):
    if libc.setns(netns, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    return sock


def open_receiver(netns):
    sock = udp_socket(netns)
    sock.bind((GROUP, PORT))
    index = socket.if_nametoindex("eth0")
    request = struct.pack("4s4si", socket.inet_aton(GROUP), bytes(4), index)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    return sock


def receive_acks(sender, drain):
    """The addresses that acknowledged."""
    answered = [sender.recvfrom(SIZE)[1][0]]
    try:
        while drain:
            answered.append(sender.recvfrom(SIZE)[1][0])
    except BlockingIOError:
        pass
    return answered


def run_round(selector, sender, host_count, drain):
    acknowledged = set()
    begin = time.monotonic()
    sender.sendto(bytes(SIZE), (GROUP, PORT))
    while len(acknowledged) < host_count:
        ready = selector.select(5)
        if not ready:
            sys.exit("acknowledgements are missing")
        for key, _ in ready:
            if key.fileobj is sender:
                acknowledged.update(receive_acks(sender, drain))
            else:
                data, address = key.fileobj.recvfrom(SIZE)
                key.fileobj.sendto(data, address)
    return (time.monotonic() - begin) * 1e6


def warm_up(selector, sender, host_count):
    """Sends until every receiver has answered once: then the switch has all memberships."""
    answered = set()
    while len(answered) < host_count:
        sender.sendto(bytes(SIZE), (GROUP, PORT))
        for key, _ in selector.select(0.05):
            data, address = key.fileobj.recvfrom(SIZE)
            if key.fileobj is sender:
                answered.add(address)
            else:
                key.fileobj.sendto(data, address)
    while selector.select(0.1):  # what is still under way
        for key, _ in selector.select(0):
            key.fileobj.recvfrom(SIZE)


def main():
    namespaces = [int(fd) for fd in os.environ["MH_BENCH_NETNS"].split(",")]
    selector = selectors.DefaultSelector()
    receivers = [open_receiver(netns) for netns in namespaces[1:]]
    sender = udp_socket(namespaces[0])
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    for sock in [*receivers, sender]:
        selector.register(sock, selectors.EVENT_READ)
    warm_up(selector, sender, len(receivers))
    for _ in range(int(sys.argv[1])):
        print(f"{run_round(selector, sender, len(receivers), sys.argv[2:] == ['drain']):.1f}")


if __name__ == "__main__":
    main()
