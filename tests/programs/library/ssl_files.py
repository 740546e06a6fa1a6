"""Files of contexts: keys with passwords, revoked certificates, strict checks, secrets, messages of the protocol."""

import os
import ssl
import tempfile

FILES = {
    "ca.crt": """\
-----BEGIN CERTIFICATE-----
MIIBbjCCARSgAwIBAgIUVSYzPzuBgMhSrycZ04M828pWpdcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJQXV0aG9yaXR5MCAXDTI2MTEzMDA5NDUxNloYDzIxMjYxMTA2
MDk0NTE2WjAUMRIwEAYDVQQDDAlBdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARQ8R+s+OHwksGfqD+OHjAT7csx0mlI/F+0gof+ytlSWQFpwP0S5Qne
vHRH20FPjGwrY2QI782Isxs1/F0vYBpZo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4G
A1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUNBGhtR8av1HQtQu3FlZpw92eRfowCgYI
KoZIzj0EAwIDSAAwRQIhAKPwSDd7Kmp0CvjR+G5ni/3shLcvkLjbDtL9VWZRjYny
AiA4GLR3bpv0QLk1ZMzUfURfNk280xxhYME+l8U9kgXo/w==
-----END CERTIFICATE-----
""",
    "good.crt": """\
-----BEGIN CERTIFICATE-----
MIIBbDCCAROgAwIBAgICEAAwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJQXV0aG9y
aXR5MCAXDTI2MTEzMDA5NDUxNloYDzIxMjYxMTA2MDk0NTE2WjAPMQ0wCwYDVQQD
DARnb29kMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEahtjU1BqKP9VvTyRMOTl
c80/SxktZwDkw02Ta763kPv54N7/UAjLlOP3TYSgErL1emb9JEtaxLx1FVccorVI
WaNYMFYwFAYDVR0RBA0wC4IJbG9jYWxob3N0MB0GA1UdDgQWBBRtkZHAgHnjF6d3
q5u4usqkDNFZ3DAfBgNVHSMEGDAWgBQ0EaG1Hxq/UdC1C7cWVmnD3Z5F+jAKBggq
hkjOPQQDAgNHADBEAiBTWZGuzyXkQ6wn787KmONc3O9YKEIbXU4RMFdDnwwjzQIg
GpkEWGt6hK++foWqzlwOgMeIKV3ttm3ekB+stxJ2KBw=
-----END CERTIFICATE-----
""",
    "good.key": """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIESX+uJh6ff73ejGWYBGhJ5zQCIocKcQgj8rZ7sR3OyzoAoGCCqGSM49
AwEHoUQDQgAEahtjU1BqKP9VvTyRMOTlc80/SxktZwDkw02Ta763kPv54N7/UAjL
lOP3TYSgErL1emb9JEtaxLx1FVccorVIWQ==
-----END EC PRIVATE KEY-----
""",
    "good.p8": """\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhAaQbojpa5KAICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHfZXSVFW6GqHfdrryHkCQsEgZBj
aG88KFTYleypm3TNJViffjplVCeonCT2ekLrd/dBUwhHZ8Tue2elAiWUIJd7ka8P
UqcGSqy/yCcGLP+4X8CWnFr28SyIGXwN5K/f9SqP4JOzQnqnmaUVj/by3hzTICFz
z3bAMcg/GfXQbJJvbder7NnTeowkLLSIOfeoHJFP8vDV7PnUDP4Bd4kogbokgl8=
-----END ENCRYPTED PRIVATE KEY-----
""",
    "good.trad": """\
-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,F8721280D83F2271D2FE3B09C2F61E04

+FhUmjcSp4WQ5SKR5UgJgA358MQjaySdtdyGoCccIuhi5xzOSIK4dujPqA6P+g2S
hC44B68sRM9ei6kLivtq02KcNTpx00xFV2nC/3diLrK4Vl7vjGyXr7lIRhK44aQs
mG0evXwiYGEMphTUcid3JmDkXMC/7JGUwHCH8nXBDNE=
-----END EC PRIVATE KEY-----
""",
    "good.des3": """\
-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: DES-EDE3-CBC,133269B1E73F9351

1z5YPkFGoSG3xyM593qrED+50uARWWYXZzLIGD1vTzGqIfzeMAQCPMQa3/xV4Hzf
EgZfZCx+Bwfp7WGMXqDVnbW7uYvYV/AXyRuNfrHrve+ldUkHShZh+L8mDZN13pKh
xFJraKZX74L1ghYJdXW6z5hdUadCv3F0p3glA8qDang=
-----END EC PRIVATE KEY-----
""",
    "revoked.crt": """\
-----BEGIN CERTIFICATE-----
MIIBbzCCARagAwIBAgICEAEwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJQXV0aG9y
aXR5MCAXDTI2MTEzMDA5NDUxNloYDzIxMjYxMTA2MDk0NTE2WjASMRAwDgYDVQQD
DAdyZXZva2VkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECVcu7sfADHMzKDkZ
mO8NNNqZHr2yRuIEzuAlUB750kTbTZZU1SeQ8HcNxacNGCtXPvnJuBWzxNfXIDE3
l0FMNqNYMFYwFAYDVR0RBA0wC4IJbG9jYWxob3N0MB0GA1UdDgQWBBSe3xNSGN62
dMDoT9BrXa/QqdPvtjAfBgNVHSMEGDAWgBQ0EaG1Hxq/UdC1C7cWVmnD3Z5F+jAK
BggqhkjOPQQDAgNHADBEAiBLWge79M9vg6RrmVtIc+7NlsY8254pL+pcFpAWmVDP
9AIgEnKBUrm0FuZxf963ADyUXS4sV81HAN7NuLv6XnuoohY=
-----END CERTIFICATE-----
""",
    "revoked.key": """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIMgIv+bqzPl2xHKDFucLefJDV6mugF4FTQggdlUY2qJwoAoGCCqGSM49
AwEHoUQDQgAECVcu7sfADHMzKDkZmO8NNNqZHr2yRuIEzuAlUB750kTbTZZU1SeQ
8HcNxacNGCtXPvnJuBWzxNfXIDE3l0FMNg==
-----END EC PRIVATE KEY-----
""",
    "bare.crt": """\
-----BEGIN CERTIFICATE-----
MIIBLDCB06ADAgECAgIQAjAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlBdXRob3Jp
dHkwIBcNMjYxMTMwMDk0NTE2WhgPMjEyNjExMDYwOTQ1MTZaMA8xDTALBgNVBAMM
BGJhcmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQjn7Gds7vE3AxVx6XoCyRb
zE+8IXsLtgA1yIr4Q+P7Xi/aWwI2VZZjH8F6M4h1g9RNuernlLvKKlTE3PBKUkEp
oxgwFjAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwIDSAAwRQIhANQb
OVvNQZCIJGYrCbVkTNIKum+Tn/AQKg7Qx+tC8DQ/AiBXFbBH8a0fm7GsuT2Xm5J1
tKK7nVYHww6Yyjj+XyOBaw==
-----END CERTIFICATE-----
""",
    "bare.key": """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEINoJz9mEl377LjHdACIDtAiD3NFhfLOkoKssYyp3eZyxoAoGCCqGSM49
AwEHoUQDQgAEI5+xnbO7xNwMVcel6AskW8xPvCF7C7YANciK+EPj+14v2lsCNlWW
Yx/BejOIdYPUTbnq55S7yipUxNzwSlJBKQ==
-----END EC PRIVATE KEY-----
""",
    "list.crl": """\
-----BEGIN X509 CRL-----
MIHEMG0CAQEwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJQXV0aG9yaXR5Fw0yNjEx
MzAwOTQ1MTZaGA8yMTI2MTEwNjA5NDUxNlowFTATAgIQARcNMjYxMTMwMDk0NTE2
WqAPMA0wCwYDVR0UBAQCAhAAMAoGCCqGSM49BAMCA0cAMEQCIDvMNZhKodTQUaF3
eQCfw4iIP64LtaF0iGwwqMQ5lb0KAiA0ht/fGo4hUSUUjNxsgH0kXnmaYv0Ko3f3
S4O8jd5TOw==
-----END X509 CRL-----
""",
}

