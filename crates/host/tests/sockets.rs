//! Sockets within this machine, and waiting for them.

use std::io::{IoSlice, IoSliceMut};
use taipan_host::net::message::{Ancillary, recvmsg, sendmsg};
use taipan_host::net::resolve::{Failure, getaddrinfo, getnameinfo};
use taipan_host::net::{self, Address, names};
use taipan_host::poll::{self, Selected, TimerSetting};
use taipan_host::{Errno, fd};

const CLOEXEC: i32 = libc::SOCK_CLOEXEC;

fn close(fds: &[i32]) {
    fds.iter().for_each(|fd| fd::close(*fd).unwrap());
}

fn local(port: u16) -> Address {
    Address::V4(std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, port))
}

#[test]
fn streams() {
    let server = net::socket(libc::AF_INET, libc::SOCK_STREAM | CLOEXEC, 0).unwrap();
    net::setsockopt_int(server, libc::SOL_SOCKET, libc::SO_REUSEADDR, 1).unwrap();
    assert_eq!(net::getsockopt_int(server, libc::SOL_SOCKET, libc::SO_REUSEADDR).unwrap(), 1);
    net::bind(server, &local(0)).unwrap();
    net::listen(server, 5).unwrap();
    let address = net::getsockname(server).unwrap();
    let client = net::socket(libc::AF_INET, libc::SOCK_STREAM | CLOEXEC, 0).unwrap();
    assert_eq!(net::getpeername(client), Err(Errno(libc::ENOTCONN)));
    net::connect(client, &address).unwrap();
    let (peer, from) = net::accept(server, CLOEXEC).unwrap();
    assert_eq!(from, net::getsockname(client).unwrap());
    assert_eq!(net::getpeername(client).unwrap(), address);
    assert!(!fd::get_inheritable(peer).unwrap());
    assert_eq!(net::send(client, b"hello", 0).unwrap(), 5);
    let mut buffer = [0; 16];
    assert_eq!(net::recv(peer, &mut buffer, libc::MSG_PEEK).unwrap(), 5);
    assert_eq!(net::recvfrom(peer, &mut buffer, 0).unwrap(), (5, None));
    assert_eq!(&buffer[..5], b"hello");
    net::shutdown(client, libc::SHUT_WR).unwrap();
    assert_eq!(net::recv(peer, &mut buffer, 0).unwrap(), 0);
    assert_eq!(net::getsockopt(peer, libc::SOL_SOCKET, libc::SO_LINGER, 8).unwrap(), [0; 8]);
    close(&[server, client, peer]);
    assert_eq!(net::connect(-1, &address), Err(Errno::EBADF));
    let refused = net::socket(libc::AF_INET, libc::SOCK_STREAM | CLOEXEC, 0).unwrap();
    assert_eq!(net::connect(refused, &address), Err(Errno(libc::ECONNREFUSED)));
    fd::close(refused).unwrap();
}

#[test]
fn datagrams() {
    for host in [local(0), Address::V6(std::net::SocketAddrV6::new(std::net::Ipv6Addr::LOCALHOST, 0, 0, 0))] {
        let a = net::socket(host.family(), libc::SOCK_DGRAM | CLOEXEC, 0).unwrap();
        let b = net::socket(host.family(), libc::SOCK_DGRAM | CLOEXEC, 0).unwrap();
        if net::bind(a, &host) == Err(Errno(libc::EADDRNOTAVAIL)) {
            continue;
        }
        net::bind(b, &host).unwrap();
        let (name_a, name_b) = (net::getsockname(a).unwrap(), net::getsockname(b).unwrap());
        net::sendto(a, b"one", 0, &name_b).unwrap();
        let mut buffer = [0; 2];
        assert_eq!(net::recvfrom(b, &mut buffer, libc::MSG_TRUNC).unwrap(), (2, Some(name_a.clone())));
        sendmsg(a, &[IoSlice::new(b"two"), IoSlice::new(b"three")], &[], 0, Some(&name_b)).unwrap();
        let (mut x, mut y) = ([0; 4], [0; 9]);
        let got = recvmsg(b, &mut [IoSliceMut::new(&mut x), IoSliceMut::new(&mut y)], 0, 0).unwrap();
        assert_eq!((got.length, got.from), (8, Some(name_a)));
        assert_eq!((&x, &y[..4]), (b"twot", &b"hree"[..]));
        close(&[a, b]);
    }
}