folder = tempfile.TemporaryDirectory()
for name, text in FILES.items():
    with open(os.path.join(folder.name, name), "w") as f:
        f.write(text)


def path(name):
    return os.path.join(folder.name, name)


print("keys with passwords")
for key in ("good.p8", "good.trad", "good.des3"):
    for password in ("secret", b"secret", lambda: "secret", "wrong", lambda: b""):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(path("good.crt"), path(key), password)
        except ssl.SSLError as e:
            print(key, "refused", e.library)
        else:
            print(key, "loaded")
for password, key in ((5, "good.p8"), (lambda: 5, "good.p8"), (b"x" * 2000, "good.p8"), (lambda: 1 / 0, "good.key")):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        print(context.load_cert_chain(path("good.crt"), path(key), password))
    except (TypeError, ValueError, ZeroDivisionError) as e:
        print(type(e).__name__, e)


def client(flags=0, *files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= flags
    context.load_verify_locations(path("ca.crt"))
    for name in files:
        context.load_verify_locations(path(name))
    return context


def server(name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path(name + ".crt"), path(name + ".key"))
    return context


def connect(client, server):
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = client.wrap_bio(a, b, server_hostname="localhost"), server.wrap_bio(b, a, server_side=True)
    try:
        for _ in range(4):
            for end in ends:
                try:
                    end.do_handshake()
                except ssl.SSLWantReadError:
                    pass
    except ssl.SSLCertVerificationError as e:
        return e.verify_code, e.verify_message
    return ends[0].getpeercert()["subject"]


print("revoked certificates")
leaf, chain = ssl.VERIFY_CRL_CHECK_LEAF, ssl.VERIFY_CRL_CHECK_CHAIN
print(client(0, "list.crl").cert_store_stats())
for flags in (0, leaf, chain):
    for files in ((), ("list.crl",)):
        for name in ("good", "revoked"):
            print(flags, files, name, connect(client(flags, *files), server(name)))

print("strict checks")
for flags in (0, ssl.VERIFY_X509_STRICT):
    for name in ("good", "bare"):
        print(int(flags), name, connect(client(flags), server(name)))

print("secrets")
context = client()
print(context.keylog_filename)
context.keylog_filename = path("secrets")
print(context.keylog_filename == path("secrets"), connect(context, server("good")))
with open(path("secrets")) as f:
    lines = f.read().splitlines()
print(lines[0][:1], sorted(line.split()[0] for line in lines[1:]))
context.keylog_filename = None
connect(context, server("good"))
with open(path("secrets")) as f:
    print(len(f.read().splitlines()) == len(lines))
for wrong in (5, folder.name):
    try:
        context.keylog_filename = wrong
    except (TypeError, OSError) as e:
        print(type(e).__name__)

print("messages")
seen = []
context = client()
context.maximum_version = ssl.TLSVersion.TLSv1_2
context._msg_callback = lambda *message: seen.append(message)
connect(context, server("good"))
kinds = [(m[1], getattr(m[4], "name", m[4])) for m in seen if m[3].name in ("HANDSHAKE", "CHANGE_CIPHER_SPEC")]
print([k for k in kinds if k[1] not in ("FINISHED", "NEWSESSION_TICKET")])
print({type(m[0]).__name__ for m in seen}, {type(m[5]).__name__ for m in seen})
try:
    ssl.SSLContext._msg_callback.__set__(context, 5)
except TypeError as e:
    print("TypeError")

try:
    ssl.SSLError.mark = 1
except TypeError as e:
    print("immutable type" in str(e))