#[test]
fn local_sockets_and_passed_descriptors() {
    let name = Address::Unix(format!("\0taipan-{}", std::process::id()).into_bytes());
    let server = net::socket(libc::AF_UNIX, libc::SOCK_STREAM | CLOEXEC, 0).unwrap();
    net::bind(server, &name).unwrap();
    net::listen(server, 1).unwrap();
    assert_eq!(net::getsockname(server).unwrap(), name);
    let client = net::socket(libc::AF_UNIX, libc::SOCK_STREAM | CLOEXEC, 0).unwrap();
    net::connect(client, &name).unwrap();
    let (peer, from) = net::accept(server, CLOEXEC).unwrap();
    assert_eq!(from, Address::Unix(vec![]));
    let (r, w) = fd::pipe2(libc::O_CLOEXEC).unwrap();
    let pass = Ancillary { level: libc::SOL_SOCKET, kind: libc::SCM_RIGHTS, data: w.to_ne_bytes().to_vec() };
    sendmsg(client, &[IoSlice::new(b"x")], &[pass], 0, None).unwrap();
    let mut byte = [0];
    let got = recvmsg(peer, &mut [IoSliceMut::new(&mut byte)], 64, libc::MSG_CMSG_CLOEXEC).unwrap();
    assert_eq!((got.length, got.ancillary.len()), (1, 1));
    let passed = i32::from_ne_bytes(got.ancillary[0].data[..].try_into().unwrap());
    fd::write(passed, b"through").unwrap();
    assert_eq!(fd::read_vec(r, 10).unwrap(), b"through");
    close(&[server, client, peer, r, w, passed]);
    let long = Address::Unix(vec![b'x'; 200]);
    assert_eq!(net::bind(client, &long), Err(Errno(libc::ENAMETOOLONG)));
}

#[test]
fn waiting() {
    let (a, b) = net::socketpair(libc::AF_UNIX, libc::SOCK_STREAM | CLOEXEC, 0).unwrap();
    assert!(!poll::wait_for(a, libc::POLLIN, Some(1_500_000)).unwrap());
    assert_eq!(poll::select(&[a], &[], &[], Some(0)).unwrap(), Selected::default());
    net::send(b, b"x", 0).unwrap();
    let ready = poll::select(&[a, b], &[a], &[], None).unwrap();
    assert_eq!(ready, Selected { readable: vec![a], writable: vec![a], exceptional: vec![] });
    let mut slots = [poll::slot(a, libc::POLLIN), poll::slot(-1, libc::POLLIN)];
    assert_eq!(poll::poll(&mut slots, -1).unwrap(), 1);
    assert_eq!((slots[0].revents, slots[1].revents), (libc::POLLIN, 0));
    let epoll = poll::epoll_create(libc::EPOLL_CLOEXEC).unwrap();
    poll::epoll_control(epoll, libc::EPOLL_CTL_ADD, a, libc::EPOLLIN as u32).unwrap();
    assert_eq!(poll::epoll_wait(epoll, 8, -1).unwrap(), [(a, libc::EPOLLIN as u32)]);
    poll::epoll_control(epoll, libc::EPOLL_CTL_DEL, a, 0).unwrap();
    assert_eq!(poll::epoll_wait(epoll, 8, 0).unwrap(), []);
    let timer = poll::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC).unwrap();
    let setting = TimerSetting { value_ns: 1_000_000, interval_ns: 0 };
    assert_eq!(poll::timerfd_settime(timer, 0, setting).unwrap(), TimerSetting::default());
    assert_eq!(fd::eventfd_read(timer).unwrap(), 1);
    close(&[a, b, epoll, timer]);
    assert_eq!(poll::select(&[990], &[], &[], None), Err(Errno::EBADF));
}

#[test]
fn names_and_addresses() {
    let found = getaddrinfo(Some("127.0.0.1"), Some("80"), 0, libc::SOCK_STREAM, 0, 0).unwrap();
    assert_eq!((found.len(), &found[0].address, found[0].protocol), (1, &local(80), libc::IPPROTO_TCP));
    let bad = getaddrinfo(Some("127.0.0.1"), Some("no-such-service"), 0, 0, 0, 0).unwrap_err();
    assert_eq!(bad, Failure::Resolver(libc::EAI_SERVICE));
    assert_eq!(bad.message(), "Servname not supported for ai_socktype");
    assert_eq!(getaddrinfo(None, None, 0, 0, 0, 0), Err(Failure::Resolver(libc::EAI_NONAME)));
    let numeric = libc::NI_NUMERICHOST | libc::NI_NUMERICSERV;
    let name = getnameinfo("127.0.0.1:443".parse().unwrap(), numeric).unwrap();
    assert_eq!(name, ("127.0.0.1".to_owned(), "443".to_owned()));
    assert!(names::interfaces().unwrap().iter().any(|(_, name)| name == b"lo"));
    if let Some(port) = names::service_port("https", Some("tcp")) {
        assert_eq!((port, names::service_name(443, Some("tcp")).as_deref()), (443, Some("https")));
    }
}
